-- `identifier = ` in a recipe: what somebody made by hand becomes the stack's.
local User = require "spec.support.user"
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16", EnableDnsHostnames = true,
  identifier = "%s" }
aws.IAM.Role "Role" { RoleName = "hand", Description = "ours", AssumeRolePolicyDocument = {
  Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } }, identifier = "%s" }
aws.SSM.Parameter "Setting" { Name = "/hand", Type = "String", Value = "ours",
  identifier = "/hand" }
aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
]]

local BY_HAND = [[
ec2, iam = client("ec2"), client("iam")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
iam.create_role(RoleName="hand", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":['
  '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}')
client("ssm").put_parameter(Name="/hand", Type="String", Value="theirs")
result = vpc
]]

local TAGS = [[
result = {t["Key"]: t["Value"] for t in client("ec2").describe_vpcs(VpcIds=["%s"])
  ["Vpcs"][0].get("Tags", [])}
]]

describe("identifier", function()
  local emulator, user = stage.account(_ENV)

  it("takes over what was made by hand, tags it, updates what differs, and is done", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand"))
    local plan = user:json("plan", recipe)
    local by_name = {}
    for _, change in ipairs(plan.changes) do by_name[change.name] = change end
    assert.are.equal("adopt", by_name.Vpc.action)
    assert.are.equal("EnableDnsHostnames", by_name.Vpc.properties[1].path)
    assert.are.equal("adopt", by_name.Role.action)
    assert.are.equal("create", by_name.Subnet.action)
    assert.matches("1 to create, 0 to update, .*3 to adopt", user:must("plan", recipe).out)
    local applied = user:must("apply", "--yes", recipe)
    assert.is_nil(applied.counts.CreateVpc)
    assert.is_nil(applied.counts.CreateRole)
    local tags = emulator:elsewhere(TAGS:format(vpc))
    assert.matches("^mine/", tags["mrun:stack"])
    assert.are.equal("Vpc", tags["mrun:resource"])
    assert.are.same({}, user:planned(recipe))
    user:must("destroy", "--yes")
    assert.is_nil(emulator:account().Vpcs[vpc])
  end)

  it("says when it is not there, and whose it is when it is another stack's", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local wrong = user:mrun("plan", user:write("mine.lua", RECIPE:format("vpc-0bad", "hand")))
    assert.are.equal(1, wrong.code)
    assert.matches("Vpc is to take over vpc%-0bad, which is not there", wrong.err)
    assert.matches("mine.lua:2", wrong.err)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand"))
    user:must("apply", "--yes", recipe)
    local other = User.new(emulator)
    local theirs = other:mrun("plan", other:write("theirs.lua", RECIPE:format(vpc, "hand")))
    assert.are.equal(1, theirs.code)
    assert.matches("belongs to the stack mine/", theirs.err)
    assert.matches("mrun forget", theirs.err)
    local setting = other:mrun("plan", other:write("setting.lua", [[
      local aws = provider "aws"
      aws.SSM.Parameter "A" { Name = "/hand", Type = "String", Value = "x", identifier = "/hand" }
    ]]))
    assert.matches("belongs to the stack mine/", setting.err)
    other:leave()
    assert.are.same({}, user:planned(recipe))
  end)
end)
