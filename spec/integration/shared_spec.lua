-- What several resources of one stack declare together: a role's policies, a group's rules.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local ROLE = [[
local aws = provider "aws"
local function allow(action)
  return { Version = "2012-10-17",
    Statement = { { Effect = "Allow", Action = action, Resource = "*" } } }
end
local attached = aws.IAM.ManagedPolicy "Attached" { PolicyDocument = allow "s3:Get*", Roles = {} }
local role = aws.IAM.Role "Role" {
  RoleName = "shared", Policies = { { PolicyName = "own", PolicyDocument = allow "s3:List*" } },
  ManagedPolicyArns = { attached },
  AssumeRolePolicyDocument = { Version = "2012-10-17", Statement = { { Effect = "Allow",
    Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" } } },
}
aws.IAM.ManagedPolicy "Attaching" { PolicyDocument = allow "ec2:Describe*", Roles = { role } }
aws.IAM.RolePolicy "Inline" { RoleName = role, PolicyName = "inline",
  PolicyDocument = allow "sqs:*" }
]]

local GROUP = [[
local aws = provider "aws"
local group = aws.EC2.SecurityGroup "Group" { GroupDescription = "shared",
  SecurityGroupIngress = { { IpProtocol = "tcp", FromPort = 80, ToPort = 80,
    CidrIp = "10.0.0.0/8" } } }
aws.EC2.SecurityGroupIngress "Rule" { GroupId = group, IpProtocol = "tcp", FromPort = 81,
  ToPort = 81, CidrIp = "10.0.0.0/8", Description = "ours" }
]]

local EVERYTHING = [['{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",]]
  .. [["Resource":"*"}]}']]

local NAMES = [[
local aws = provider "aws"
local source = aws.EC2.SecurityGroup "Source" { GroupName = "source", GroupDescription = "shared" }
local group = aws.EC2.SecurityGroup "Group" { GroupName = "named", GroupDescription = "shared",
  SecurityGroupIngress = { { IpProtocol = "tcp", FromPort = 80, ToPort = 80,
    SourceSecurityGroupName = source.GroupName } }, depends_on = source }
aws.EC2.SecurityGroupIngress "Rule" { GroupName = group.GroupName, IpProtocol = "tcp",
  FromPort = 81, ToPort = 81, SourceSecurityGroupName = source.GroupName,
  depends_on = { group, source } }
]]

describe("what several resources declare together", function()
  local aws, one

  lazy_setup(function() aws = Emulator.start() end)
  lazy_teardown(function() aws:stop() end)
  before_each(function() one = User.new(aws) end)
  after_each(function() one:leave() end)

  it("is left to each: the policies of a role", function()
    one:write("r.lua", ROLE)
    one:must("apply", "--yes", "r.lua")
    assert.are.same({}, one:planned "r.lua")
    aws:elsewhere(([[
      iam = client("iam")
      for name in ("inline", "stranger"):
          iam.put_role_policy(RoleName="shared", PolicyName=name, PolicyDocument=%s)
      iam.attach_role_policy(RoleName="shared",
                             PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    ]]):gsub("\n      ", "\n"):gsub("^%s+", ""):format(EVERYTHING))
    local plan = one:must("plan", "r.lua")
    assert.matches('%- "arn:aws:iam::aws:policy/AdministratorAccess"', plan.out)
    assert.matches("Policies%[stranger%]: .* %-> %(none%)  # not declared", plan.out)
    assert.are.same({ "update Role", "update Inline" }, one:planned "r.lua")
    one:must("apply", "--yes", "r.lua")
    assert.are.same({}, one:planned "r.lua")
    assert.are.equal(3, aws:elsewhere [[
iam = client("iam")
result = len(iam.list_role_policies(RoleName="shared")["PolicyNames"])
result += len(iam.list_attached_role_policies(RoleName="shared")["AttachedPolicies"]) - 1]])
    one:must("destroy", "--yes")
  end)

  it("may be rules of groups that are named, where AWS shows only their ids", function()
    one:write("n.lua", NAMES)
    one:must("apply", "--yes", "n.lua")
    assert.are.same({}, one:planned "n.lua")
    one:must("destroy", "--yes")
  end)

  it("is left to each: the rules of a security group, also their descriptions", function()
    one:write("g.lua", GROUP)
    one:must("apply", "--yes", "g.lua")
    assert.are.same({}, one:planned "g.lua")
    aws:elsewhere [[
ec2 = client("ec2")
group = [g for g in ec2.describe_security_groups()["SecurityGroups"]
         if g["Description"] == "shared"][0]["GroupId"]
ec2.update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81,
     "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "theirs"}]}])
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
     "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])]]
    local plan = one:must("plan", "g.lua")
    assert.matches('Description: "theirs" %-> "ours"', plan.out)
    assert.matches('%- { CidrIpv6 = "::/0", FromPort = 22', plan.out)
    assert.are.same({ "update Group", "update Rule" }, one:planned "g.lua")
    one:must("apply", "--yes", "g.lua")
    assert.are.same({}, one:planned "g.lua")
    one:must("destroy", "--yes")
  end)
end)
