-- A delete that AWS refuses because of somebody else's things says whose, in both places.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local RECIPE = [[
local aws = provider "aws"
aws.EC2.VPC "Net" { CidrBlock = "10.0.0.0/16", timeout = 6 }
aws.IAM.Role "Role" { RoleName = "held", timeout = 6, AssumeRolePolicyDocument = {
  Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
  Principal = { Service = "ec2.amazonaws.com" } } } } }
]]

local THEIRS = [[
ec2 = client("ec2")
vpc = [v for v in ec2.describe_vpcs()["Vpcs"] if v["CidrBlock"] == "10.0.0.0/16"][0]["VpcId"]
result = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
client("iam").create_instance_profile(InstanceProfileName="theirs")
client("iam").add_role_to_instance_profile(InstanceProfileName="theirs", RoleName="held")
]]

describe("on AWS", function()
  it("what somebody else's things stand on names them, while it waits and in the end", function()
    local emulator <close> = Emulator.start()
    local user <close> = User.new(emulator)
    user:write("net.lua", RECIPE)
    user:must("apply", "--yes", "net.lua")
    local routes = emulator:elsewhere(THEIRS):gsub("%-", "%%-") .. " %(route table%)"
    local said = user:mrun("destroy", "--yes")
    assert.are.equal(1, said.code)
    assert.matches("it is used by theirs %(instance profile%)", said.out)
    assert.matches("waiting: used by theirs %(instance profile%)", said.err)
    assert.matches("it is used by " .. routes, said.out)
    assert.matches("waiting: used by " .. routes, said.err)
    assert.are.equal(2, said.counts.ListInstanceProfilesForRole)
  end)
end)
