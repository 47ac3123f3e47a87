--- AWS::EC2::NatGateway
local nat = require "provider.aws.nat"

return {
  service = "ec2",
  create = { "CreateNatGateway", tags = "natgateway" },
  read   = "DescribeNatGateways",
  update = {
    SecondaryAllocationIds         = nat.allocations,
    SecondaryPrivateIpAddresses    = nat.addresses,
    SecondaryPrivateIpAddressCount = nat.count,
    AvailabilityZoneAddresses      = nat.zones,
    MaxDrainDurationSeconds        = nat.nothing, -- it goes with the calls that take addresses away
  },
  delete = { "DeleteNatGateway", pending = true },
  ready  = {
    "available", at = "State", failed = { "failed" }, gone = { "deleted" }, why = "FailureMessage",
  },
  exclusive = { "AllocationId", "PrivateIpAddress" },
  defaults  = { ConnectivityType = "public" },
  refers = {
    SubnetId     = { "AWS::EC2::Subnet", filter = "subnet-id" },
    AllocationId = { "AWS::EC2::EIP" }, ["SecondaryAllocationIds[]"] = { "AWS::EC2::EIP" },
  },
  left_out = {
    PrivateIpAddress = true, SecondaryPrivateIpAddresses = true,
    SecondaryPrivateIpAddressCount = true, AvailabilityZoneAddresses = true,
    VpcId = function(_, have) return have.SubnetId ~= nil end,
    AvailabilityMode = function(v) return v == "zonal" end,
  },
  have = {
    AllocationId     = function(gateway) return nat.primary(gateway).AllocationId end,
    EniId            = function(gateway) return nat.primary(gateway).NetworkInterfaceId end,
    PrivateIpAddress = function(gateway) return nat.primary(gateway).PrivateIp end,
    SecondaryAllocationIds         = nat.secondary "AllocationId",
    SecondaryPrivateIpAddresses    = nat.secondary "PrivateIp",
    SecondaryPrivateIpAddressCount = function(gateway)
      return #nat.secondary "PrivateIp"(gateway)
    end,
    AvailabilityZoneAddresses      = nat.by_zone,
  },
}
