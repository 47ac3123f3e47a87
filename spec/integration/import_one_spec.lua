-- mrun import NAME ID: one thing made by hand becomes a resource of the recipe, and no other.
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16", EnableDnsHostnames = true }
local subnet = aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
aws.EC2.SecurityGroup "Group" { GroupDescription = "one", VpcId = vpc }
aws.SSM.Parameter "Taken" { Name = "/taken", Type = "String", Value = "mine" }
output { Subnet = subnet.SubnetId }
]]

local BY_HAND = [[
ec2 = client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
client("ssm").put_parameter(Name="/taken", Type="String", Value="theirs", Overwrite=True)
result = {"vpc": vpc, "subnet": subnet}
]]

describe("mrun import", function()
  local emulator, user = stage.account(_ENV)
  local recipe, there
  before_each(function()
    recipe = user:write("net.lua", RECIPE)
    there = emulator:elsewhere(BY_HAND)
  end)

  it("takes over one resource after the other, each alone", function()
    local first = user:must("import", recipe, "Vpc", there.vpc, "--yes")
    assert.matches("= Vpc", first.out)
    assert.matches("1 to adopt", first.out)
    assert.is_nil(first.out:find("Group", 1, true))
    assert.is_nil(first.counts.CreateVpc)
    assert.are.equal(1, first.counts.ModifyVpcAttribute)
    assert.are.equal(1, first.counts.CreateTags)
    assert.matches("named /taken exists already", user:mrun("plan", recipe).err)
    user:must("import", recipe, "Taken", "/taken", "--yes")
    assert.are.same({ "create Subnet", "create Group" }, user:planned(recipe))
    user:must("import", "Subnet", there.subnet, "--yes", "--stack", "net")
    assert.are.same({ "create Group" }, user:planned(recipe))
    user:must("apply", "--yes", recipe)
    assert.are.same({}, user:planned(recipe))
    assert.are.equal(there.subnet, user:must("output", "Subnet").out:match "%S+")
    assert.matches("Nothing to do", user:must("import", recipe, "Vpc", there.vpc, "--yes").out)
    assert.are.equal(there.subnet, user:must("output", "Subnet").out:match "%S+")
  end)

  it("says what is wrong before it changes anything", function()
    for _, case in ipairs {
      { { "Subnet", there.subnet }, 1, "Subnet stands on Vpc, which is not in this stack yet" },
      { { "Vpc", "vpc-0bad" }, 1, "vpc%-0bad, which is not there" },
      { { "Vcp", there.vpc }, 64, "declares no resource Vcp.*did you mean Vpc%?" },
      { { "Vpc" }, 64, "mrun import %[RECIPE%] NAME ID" },
    } do
      local said = user:mrun("import", "--yes", recipe, table.unpack(case[1]))
      if #case[1] == 1 then said = user:mrun("import", "--yes", case[1][1]) end
      assert.are.equal(case[2], said.code)
      assert.matches(case[3], (said.err:gsub("\n", " ")))
      assert.is_nil(said.counts.CreateTags)
    end
    local asked = user:mrun("import", recipe, "Vpc", there.vpc)
    assert.are.equal(64, asked.code)
    assert.are.equal(0, asked.total)
  end)

  it("does not put another thing into the place of one that is there", function()
    user:must("import", recipe, "Vpc", there.vpc, "--yes")
    local second = emulator:elsewhere(BY_HAND)
    local said = user:mrun("import", recipe, "Vpc", second.vpc, "--yes")
    assert.are.equal(1, said.code)
    assert.matches("Vpc is " .. there.vpc:gsub("%-", "%%-") .. " in this stack", said.err)
  end)
end)
