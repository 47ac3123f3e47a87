-- One change for each property of the network's types that can be changed, and an empty plan after.
local properties = require "spec.support.properties"

local lua = properties.lua

local VPC = 'local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }\n'
local SUBNETS = VPC .. [[
local one = aws.EC2.Subnet "one" {
  VpcId = vpc, CidrBlock = "10.0.1.0/24", AvailabilityZone = "us-east-1a" }
local two = aws.EC2.Subnet "two" {
  VpcId = vpc, CidrBlock = "10.0.2.0/24", AvailabilityZone = "us-east-1b" }
]]
local GROUPS = [[
local red = aws.EC2.SecurityGroup "red" { VpcId = vpc, GroupName = "red", GroupDescription = "red" }
local blue = aws.EC2.SecurityGroup "blue" {
  VpcId = vpc, GroupName = "blue", GroupDescription = "blue" }
]]
local TABLES = VPC .. [[
local red = aws.EC2.RouteTable "red" { VpcId = vpc }
local blue = aws.EC2.RouteTable "blue" { VpcId = vpc }
]]

local TAGS = { property = "Tags", from = { Name = "a", Old = "x" }, to = { Name = "b", New = "y" },
  calls = { "CreateTags", "DeleteTags" } }

local CASES = {
  {
    type = "AWS::EC2::VPC", base = { CidrBlock = "10.9.0.0/16" },
    changes = {
      TAGS,
      { property = "EnableDnsHostnames", to = true, calls = { "ModifyVpcAttribute" } },
      { property = "EnableDnsSupport", to = false, calls = { "ModifyVpcAttribute" } },
    },
  },
  {
    type = "AWS::EC2::Subnet", around = VPC,
    base = { VpcId = lua "vpc", CidrBlock = "10.0.1.0/24" },
    changes = {
      TAGS,
      { property = "MapPublicIpOnLaunch", to = true, calls = { "ModifySubnetAttribute" } },
    },
  },
  { type = "AWS::EC2::RouteTable", around = VPC, base = { VpcId = lua "vpc" }, changes = { TAGS } },
  {
    type = "AWS::EC2::SubnetRouteTableAssociation",
    around = SUBNETS .. 'local red = aws.EC2.RouteTable "red" { VpcId = vpc }\n'
      .. 'local blue = aws.EC2.RouteTable "blue" { VpcId = vpc }\n',
    base = { SubnetId = lua "one", RouteTableId = lua "red" },
    changes = {
      { property = "RouteTableId", to = lua "blue", action = "replace" },
      { property = "SubnetId", to = lua "two", action = "replace" },
    },
  },
  {
    type = "AWS::EC2::Route",
    around = SUBNETS .. [[
local gateway = aws.EC2.InternetGateway "gateway" {}
local attached = aws.EC2.VPCGatewayAttachment "attached" {
  VpcId = vpc, InternetGatewayId = gateway }
local address = aws.EC2.EIP "address" { Domain = "vpc" }
local nat = aws.EC2.NatGateway "nat" {
  SubnetId = one, AllocationId = address.AllocationId, depends_on = attached }
local tables = aws.EC2.RouteTable "tables" { VpcId = vpc, depends_on = attached }
]],
    base = { RouteTableId = lua "tables", DestinationCidrBlock = "0.0.0.0/0",
      GatewayId = lua "gateway" },
    changes = {
      { property = "DestinationCidrBlock", to = "192.0.2.0/24", action = "replace" },
    },
  },
  { type = "AWS::EC2::InternetGateway", base = {}, changes = { TAGS } },
  {
    type = "AWS::EC2::VPCGatewayAttachment",
    around = VPC .. 'local red = aws.EC2.InternetGateway "red" {}\n'
      .. 'local blue = aws.EC2.InternetGateway "blue" {}\n',
    base = { VpcId = lua "vpc", InternetGatewayId = lua "red" },
    changes = {
      { property = "InternetGatewayId", to = lua "blue",
        calls = { "AttachInternetGateway", "DetachInternetGateway" } },
    },
  },
  {
    type = "AWS::EC2::EIP",
    around = SUBNETS .. [[
local gateway = aws.EC2.InternetGateway "gateway" {}
aws.EC2.VPCGatewayAttachment "attached" { VpcId = vpc, InternetGatewayId = gateway }
local server = aws.EC2.Instance "server" {
  ImageId = aws.lookup.parameter "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
  InstanceType = "t2.micro", SubnetId = one, depends_on = "attached",
}
]],
    base = { Domain = "vpc" },
    changes = { TAGS,
      { property = "InstanceId", to = lua "server", calls = { "AssociateAddress" } } },
  },
  {
    type = "AWS::EC2::NatGateway",
    around = SUBNETS .. [[
local gateway = aws.EC2.InternetGateway "gateway" {}
local attached = aws.EC2.VPCGatewayAttachment "attached" {
  VpcId = vpc, InternetGatewayId = gateway }
local address = aws.EC2.EIP "address" { Domain = "vpc" }
]],
    base = { SubnetId = lua "one", AllocationId = lua "address.AllocationId" },
    changes = { TAGS },
  },
  {
    type = "AWS::EC2::SecurityGroup", around = VPC .. GROUPS,
    base = { VpcId = lua "vpc", GroupName = "it", GroupDescription = "it" },
    changes = {
      TAGS,
      { property = "SecurityGroupIngress",
        from = { { IpProtocol = "tcp", FromPort = 80, ToPort = 80, CidrIp = "10.0.0.0/8" },
          { IpProtocol = "tcp", FromPort = 443, ToPort = 443, CidrIp = "10.0.0.0/8" } },
        to = { { IpProtocol = "6", FromPort = 443, ToPort = 443, CidrIp = "10.0.0.0/8" },
          { IpProtocol = "udp", FromPort = 53, ToPort = 53, SourceSecurityGroupId = lua "red" } },
        calls = { "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress" } },
      { property = "SecurityGroupIngress",
        from = { { IpProtocol = "tcp", FromPort = 80, ToPort = 80, CidrIp = "10.0.0.0/8" } },
        to = { { IpProtocol = "tcp", FromPort = 80, ToPort = 80, CidrIp = "10.0.0.0/8",
          Description = "the web" } },
        calls = { "UpdateSecurityGroupRuleDescriptionsIngress" } },
      { property = "SecurityGroupEgress", stays = true,
        to = { { IpProtocol = "tcp", FromPort = 443, ToPort = 443, CidrIp = "0.0.0.0/0" } },
        calls = { "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress" } },
    },
  },
  {
    type = "AWS::EC2::SecurityGroupIngress", around = VPC .. GROUPS,
    -- the emulator forgets descriptions of rules whose source is a group
    base = { GroupId = lua "red", IpProtocol = "tcp", FromPort = 22, ToPort = 22,
      CidrIp = "10.0.0.0/8" },
    changes = {
      { property = "Description", from = "one", to = "two", stays = true,
        calls = { "UpdateSecurityGroupRuleDescriptionsIngress" } },
      { property = "ToPort", to = 23, action = "replace" },
    },
  },
  {
    type = "AWS::EC2::SecurityGroupEgress", around = VPC .. GROUPS,
    base = { GroupId = lua "red", IpProtocol = "tcp", FromPort = 22, ToPort = 22,
      CidrIp = "10.0.0.0/8" },
    changes = {
      { property = "Description", from = "one", to = "two", stays = true,
        calls = { "UpdateSecurityGroupRuleDescriptionsEgress" } },
      { property = "CidrIp", to = "10.1.0.0/16", action = "replace" },
    },
  },
  {
    type = "AWS::EC2::VPCEndpoint", around = SUBNETS .. GROUPS,
    base = { VpcId = lua "vpc", ServiceName = "com.amazonaws.us-east-1.ssm",
      VpcEndpointType = "Interface", SubnetIds = { lua "one" }, SecurityGroupIds = { lua "red" } },
    changes = {
      TAGS,
      { property = "SubnetIds", to = { lua "one", lua "two" }, calls = { "ModifyVpcEndpoint" } },
      { property = "SecurityGroupIds", to = { lua "blue" }, calls = { "ModifyVpcEndpoint" } },
      { property = "PolicyDocument", stays = true, calls = { "ModifyVpcEndpoint" },
        to = { Version = "2012-10-17", Statement = { { Effect = "Allow", Principal = "*",
          Action = "ssm:*", Resource = "*" } } } },
    },
  },
  {
    type = "AWS::EC2::VPCEndpoint", around = TABLES,
    base = { VpcId = lua "vpc", ServiceName = "com.amazonaws.us-east-1.s3",
      VpcEndpointType = "Gateway", RouteTableIds = { lua "red" } },
    changes = {
      { property = "RouteTableIds", to = { lua "blue" }, calls = { "ModifyVpcEndpoint" } },
    },
  },
}

describe("a property of", function() properties.each(_ENV, CASES) end)
