-- How much a plan and mrun drift read of AWS.
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
for copy = 1, 4 do
  scope("c" .. copy) (function()
    local vpc = aws.EC2.VPC "Vpc" { CidrBlock = ("10.%d.0.0/16"):format(copy),
      EnableDnsSupport = true, EnableDnsHostnames = true }
    aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = ("10.%d.2.0/24"):format(copy) }
    aws.IAM.Role "Role" { RoleName = "role" .. copy, AssumeRolePolicyDocument = {
      Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
        Principal = { Service = "ec2.amazonaws.com" } } } } }
    aws.IAM.RolePolicy "Policy" { RoleName = "role" .. copy, PolicyName = "p",
      depends_on = { "c" .. copy .. "/Role" }, PolicyDocument = { Version = "2012-10-17",
      Statement = { { Effect = "Allow", Action = "s3:Get*", Resource = "*" } } } }
  end)
end
]]

describe("what is read of AWS", function()
  local emulator, user = stage.lasting(_ENV)
  lazy_setup(function()
    emulator:behave { exact = true }
    user:write("site.lua", RECIPE)
    user:must("apply", "--yes", "site.lua")
  end)

  it("is the same for any number of copies with --refresh=batched, and the rest is said", function()
    local full, batched = user:must("plan", "site.lua"),
      user:must("plan", "--refresh=batched", "site.lua")
    assert.are.equal(8, full.counts.DescribeVpcAttribute)
    assert.is_nil(batched.counts.DescribeVpcAttribute)
    assert.is_nil(batched.counts.GetRolePolicy)
    assert.are.equal(1, batched.counts.DescribeVpcs)
    assert.is_true(batched.total <= 15, batched.total)
    assert.matches("Nothing to do: 16 resources", batched.out)
    assert.matches("not read, and taken as the state has it: c1/Policy %(all of it%), "
      .. "c1/Vpc %(EnableDnsHostnames, EnableDnsSupport%)", batched.out)
  end)

  it("is nothing but who we are with --refresh=none", function()
    local said = user:must("plan", "--refresh=none", "site.lua")
    assert.are.same({ GetCallerIdentity = 1 }, said.counts)
    assert.matches("16 resources are taken as the state has them", said.out)
  end)

  it("shows a change of somebody else as drift, and a batched plan what it can see", function()
    emulator:elsewhere [[
ec2 = client("ec2")
vpc = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.2.0.0/16"]}])["Vpcs"][0]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
client("iam").delete_role_policy(RoleName="role3", PolicyName="p")
result = 1]]
    local document = user:json "drift"
    assert.are.equal(2, document.totals.drifted)
    assert.are.equal("c2/Vpc", document.drift[1].name)
    assert.are.same({ path = "EnableDnsHostnames", applied = true, now = false },
      document.drift[1].properties[1])
    assert.are.equal("c3/Policy", document.drift[2].name)
    assert.is_true(document.drift[2].gone)
    assert.are.same({}, user:planned("site.lua", "--refresh=batched"))
    assert.are.same({ "update c2/Vpc", "create c3/Policy" }, user:planned "site.lua")
  end)
end)
