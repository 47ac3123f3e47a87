-- What EC2 publishes of its token buckets for one account and region ("Request throttling for the
-- Amazon EC2 API"): { tokens that a bucket holds, tokens a second }. Each operation has its own.
local READS <const>, WRITES <const> = { 100, 20 }, { 50, 5 }
local UNFILTERED <const> = { 50, 10 }

local OPERATIONS <const> = {}

local function each(size, refill, names)
  for name in names:gmatch("%a+[%w]*") do OPERATIONS[name] = { size, refill } end
end

each(10, 1, [[
  AcceptVpcEndpointConnections AssignPrivateNatGatewayAddress
  AssociateEnclaveCertificateIamRole AssociateNatGatewayAddress CreateNatGateway
  CreateVpcEndpointServiceConfiguration DeleteNatGateway
  DeleteVpcEndpointServiceConfigurations DisassociateEnclaveCertificateIamRole
  DisassociateNatGatewayAddress GetAssociatedEnclaveCertificateIamRoles
  ModifyVpcEndpointServiceConfiguration RejectVpcEndpointConnections
  UnassignPrivateNatGatewayAddress
]])
each(1, 0.1, [[
  AdvertiseByoipCidr DeprovisionByoipCidr DisableImageBlockPublicAccess
  DisableSnapshotBlockPublicAccess EnableImageBlockPublicAccess
  EnableSnapshotBlockPublicAccess ProvisionByoipCidr WithdrawByoipCidr
]])
each(100, 5, [[
  AssignIpv6Addresses AssignPrivateIpAddresses AssociateIamInstanceProfile
  CreateLaunchTemplateVersion CreateNetworkInterface CreateSnapshot CreateSnapshots
  CreateVolume DeleteNetworkInterface DeleteSnapshot DeleteVolume DeregisterImage
  DescribeSpotFleetInstances DescribeSpotFleetRequestHistory
  DisassociateIamInstanceProfile ModifyImageAttribute ModifyInstanceMetadataOptions
  ModifyLaunchTemplate ModifyNetworkInterfaceAttribute ModifySnapshotAttribute
  TerminateInstances UnassignPrivateIpAddresses
]])
each(1, 0.5, [[
  AssociateCapacityReservationBillingOwner DescribeByoipCidrs
  DisassociateCapacityReservationBillingOwner
]])
each(10, 2, [[
  AttachVerifiedAccessTrustProvider CreateVerifiedAccessGroup CreateVerifiedAccessInstance
  CreateVerifiedAccessTrustProvider DeleteVerifiedAccessGroup DeleteVerifiedAccessInstance
  DeleteVerifiedAccessTrustProvider DescribeVerifiedAccessInstanceLoggingConfigurations
  DetachVerifiedAccessTrustProvider ModifyVerifiedAccessGroup ModifyVerifiedAccessInstance
  ModifyVerifiedAccessInstanceLoggingConfiguration ModifyVerifiedAccessTrustProvider
]])
each(5, 2, [[
  AuthorizeClientVpnIngress CreateClientVpnRoute DeleteClientVpnRoute
  DescribeHostReservations DescribeHostReservationOfferings DisableFastLaunch
  EnableFastLaunch GetHostReservationPurchasePreview PurchaseHostReservation
  RevokeClientVpnIngress RunInstances StartInstances
]])
each(1, 1, [[
  CancelDeclarativePoliciesReport CreateDefaultSubnet CreateDefaultVpc
  DescribeInstanceTopology DescribeMovingAddresses MoveAddressToVpc
  RestoreAddressToClassic StartDeclarativePoliciesReport
]])
each(100, 1, [[
  CopyImage
]])
each(5, 1, [[
  CreateCoipCidr CreateCoipPool CreateSubnetCidrReservation DeleteCoipCidr DeleteCoipPool
  DeleteSubnetCidrReservation
]])
each(50, 0.1, [[
  CreateRestoreImageTask CreateStoreImageTask
]])
each(50, 3, [[
  CreateSpotDatafeedSubscription DeleteSpotDatafeedSubscription DescribeSpotFleetRequests
]])
each(100, 10, [[
  CreateTags DeleteTags
]])
each(20, 4, [[
  CreateVerifiedAccessEndpoint DeleteVerifiedAccessEndpoint ModifyVerifiedAccessEndpoint
  ModifyVerifiedAccessEndpointPolicy ModifyVerifiedAccessGroupPolicy
]])
each(4, 0.3, [[
  CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint
]])
each(5, 5, [[
  DeleteQueuedReservedInstances DescribeDeclarativePoliciesReports
  GetDeclarativePoliciesReportSummary PurchaseReservedInstancesOffering
]])
each(10, 10, [[
  DescribeAggregateIdFormat DescribeIdentityIdFormat DescribeIdFormat
  DescribePrincipalIdFormat DescribeReservedInstancesOfferings
]])
each(10, 0.15, [[
  DescribeCapacityBlockExtensionOfferings DescribeCapacityBlockOfferings
  PurchaseCapacityBlock PurchaseCapacityBlockExtension
]])
each(20, 5, [[
  DescribeSecurityGroupReferences DescribeStaleSecurityGroups
]])
each(100, 13, [[
  DescribeSpotDatafeedSubscription
]])
each(50, 0.5, [[
  DescribeStoreImageTasks
]])
each(2, 2, [[
  ModifyInstanceMetadataDefaults
]])

-- Reads that cost more when they ask for everything.
local COSTLY <const> = {
  DescribeInstances = true, DescribeInstanceStatus = true, DescribeNetworkInterfaces = true,
  DescribeSecurityGroups = true, DescribeSnapshots = true, DescribeSpotInstanceRequests = true,
  DescribeVolumes = true,
}

-- Calls that take a token for every instance as well: how many a call is about.
local function instances_named(params) return #(params.InstanceIds or {}) end
local RESOURCES <const> = {
  RunInstances = { 1000, 2, function(params) return tonumber(params.MaxCount) or 1 end },
  TerminateInstances = { 1000, 20, instances_named },
  StartInstances = { 1000, 2, instances_named }, StopInstances = { 1000, 20, instances_named },
}

local limits = {}

-- A page size, a token, a filter, ids or names.
local function narrows(params)
  for name in pairs(params) do
    if name == "MaxResults" or name == "NextToken" or name:find("^Filter")
      or name:find("Ids?$") or name:find("Names?$") then
      return true
    end
  end
  return false
end

local function request_limit(operation, params)
  if COSTLY[operation] and not narrows(params) then
    return UNFILTERED, operation .. " of everything"
  end
  if OPERATIONS[operation] then return OPERATIONS[operation], operation end
  local reads = operation:find("^Describe") or operation:find("^Get")
    or operation:find("^Search") or operation:find("^List")
  return reads and READS or WRITES, operation
end

---What a call takes out of which buckets.
---@param service string
---@param operation string
---@param params table
---@return { name: string, size: number, refill: number, cost: number }[]
function limits.of(service, operation, params)
  if service ~= "ec2" then return {} end
  local request, name = request_limit(operation, params)
  local found = { { name = name, size = request[1], refill = request[2], cost = 1 } }
  local resources = RESOURCES[operation]
  if resources then
    found[2] = { name = operation .. " of instances", size = resources[1],
      refill = resources[2], cost = resources[3](params) }
  end
  return found
end

return limits
