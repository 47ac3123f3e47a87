-- mrun adopt: a live CloudFormation stack becomes a stack of mrun's, with its own template.
local stage = require "spec.support.stage"

local TEMPLATE = [==[
AWSTemplateFormatVersion: "2010-09-09"
# kept as it is written
Parameters:
  Prefix: { Type: String, Default: stg }
  Cidr: { Type: String, Default: 10.0.0.0/16 }
  Word: { Type: String, NoEcho: true, Default: hush }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Cidr
      EnableDnsHostnames: true
      EnableDnsSupport: true
      Tags: [ { Key: Name, Value: !Sub "${Prefix}-vpc" } ]
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 }
  Gateway: { Type: "AWS::EC2::InternetGateway" }
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway }
  Table:
    Type: AWS::EC2::RouteTable
    Properties: { VpcId: !Ref Vpc }
  Route:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Subnet, RouteTableId: !Ref Table }
  Address:
    Type: AWS::EC2::EIP
    Properties: { Domain: vpc }
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      GroupName: web
      VpcId: !Ref Vpc
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt Group.GroupId
      IpProtocol: tcp
      FromPort: 443
      ToPort: 443
      CidrIp: 10.0.0.0/16
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: { Service: ec2.amazonaws.com }
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: { Roles: [ !Ref Role ] }
  Setting:
    Type: AWS::SSM::Parameter
    Properties: { Name: /setting, Type: String, Value: !Ref Prefix }
Outputs:
  Vpc: { Value: !Ref Vpc }
]==]

local MADE = [==[
cfn = client("cloudformation")
template = """TEMPLATE"""
cfn.create_stack(StackName="live", TemplateBody=template, Capabilities=["CAPABILITY_IAM"],
  Parameters=[{"ParameterKey": "Prefix", "ParameterValue": "prod"}])
result = {r["LogicalResourceId"]: r.get("PhysicalResourceId")
  for r in cfn.describe_stack_resources(StackName="live")["StackResources"]}
]==]

describe("mrun adopt --cloudformation", function()
  local emulator, user = stage.account(_ENV)
  local physical
  before_each(function()
    physical = emulator:elsewhere((MADE:gsub("TEMPLATE", function() return TEMPLATE end)))
  end)

  it("takes over all of a stack, under its logical names, and changes nothing", function()
    local said = user:must("adopt", "--cloudformation", "live")
    assert.are.equal(TEMPLATE, user:read "live.yml")
    assert.matches("12 resources of live belong to the stack live now", said.out)
    assert.matches("DeletionPolicy: Retain", said.err)
    for operation in pairs(said.counts) do
      assert.is_truthy(operation:find "^Describe" or operation:find "^Get"
        or operation:find "^List", operation)
    end
    local by_name = {}
    for _, one in ipairs(user:json("show").resources) do by_name[one.name] = one.identifier end
    for _, name in ipairs { "Vpc", "Subnet", "Gateway", "Table", "Group", "Role", "Profile" } do
      assert.are.equal(physical[name], by_name[name])
    end
    assert.are.equal("IGW|" .. physical.Vpc, by_name.Attachment)
    assert.are.equal(physical.Table .. "|0.0.0.0/0", by_name.Route)
    assert.matches("^eipalloc%-", by_name.Address)
    assert.matches("^sgr%-", by_name.Rule)
    -- What the emulator's CloudFormation does not do of its own template is what is left.
    assert.are.same({ "update Vpc", "create Association" },
      user:planned("live.yml", "--params-file", "live.params.json"))
    user:must("apply", "--yes", "live.yml", "--params-file", "live.params.json")
    assert.are.same({}, user:planned("live.yml", "--params-file", "live.params.json"))
    local tags = emulator:elsewhere(([[result = {t["Key"]: t["Value"] for t in
      client("ec2").describe_vpcs(VpcIds=["%s"])["Vpcs"][0]["Tags"]}]]):format(physical.Vpc))
    assert.matches("^live/", tags["mrun:stack"])
    assert.matches(physical.Vpc:gsub("%-", "%%-"), user:must("output", "Vpc").out)
    user:must("destroy", "--yes")
    assert.is_nil(emulator:account().Vpcs[physical.Vpc])
  end)

  it("keeps the values that the stack was made with, and no secret one", function()
    user:must("adopt", "--cloudformation", "live", "--out", "mine.yml")
    local params = user:read "mine.params.json"
    assert.matches('"Prefix":"prod"', params)
    assert.is_nil(params:find("Word", 1, true))
    assert.is_nil(params:find("hush", 1, true))
    local vpc = user:json("plan", "mine.yml", "--params-file", "mine.params.json").changes[1]
    assert.are.same({ "EnableDnsHostnames" }, { vpc.properties[1].path, vpc.properties[2] })
  end)

  it("leaves no file behind where it fails, so that it can be said again", function()
    user:write("mrun.json", "{}")
    emulator:elsewhere(([[client("ec2").create_tags(Resources=["%s"],
      Tags=[{"Key": "mrun:stack", "Value": "else/1"}, {"Key": "mrun:resource", "Value": "V"}])]])
      :format(physical.Vpc))
    local theirs = user:mrun("adopt", "--cloudformation", "live")
    assert.are.equal(1, theirs.code)
    assert.matches("belongs to the stack else/1", theirs.err)
    assert.are.equal("mrun.json\n", user:shell("ls *.yml *.json 2>/dev/null").out)
  end)

  it("says what is wrong, and leaves what is there", function()
    local none = user:mrun("adopt", "--cloudformation", "lvie")
    assert.are.equal(1, none.code)
    assert.matches("lvie does not exist", none.err)
    assert.are.equal(64, user:mrun("adopt").code)
    user:write("live.yml", "# mine\n")
    local there = user:mrun("adopt", "--cloudformation", "live")
    assert.are.equal(64, there.code)
    assert.matches("live.yml is there already", there.err)
    assert.are.equal("# mine\n", user:read "live.yml")
  end)
end)
