-- Several stacks and several people in one account.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"

-- Ten copies of the seed's stack, each in a scope of its own.
local COPIES = [[
local aws = provider "aws"
local p = params { Copies = { default = 10 } }
for copy = 1, p.Copies do
  scope("c" .. copy) (function()
    local vpc = aws.EC2.VPC "Vpc" { CidrBlock = ("10.%d.0.0/16"):format(copy),
      EnableDnsSupport = true, EnableDnsHostnames = true }
    local subnet = aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = ("10.%d.2.0/24"):format(copy),
      AvailabilityZone = aws.Region .. "a" }
    local routes = aws.EC2.RouteTable "Routes" { VpcId = vpc }
    aws.EC2.SubnetRouteTableAssociation "Association" { SubnetId = subnet, RouteTableId = routes }
    local group = aws.EC2.SecurityGroup "Group" { GroupDescription = "own", VpcId = vpc }
    local role = aws.IAM.Role "Role" { RoleName = "role" .. copy, AssumeRolePolicyDocument = {
      Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
        Principal = { Service = "ec2.amazonaws.com" } } } } }
    aws.IAM.InstanceProfile "Profile" { InstanceProfileName = "profile" .. copy, Roles = { role } }
    for _, service in ipairs { "ssm", "ssmmessages", "ec2messages" } do
      aws.EC2.VPCEndpoint(service) { VpcEndpointType = "Interface", PrivateDnsEnabled = true,
        ServiceName = "com.amazonaws." .. aws.Region .. "." .. service, VpcId = vpc,
        SubnetIds = { subnet }, SecurityGroupIds = { group } }
    end
  end)
end
]]

local function size(t)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count
end

describe("one account", function()
  local emulator

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  before_each(function() emulator:reset() end)

  it("holds ten copies of a stack that one run applies and one plan reads in batches", function()
    emulator:behave { exact = true }
    local one = User.new(emulator)
    local recipe = one:write("copies.lua", COPIES)
    one:must("apply", "--yes", recipe)
    local again = one:must("plan", recipe)
    assert.matches("Nothing to do: 100 resources", again.out)
    for _, operation in ipairs { "DescribeVpcs", "DescribeSubnets", "DescribeRouteTables",
      "DescribeSecurityGroups", "DescribeVpcEndpoints" } do
      assert.are.equal(1, again.counts[operation], operation)
    end
    assert.are.equal(20, again.counts.DescribeVpcAttribute)
    assert.is_nil(again.counts.GetRole)
    one:must("destroy", "--yes")
    assert.are.same({}, emulator:account().Vpcs)
    one:leave()
  end)

  it("holds the same recipe of two people as two stacks, and each touches its own", function()
    local first, second = User.new(emulator), User.new(emulator)
    first:must("apply", "--yes", RECIPE)
    local words = { "-P", "Prefix=other", "-P", "ec2Prefix=other", RECIPE }
    local stopped = second:mrun("apply", "--yes", table.unpack(words))
    assert.are_not.equal(0, stopped.code)
    assert.matches("a stack of this name exists", stopped.err)
    assert.matches("%-%-new", stopped.err)
    second:must("apply", "--yes", "--new", table.unpack(words))
    assert.are.equal(2, size(emulator:account().Instances))

    second:must("destroy", "--yes")
    assert.are.same({}, first:planned(RECIPE))
    assert.are.equal(1, size(emulator:account().Instances))
    first:must("destroy", "--yes")
    assert.are.equal(0, size(emulator:account().Vpcs))
    first:leave()
    second:leave()
  end)
end)
