-- One change for each property of servers, identities and parameters that can be changed, and an
-- empty plan after.
local properties = require "spec.support.properties"

local lua = properties.lua

local NETWORK = [[
local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }
local subnet = aws.EC2.Subnet "subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
local red = aws.EC2.SecurityGroup "red" { VpcId = vpc, GroupName = "red", GroupDescription = "red" }
local blue = aws.EC2.SecurityGroup "blue" {
  VpcId = vpc, GroupName = "blue", GroupDescription = "blue" }
local trust = { Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
  Principal = { Service = "ec2.amazonaws.com" } } } }
local role = aws.IAM.Role "role" { RoleName = "role", AssumeRolePolicyDocument = trust }
local profile = aws.IAM.InstanceProfile "profile" {
  InstanceProfileName = "profile", Roles = { role } }
local other = aws.IAM.InstanceProfile "other" { InstanceProfileName = "other", Roles = {} }
]]

local function trust(service)
  return { Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = service } } } }
end

local function policy(action)
  return { Version = "2012-10-17",
    Statement = { { Effect = "Allow", Action = action, Resource = "*" } } }
end

local function disk(size, kept)
  return { { DeviceName = "/dev/xvda",
    Ebs = { VolumeSize = size, VolumeType = "gp2", DeleteOnTermination = not kept } } }
end

local TAGS = { property = "Tags", from = { Name = "a", Old = "x" }, to = { Name = "b", New = "y" } }
local TYPE = { "ModifyInstanceAttribute", "StartInstances", "StopInstances" }

local CASES = {
  {
    type = "AWS::EC2::Instance", around = NETWORK,
    base = { SubnetId = lua "subnet", InstanceType = "t2.micro",
      ImageId = lua('aws.lookup.parameter "/aws/service/ami-amazon-linux-latest/'
        .. 'amzn2-ami-hvm-x86_64-gp2"') },
    changes = {
      TAGS,
      { property = "InstanceType", to = "t2.small", calls = TYPE },
      { property = "EbsOptimized", to = true, calls = TYPE },
      { property = "SourceDestCheck", to = false, calls = { "ModifyInstanceAttribute" } },
      -- UserData: the emulator wants it encoded twice; InstanceInitiatedShutdownBehavior: it
      -- forgets it. spec/provider/aws/updates_spec.lua has both, and all that no emulator does.
      { property = "SecurityGroupIds", from = { lua "red" }, to = { lua "blue" }, stays = true,
        calls = { "ModifyInstanceAttribute" } },
      { property = "DisableApiTermination", to = true, calls = { "ModifyInstanceAttribute" } },
      { property = "IamInstanceProfile", to = lua "profile",
        calls = { "AssociateIamInstanceProfile" } },
      { property = "MetadataOptions", from = { HttpTokens = "optional" }, stays = true,
        to = { HttpTokens = "required", HttpPutResponseHopLimit = 2 },
        calls = { "ModifyInstanceMetadataOptions" } },
      { property = "BlockDeviceMappings", from = disk(8), to = disk(8, true), stays = true,
        calls = { "ModifyInstanceAttribute" } },
      { property = "BlockDeviceMappings", from = disk(8), to = disk(9), stays = true,
        calls = { "ModifyVolume" } },
      { property = "PrivateIpAddress", to = "10.0.1.77", action = "replace", stays = true },
    },
  },
  {
    type = "AWS::IAM::Role",
    base = { RoleName = "it", AssumeRolePolicyDocument = trust "ec2.amazonaws.com" },
    changes = {
      { property = "Tags", from = TAGS.from, to = TAGS.to, calls = { "TagRole", "UntagRole" } },
      { property = "AssumeRolePolicyDocument", to = trust "ssm.amazonaws.com",
        calls = { "UpdateAssumeRolePolicy" } },
      { property = "Description", to = "a role", calls = { "UpdateRole" } },
      { property = "MaxSessionDuration", to = 7200, calls = { "UpdateRole" } },
      { property = "PermissionsBoundary", to = "arn:aws:iam::aws:policy/ReadOnlyAccess",
        calls = { "PutRolePermissionsBoundary" } },
      { property = "ManagedPolicyArns",
        from = { "arn:aws:iam::aws:policy/ReadOnlyAccess" },
        to = { "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
        calls = { "AttachRolePolicy", "DetachRolePolicy" } },
      { property = "Policies",
        from = { { PolicyName = "a", PolicyDocument = policy "s3:GetObject" },
          { PolicyName = "b", PolicyDocument = policy "s3:PutObject" } },
        to = { { PolicyName = "b", PolicyDocument = policy "s3:ListBucket" } },
        calls = { "DeleteRolePolicy", "PutRolePolicy" } },
      { property = "Path", to = "/other/", action = "replace" },
    },
  },
  {
    type = "AWS::IAM::InstanceProfile", around = NETWORK
      .. 'local second = aws.IAM.Role "second" '
      .. '{ RoleName = "second", AssumeRolePolicyDocument = trust }\n',
    base = { InstanceProfileName = "it", Roles = { lua "role" } },
    changes = {
      { property = "Roles", to = { lua "second" },
        calls = { "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile" } },
    },
  },
  {
    type = "AWS::IAM::ManagedPolicy", around = NETWORK,
    base = { ManagedPolicyName = "it", PolicyDocument = policy "s3:GetObject" },
    changes = {
      { property = "PolicyDocument", to = policy "s3:PutObject",
        calls = { "CreatePolicyVersion" } },
      { property = "PolicyDocument", to = policy "s3:ListBucket" },
      { property = "PolicyDocument", to = policy "s3:GetBucketAcl" },
      { property = "Roles", to = { lua "role" }, calls = { "AttachRolePolicy" } },
    },
  },
  {
    type = "AWS::IAM::RolePolicy", around = NETWORK,
    base = { RoleName = lua "role", PolicyName = "it", PolicyDocument = policy "s3:GetObject" },
    changes = {
      { property = "PolicyDocument", to = policy "s3:PutObject", calls = { "PutRolePolicy" } },
      { property = "PolicyName", to = "other", action = "replace" },
    },
  },
  {
    type = "AWS::SSM::Parameter", base = { Name = "/it", Type = "String", Value = "one" },
    changes = {
      { property = "Tags", from = TAGS.from, to = TAGS.to,
        calls = { "AddTagsToResource", "RemoveTagsFromResource" } },
      { property = "Value", to = "two", calls = { "PutParameter" } },
      { property = "Description", to = "a parameter", calls = { "PutParameter" } },
      { property = "Type", to = "StringList", calls = { "PutParameter" } },
      { property = "Tier", to = "Advanced", calls = { "PutParameter" } },
      { property = "Tier", from = "Advanced", to = "Standard", action = "replace" },
      { property = "Name", to = "/other", action = "replace" },
    },
  },
}

describe("a property of", function() properties.each(_ENV, CASES) end)
