-- mrun import --type: the recipe for what another client has made plans empty at once.
local User = require "spec.support.user"
local stage = require "spec.support.stage"

-- A network as the seed's, and more: made by boto3.
local MADE = [==[
import json
ec2, iam = client("ec2"), client("iam")
name = lambda kind, text: [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": text}]}]
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=name("vpc", "stg-vpc"))
vpc = vpc["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1a",
  TagSpecifications=name("subnet", "stg-private"))["Subnet"]["SubnetId"]
public = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24")["Subnet"]["SubnetId"]
ec2.modify_subnet_attribute(SubnetId=public, MapPublicIpOnLaunch={"Value": True})
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
ec2.associate_route_table(RouteTableId=table, SubnetId=public)
private = ec2.create_route_table(VpcId=vpc, TagSpecifications=name("route-table", "private"))
private = private["RouteTable"]["RouteTableId"]
ec2.associate_route_table(RouteTableId=private, SubnetId=subnet)
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
ec2.create_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
group = lambda text: ec2.create_security_group(GroupName=text, Description=text,
  VpcId=vpc)["GroupId"]
web, db = group("web"), group("db")
tcp = lambda port, **more: {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **more}
ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[
  tcp(443, IpRanges=[{"CidrIp": "10.0.0.0/16", "Description": 'from "inside"'}])])
ec2.authorize_security_group_ingress(GroupId=db, IpPermissions=[
  tcp(5432, UserIdGroupPairs=[{"GroupId": web}]), tcp(22, UserIdGroupPairs=[{"GroupId": db}])])
ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3",
  RouteTableIds=[private])
ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.ssm",
  VpcEndpointType="Interface", SubnetIds=[subnet], SecurityGroupIds=[web], PrivateDnsEnabled=True)
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"Service": "ec2.amazonaws.com"}}]}
iam.create_role(RoleName="stg-role", AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(RoleName="stg-role",
  PolicyArn=iam.create_policy(PolicyName="stg-policy", PolicyDocument=json.dumps({
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "*"}]}))["Policy"]["Arn"])
iam.put_role_policy(RoleName="stg-role", PolicyName="inline", PolicyDocument=json.dumps({
  "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:*"],
  "Resource": "*"}]}))
iam.create_instance_profile(InstanceProfileName="stg-profile")
iam.add_role_to_instance_profile(InstanceProfileName="stg-profile", RoleName="stg-role")
instance = ec2.run_instances(ImageId="ami-12c6146b", InstanceType="t2.micro", MinCount=1,
  MaxCount=1, SubnetId=subnet, SecurityGroupIds=[db], UserData="#!/bin/sh\necho 'hi'\n",
  IamInstanceProfile={"Name": "stg-profile"},
  TagSpecifications=name("instance", "end"))["Instances"][0]["InstanceId"]
other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
result = {"vpc": vpc, "other": other, "instance": instance, "group": db, "web": web,
  "subnet": subnet}
]==]

local KINDS = { VPC = 1, Subnet = 2, InternetGateway = 1, VPCGatewayAttachment = 1, RouteTable = 2,
  Route = 2, SubnetRouteTableAssociation = 2, EIP = 1, NatGateway = 1, SecurityGroup = 2,
  VPCEndpoint = 2, Role = 1, ManagedPolicy = 1, InstanceProfile = 1, Instance = 1 }

local function kinds_of(resources)
  local counts = {}
  for _, one in ipairs(resources) do
    local kind = one.type:match "%w+$"
    counts[kind] = (counts[kind] or 0) + 1
  end
  return counts
end

local function changing(counts)
  local list = {}
  for operation in pairs(counts) do
    if not operation:find "^Describe" and not operation:find "^Get"
      and not operation:find "^List" then list[#list + 1] = operation end
  end
  return list
end

describe("mrun import --type", function()
  local emulator, user = stage.account(_ENV)
  local there
  before_each(function() there = emulator:elsewhere(MADE) end)

  local function written(...)
    local said = user:must("import", "--type", ...)
    assert.are.same({}, changing(said.counts))
    return said
  end

  it("writes the recipe for all of a network, and the recipe plans empty at once", function()
    written("AWS::EC2::VPC", there.vpc, "--with-dependencies", "--out", "net.lua")
    local text = user:read "net.lua"
    assert.matches('identifier = "' .. there.vpc:gsub("%-", "%%-"), text)
    assert.matches("VpcId = stg_vpc,", text)
    assert.matches("AllocationId = eip1.AllocationId,", text)
    assert.matches("SourceSecurityGroupId = web", text)
    assert.matches("IamInstanceProfile = stg_profile,", text)
    for _, absent in ipairs { there.other, "EnableDnsSupport", "CidrBlockAssociations", "Main",
      "MaxSessionDuration", "mrun:" } do
      assert.is_nil(text:find(absent, 1, true), absent)
    end
    assert.are.same(KINDS, kinds_of(user:json("show").resources))
    local plan = user:must("plan", "--exit-code", "net.lua")
    assert.matches("Nothing to do: 21 resources", plan.out)
    user:must("diff", "--exit-code", "net.lua")
    user:must("validate", "net.lua")
  end)

  it("writes the stack's tags with the next apply, and changes nothing else", function()
    written("AWS::EC2::VPC", there.vpc, "--with-dependencies", "--out", "net.lua")
    assert.matches("not tagged so yet: 1%d", user:must("plan", "net.lua").out)
    local applied = user:must("apply", "--yes", "net.lua")
    for _, operation in ipairs(changing(applied.counts)) do
      assert.matches("[Tt]ag", operation)
    end
    local tags = emulator:elsewhere(([[result = {t["Key"]: t["Value"] for t in
      client("ec2").describe_vpcs(VpcIds=["%s"])["Vpcs"][0]["Tags"]}]]):format(there.vpc))
    assert.matches("^net/", tags["mrun:stack"])
    assert.are.equal("stg-vpc", tags.Name)
    local again = user:must("plan", "--exit-code", "net.lua")
    assert.is_nil(again.out:find("tags yet", 1, true))
    assert.are.same({}, changing(user:must("apply", "--yes", "net.lua").counts))
  end)

  it("writes a recipe that takes over, where nothing is recorded", function()
    local text = written("AWS::EC2::VPC", there.vpc, "--with-dependencies").out
    local recipe = user:write("again.lua", text)
    assert.matches("0 to create, 0 to update, 0 to replace, 0 to delete, 21 to adopt",
      user:must("plan", recipe).out)
    user:must("apply", "--yes", recipe)
    assert.are.same({}, user:planned(recipe))
  end)

  it("goes up from an instance, and no further down from there", function()
    written("AWS::EC2::Instance", there.instance, "--with-dependencies", "--out", "one.lua")
    assert.are.same({ VPC = 1, Subnet = 1, SecurityGroup = 2, Instance = 1, Role = 1,
      InstanceProfile = 1, ManagedPolicy = 1 }, kinds_of(user:json("show").resources))
    assert.are.same({}, user:planned "one.lua")
  end)

  it("takes it into a state that others share", function()
    emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
    user:must("--state", "s3://states/team", "import", "--type", "AWS::EC2::Subnet",
      there.subnet, "--out", "net.lua")
    local other = User.new(emulator)
    other:write("net.lua", user:read "net.lua")
    assert.matches("Nothing to do: 1 resource",
      other:must("--state", "s3://states/team", "plan", "net.lua").out)
    other:leave()
  end)

  it("writes one thing alone with its identifiers as they are", function()
    local text = written("AWS::EC2::SecurityGroup", there.group).out
    assert.matches('VpcId = "' .. there.vpc:gsub("%-", "%%-"), text)
    assert.matches('SourceSecurityGroupId = "' .. there.web:gsub("%-", "%%-"), text)
    assert.are.same({ "adopt db" }, user:planned(user:write("db.lua", text)))
  end)

  it("says what is wrong, and leaves what is there", function()
    user:write("mine.lua", "-- mine\n")
    for _, case in ipairs {
      { { "--type", "AWS::EC2::VPC", "vpc-0bad" }, 1, "there is no AWS::EC2::VPC vpc%-0bad" },
      { { "--type", "AWS::EC2::Vpc", "vpc-0bad" }, 64, "did you mean AWS::EC2::VPC%?" },
      { { "--type", "AWS::EC2::VPC" }, 64, "%-%-type TYPE ID" },
      { { "--out", "x.lua", "a", "b" }, 64, "of which type" },
      { { "--type", "AWS::EC2::VPC", there.vpc, "--out", "mine.lua" }, 64, "is there already" },
    } do
      local said = user:mrun("import", table.unpack(case[1]))
      assert.are.equal(case[2], said.code)
      assert.matches(case[3], said.err)
    end
    assert.are.equal("-- mine\n", user:read "mine.lua")
    written("AWS::EC2::VPC", there.vpc, "--out", "a.lua")
    local second = user:mrun("import", "--type", "AWS::EC2::VPC", there.other, "--out", "b.lua",
      "--stack", "a")
    assert.are.equal(64, second.code)
    assert.matches("owns resources already", second.err)
  end)
end)

describe("importing what has a secret", function()
  local emulator, user = stage.account(_ENV)

  it("writes a parameter for it, and nothing of it", function()
    emulator:elsewhere [==[
client("ssm").put_parameter(Name="/imp/p", Type="String", Value="mrun-secret-deep")
result = 1
]==]
    local words = { "import", "--type", "AWS::SSM::Parameter", "/imp/p" }
    local said = user:must(table.unpack(words))
    assert.matches("local p = params {\n  imppValue = { secret = true },\n}", said.out, 1, true)
    assert.matches("  Value = p.imppValue, %-%- cannot be read\n", said.out)
    assert.matches("What cannot be read has to be given: -P imppValue=VALUE", said.err, 1, true)
    table.move({ "--out", "p.lua" }, 1, 2, #words + 1, words)
    said = user:mrun(table.unpack(words))
    assert.are.equal(64, said.code)
    assert.matches("imppValue", said.err)
    assert.are.equal("", user:shell("ls p.lua 2>/dev/null").out)
    table.move({ "-P", "imppValue=mrun-secret-deep" }, 1, 2, #words + 1, words)
    user:must(table.unpack(words))
    assert.matches("Nothing to do", user:must("plan", "p.lua", "-P",
      "imppValue=mrun-secret-deep").out)
  end)
end)
