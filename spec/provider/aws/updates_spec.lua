-- What is called for changes that no emulator carries out: exactly these calls, in this order, and
-- what AWS then answers reads back as it was declared.
local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"
local value = require "engine.value"

local function instance(state)
  return { Reservations = { { Instances = { { InstanceId = "i-1", State = { Name = state } } } } } }
end

-- A running instance that can be stopped and started.
local function server()
  local state = "running"
  return {
    DescribeInstances = function() return instance(state) end,
    StopInstances = function() state = "stopped" return {} end,
    StartInstances = function() state = "running" return {} end,
  }
end

local function stopped(operation, params)
  params.InstanceId = "i-1"
  return { { "StopInstances", { InstanceIds = { "i-1" } } }, { operation, params },
    { "StartInstances", { InstanceIds = { "i-1" } } } }
end

local function attribute(name, v)
  return { { "ModifyInstanceAttribute", { InstanceId = "i-1", [name] = { Value = v } } } }
end

local function subnet(params)
  params.SubnetId = "subnet-1"
  return { { "ModifySubnetAttribute", params } }
end

local function endpoint(params)
  params.VpcEndpointId = "vpce-1"
  return { { "ModifyVpcEndpoint", params } }
end

local function route(params)
  params.RouteTableId, params.DestinationCidrBlock = "rtb-1", "0.0.0.0/0"
  return { { "ReplaceRoute", params } }
end

local TWO_IPS = { NatGateways = { { NatGatewayId = "nat-1", NatGatewayAddresses = {
  { AllocationId = "eipalloc-1", IsPrimary = true, AssociationId = "a-1" },
  { AllocationId = "eipalloc-2", AssociationId = "a-2", PrivateIp = "10.0.0.9" } } } } }

local CASES = {
  { "EC2::Instance", "i-1", UserData = { "eA==", "eQ==" }, answers = server,
    calls = stopped("ModifyInstanceAttribute", { UserData = { Value = "y" } }) },
  { "EC2::Instance", "i-1", Affinity = { "default", "host" }, answers = server,
    calls = stopped("ModifyInstancePlacement", { Affinity = "host" }) },
  { "EC2::Instance", "i-1", Tenancy = { "dedicated", "host" }, answers = server,
    calls = stopped("ModifyInstancePlacement", { Tenancy = "host" }) },
  { "EC2::Instance", "i-1", HostId = { "h-1", "h-2" }, answers = server,
    calls = stopped("ModifyInstancePlacement", { HostId = "h-2" }) },
  { "EC2::Instance", "i-1", KernelId = { "aki-1", "aki-2" }, answers = server,
    calls = stopped("ModifyInstanceAttribute", { Kernel = { Value = "aki-2" } }) },
  { "EC2::Instance", "i-1", RamdiskId = { "ari-1", "ari-2" }, answers = server,
    calls = stopped("ModifyInstanceAttribute", { Ramdisk = { Value = "ari-2" } }) },
  { "EC2::Instance", "i-1", answers = server,
    PrivateDnsNameOptions = { { HostnameType = "ip-name" }, { HostnameType = "resource-name" } },
    calls = stopped("ModifyPrivateDnsNameOptions",
      { PrivateDnsHostnameType = "resource-name" }) },
  { "EC2::Instance", "i-1", InstanceInitiatedShutdownBehavior = { "stop", "terminate" },
    calls = attribute("InstanceInitiatedShutdownBehavior", "terminate") },
  { "EC2::Instance", "i-1", Monitoring = { false, true },
    calls = { { "MonitorInstances", { InstanceIds = { "i-1" } } } } },
  { "EC2::Instance", "i-1", Monitoring = { true, false },
    calls = { { "UnmonitorInstances", { InstanceIds = { "i-1" } } } } },
  { "EC2::Instance", "i-1",
    CreditSpecification = { { CPUCredits = "standard" }, { CPUCredits = "unlimited" } },
    calls = { { "ModifyInstanceCreditSpecification", { InstanceCreditSpecifications = {
      { InstanceId = "i-1", CpuCredits = "unlimited" } } } } } },
  { "EC2::Instance", "i-1",
    previous = { Volumes = { { VolumeId = "vol-1", Device = "/dev/sdf" } } },
    Volumes = { { { VolumeId = "vol-1", Device = "/dev/sdf" } },
      { { VolumeId = "vol-2", Device = "/dev/sdf" } } },
    calls = { { "DetachVolume", { VolumeId = "vol-1", InstanceId = "i-1" } },
      { "AttachVolume", { VolumeId = "vol-2", Device = "/dev/sdf", InstanceId = "i-1" } } } },

  { "EC2::VPC", "vpc-1", InstanceTenancy = { "dedicated", "default" },
    calls = { { "ModifyVpcTenancy", { VpcId = "vpc-1", InstanceTenancy = "default" } } } },

  { "EC2::Subnet", "subnet-1", AssignIpv6AddressOnCreation = { false, true },
    calls = subnet { AssignIpv6AddressOnCreation = { Value = true } } },
  { "EC2::Subnet", "subnet-1", EnableDns64 = { false, true },
    calls = subnet { EnableDns64 = { Value = true } } },
  { "EC2::Subnet", "subnet-1", EnableLniAtDeviceIndex = { 1, 2 },
    calls = subnet { EnableLniAtDeviceIndex = 2 } },
  { "EC2::Subnet", "subnet-1", PrivateDnsNameOptionsOnLaunch = {
      { HostnameType = "ip-name" }, { HostnameType = "resource-name" } },
    calls = subnet { PrivateDnsHostnameTypeOnLaunch = "resource-name" } },
  { "EC2::Subnet", "subnet-1", Ipv6CidrBlock = { "2001:db8::/64", "2001:db8:0:1::/64" },
    answers = function() return { DescribeSubnets = { Subnets = { { SubnetId = "subnet-1",
      Ipv6CidrBlockAssociationSet = { { AssociationId = "a-1", Ipv6CidrBlock = "2001:db8::/64",
        Ipv6CidrBlockState = { State = "associated" } } } } } } } end,
    calls = { { "DisassociateSubnetCidrBlock", { AssociationId = "a-1" } },
      { "AssociateSubnetCidrBlock",
        { SubnetId = "subnet-1", Ipv6CidrBlock = "2001:db8:0:1::/64" } } } },

  { "EC2::NatGateway", "nat-1", SecondaryAllocationIds = { { "eipalloc-2" }, { "eipalloc-3" } },
    answers = function() return { DescribeNatGateways = TWO_IPS } end,
    calls = { { "AssociateNatGatewayAddress",
        { NatGatewayId = "nat-1", AllocationIds = { "eipalloc-3" } } },
      { "DisassociateNatGatewayAddress",
        { NatGatewayId = "nat-1", AssociationIds = { "a-2" } } } } },
  { "EC2::NatGateway", "nat-1", SecondaryPrivateIpAddresses = { { "10.0.0.9" }, { "10.0.0.8" } },
    calls = { { "AssignPrivateNatGatewayAddress",
        { NatGatewayId = "nat-1", PrivateIpAddresses = { "10.0.0.8" } } },
      { "UnassignPrivateNatGatewayAddress",
        { NatGatewayId = "nat-1", PrivateIpAddresses = { "10.0.0.9" } } } } },
  { "EC2::NatGateway", "nat-1", SecondaryPrivateIpAddressCount = { 1, 3 },
    calls = { { "AssignPrivateNatGatewayAddress",
      { NatGatewayId = "nat-1", PrivateIpAddressCount = 2 } } } },

  { "EC2::VPCEndpoint", "vpce-1", PrivateDnsEnabled = { false, true },
    calls = endpoint { PrivateDnsEnabled = true } },
  { "EC2::VPCEndpoint", "vpce-1", IpAddressType = { "ipv4", "dualstack" },
    calls = endpoint { IpAddressType = "dualstack" } },
  { "EC2::VPCEndpoint", "vpce-1",
    DnsOptions = { { DnsRecordIpType = "ipv4" }, { DnsRecordIpType = "dualstack" } },
    calls = endpoint { DnsOptions = { DnsRecordIpType = "dualstack" } } },
  { "EC2::VPCEndpoint", "vpce-1", PolicyDocument = { { Version = "2012-10-17" } },
    calls = endpoint { ResetPolicy = true } },

  { "EC2::VPCGatewayAttachment", "VPN|vpc-1", VpnGatewayId = { "vgw-1", "vgw-2" },
    calls = { { "DetachVpnGateway", { VpnGatewayId = "vgw-1", VpcId = "vpc-1" } },
      { "AttachVpnGateway", { VpnGatewayId = "vgw-2", VpcId = "vpc-1" } } } },

  { "IAM::ManagedPolicy", "arn:p", Users = { { "ann" }, { "bob" } },
    calls = { { "AttachUserPolicy", { PolicyArn = "arn:p", UserName = "bob" } },
      { "DetachUserPolicy", { PolicyArn = "arn:p", UserName = "ann" } } } },
  { "IAM::ManagedPolicy", "arn:p", Groups = { { "red" }, { "blue" } },
    calls = { { "AttachGroupPolicy", { PolicyArn = "arn:p", GroupName = "blue" } },
      { "DetachGroupPolicy", { PolicyArn = "arn:p", GroupName = "red" } } } },

  { "SSM::Parameter", "/p", Tier = { "Standard", "Advanced" },
    calls = { { "PutParameter", { Name = "/p", Overwrite = true, Tier = "Advanced" } } } },
  { "SSM::Parameter", "/p", AllowedPattern = { "a*", "b*" },
    calls = { { "PutParameter", { Name = "/p", Overwrite = true, AllowedPattern = "b*" } } } },
  { "SSM::Parameter", "/p", DataType = { "text", "aws:ec2:image" },
    calls = { { "PutParameter", { Name = "/p", Overwrite = true, DataType = "aws:ec2:image" } } } },
}
for _, target in ipairs { "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId",
  "GatewayId", "InstanceId", "LocalGatewayId", "NatGatewayId", "NetworkInterfaceId",
  "OdbNetworkArn", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId" } do
  CASES[#CASES + 1] = { "EC2::Route", "rtb-1|0.0.0.0/0", [target] = { "one", "two" },
    calls = route { [target] = "two" } }
end

local function property_of(case)
  for name in pairs(case) do
    if type(name) == "string" and name:find "^%u" then return name end
  end
end

local function quiet(answers)
  return setmetatable(answers, { __index = function() return {} end })
end

--- The changing calls of an update from one value to another.
local function update(case, property)
  local world = fake.new(quiet(case.answers and case.answers() or {}))
  local type_name = "AWS::" .. case[1]
  world.run(function()
    act.perform(world.job(type_name, case[2]), {
      op = "op", name = "it", type = type_name, place = world.place, action = "update",
      identifier = case[2], changed = { property }, previous = case.previous,
      have = { [property] = case[property][1] }, want = { [property] = case[property][2] },
    })
  end)
  local calls = {}
  for _, call in ipairs(world.calls) do
    if not call[1]:find "^Describe" then calls[#calls + 1] = { call[1], value.copy(call[2]) } end
  end
  return calls
end

describe("a change of", function()
  for _, case in ipairs(CASES) do
    local property = property_of(case)
    it(("%s of %s makes the calls that it takes"):format(property, case[1]), function()
      assert.are.same(case.calls, update(case, property))
    end)
  end
end)

describe("a tier of a parameter", function()
  local parameter = require "provider.aws.type.SSM.Parameter"

  it("is whichever AWS has chosen, where it may choose", function()
    assert.is_true(parameter.equal.Tier("Intelligent-Tiering", "Standard"))
    assert.is_nil(parameter.equal.Tier("Advanced", "Standard"))
  end)
end)

describe("an elastic IP", function()
  it("is accepted from another account, or allocated", function()
    local function created(want)
      local world = fake.new {
        AllocateAddress = { AllocationId = "eipalloc-1" },
        AcceptAddressTransfer = { AddressTransfer = { AllocationId = "eipalloc-1" } },
      }
      local type_name = "AWS::EC2::EIP"
      local made = world.run(function()
        return act.perform(world.job(type_name, nil, want), { op = "op", name = "it",
          type = type_name, place = world.place, action = "create", want = want, tags = {} })
      end)
      assert.are.equal("eipalloc-1", made.identifier)
      return world.calls[1][1], world.calls[1][2].Address
    end
    assert.are.same({ "AcceptAddressTransfer", "192.0.2.1" },
      { created { TransferAddress = "192.0.2.1", Domain = "vpc" } })
    assert.are.same({ "AllocateAddress" }, { created {} })
  end)
end)
