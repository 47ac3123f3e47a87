-- What mrun attaches to a resource, and what an update must not undo by saying nothing of it.
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local p = params { On = { default = true }, About = { default = "a" } }
local role = aws.IAM.Role "role" { RoleName = "role", Description = p.About,
  MaxSessionDuration = 7200,
  PermissionsBoundary = p.On and "arn:aws:iam::aws:policy/ReadOnlyAccess" or nil,
  AssumeRolePolicyDocument = { Version = "2012-10-17", Statement = { { Effect = "Allow",
    Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" } } } }
local profile = aws.IAM.InstanceProfile "profile" { Roles = { role } }
local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }
local subnet = aws.EC2.Subnet "subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
local server = aws.EC2.Instance "server" { SubnetId = subnet, InstanceType = "t2.micro",
  IamInstanceProfile = p.On and profile or nil,
  ImageId = aws.lookup.parameter "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2" }
aws.EC2.EIP "address" { InstanceId = p.On and server or nil }
]]

describe("what mrun has attached", function()
  local emulator, one = stage.lasting(_ENV)
  lazy_setup(function()
    one:write("r.lua", RECIPE)
    one:must("apply", "--yes", "r.lua")
    emulator:behave { exact = true } -- the calls are counted from here on
  end)

  it("is taken off when it is no longer declared: boundary, profile, address", function()
    assert.are.same({ "update role", "update server", "update address" },
      one:planned("r.lua", "-P", "On=false"))
    local counts = one:must("apply", "--yes", "r.lua", "-P", "On=false").counts
    for _, operation in ipairs { "DeleteRolePermissionsBoundary", "DisassociateAddress",
      "DisassociateIamInstanceProfile" } do
      assert.are.equal(1, counts[operation], operation)
    end
    assert.are.same({}, one:planned("r.lua", "-P", "On=false"))
  end)

  it("stays as it is where only its neighbour changes: a role's longest session", function()
    local said = one:must("apply", "--yes", "r.lua", "-P", "On=false", "-P", "About=b")
    for _, call in ipairs(said.calls) do
      if call.operation == "UpdateRole" then
        assert.are.equal("7200", tostring(call.params.MaxSessionDuration))
        assert.are.equal("b", call.params.Description)
      end
    end
    assert.are.equal(1, said.counts.UpdateRole)
  end)
end)
