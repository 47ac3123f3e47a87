--- AWS::EC2::EIP
local function association(change)
  local answer = change:ask("DescribeAddresses", { AllocationIds = { change.identifier } })
  return answer.Addresses[1] and answer.Addresses[1].AssociationId
end

local function disassociate(change)
  local id = association(change)
  if not id then return {} end
  return { { "DisassociateAddress", { AssociationId = id }, done = { "%.NotFound$" } } }
end

local function associate(change)
  if change.want.InstanceId == nil then return disassociate(change) end
  return { { "AssociateAddress",
    { InstanceId = change.want.InstanceId, AllowReassociation = true } } }
end

local function release_instance(change)
  if not change:known({ "InstanceId" }).InstanceId then return end
  for _, step in ipairs(disassociate(change)) do change:call(step[1], step[2], step) end
end

--- An address that belongs to no instance may have an empty text for one.
local function instance_of(address)
  return address.InstanceId ~= "" and address.InstanceId or nil
end

--- An address of another account is accepted; any other one is allocated.
local function variant(_, want)
  return want and want.TransferAddress and "Accepted" or "Allocated"
end

local ALLOCATED = {
  create = { "AllocateAddress", tags = "elastic-ip",
    with = function(want) return { Domain = want.Domain or "vpc" } end },
  read   = "DescribeAddresses",
}

local ACCEPTED = {
  called = { TransferAddress = "Address" },
  create = {
    "AcceptAddressTransfer", tags = "elastic-ip", id = "AddressTransfer.AllocationId",
  },
  read   = "DescribeAddresses",
}

--- CloudFormation knows it by its address.
local function by_address(job, address)
  if not address or address:find "^eipalloc%-" then return address end
  local answer = job.machine:try(job.place, "ec2", "DescribeAddresses",
    { Filters = { { Name = "public-ip", Values = { address } } } })
  return answer and answer.Addresses[1] and answer.Addresses[1].AllocationId
end

return {
  service    = "ec2",
  identifier = "AllocationId", -- the address itself may be another's later
  ref        = "PublicIp",
  variant    = variant, Allocated = ALLOCATED, Accepted = ACCEPTED,
  create     = ALLOCATED.create, -- what rebuilding the state goes by
  update   = { InstanceId = associate },
  delete   = { "ReleaseAddress", before = release_instance,
    gone = { "^InvalidAllocationID%.NotFound$" }, later = { "^InvalidIPAddress%.InUse$" } },
  replaces = { Domain = true, PublicIpv4Pool = true },
  defaults = { Domain = "vpc" },
  attached = { "InstanceId" },
  physical = by_address,
  refers   = { InstanceId = { "AWS::EC2::Instance", filter = "instance-id" } },
  left_out = { NetworkBorderGroup = true, PublicIpv4Pool = true, TransferAddress = true },
  have     = { InstanceId = instance_of },
}
