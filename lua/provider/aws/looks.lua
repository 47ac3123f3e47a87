--- Where to look for what still uses a resource that AWS will not delete, by type; and what is
--- found there, in words.

local KINDS = { nat_gateway = "a NAT gateway", vpc_endpoint = "a VPC endpoint",
  lambda = "a Lambda function", network_load_balancer = "a load balancer",
  gateway_load_balancer = "a load balancer", transit_gateway = "a transit gateway" }

-- Each is given in words, with whether it stays until somebody takes it away: true, or the id of
-- what it stays with (an instance, an interface). Interfaces of services mostly go by themselves.

--- Whose a network interface is: an instance's, or as AWS's own description says.
local function interface_of(item)
  local attachment = item.Attachment or {}
  local whose = attachment.InstanceId or KINDS[item.InterfaceType]
  if item.Description and item.Description ~= "" then
    whose = whose and ("%s, %s"):format(whose, item.Description) or item.Description
  end
  return ("%s (%s)"):format(item.NetworkInterfaceId, whose or item.Status or "network interface"),
    attachment.InstanceId or item.NetworkInterfaceId
end

--- Only an interface with a public address keeps an internet gateway.
local function public_interface(item)
  if (item.Association or {}).PublicIp then return interface_of(item) end
end

local function group_of(item, id)
  if item.GroupId == id then return nil end
  return ("%s (a rule of the group %s)"):format(item.GroupId, item.GroupName or "?"), true
end

local function own_group(item)
  if item.GroupName == "default" then return nil end
  return ("%s (the group %s)"):format(item.GroupId, item.GroupName), true
end

local function named(member, what)
  return function(item) return ("%s (%s)"):format(item[member], what), true end
end

local GOING = { deleted = true, deleting = true, terminated = true }

--- As named, while it is not about to go by itself.
local function living(member, what)
  return function(item)
    if GOING[tostring(item.State):lower()] then return nil end
    return ("%s (%s)"):format(item[member], what), true
  end
end

local function subnets_of_table(item)
  local ids = {}
  for _, each in ipairs(item.Associations or {}) do
    if not each.Main then ids[#ids + 1] = each.SubnetId or each.GatewayId end
  end
  if #ids > 0 then return table.concat(ids, ", ") .. " (associated with it)", true end
end

local function own_table(item)
  for _, each in ipairs(item.Associations or {}) do
    if each.Main then return nil end
  end
  return item.RouteTableId .. " (route table)", true
end

local function vpcs_of_gateway(item)
  local ids = {}
  for i, each in ipairs(item.Attachments or {}) do ids[i] = each.VpcId end
  if #ids > 0 then return table.concat(ids, ", ") .. " (attached to it)", true end
end

local function user_of_address(item)
  local by = item.InstanceId
  if not by or by == "" then by = item.NetworkInterfaceId end
  if by and by ~= "" then return ("%s (%s)"):format(by, item.AssociationId or "associated"), by end
end

-- Where to look, by type -------------------------------------------------------------------

--- itself: what is found is the resource, and says who has it; not somebody with tags of his own.
local function look(operation, filter, top, text, itself)
  return { operation = operation, filter = filter, top = top, text = text, itself = itself }
end

local NATS = living("NatGatewayId", "NAT gateway")

local EC2 = {
  ["AWS::EC2::SecurityGroup"] = {
    look("DescribeNetworkInterfaces", "group-id", "NetworkInterfaces", interface_of),
    look("DescribeSecurityGroups", "ip-permission.group-id", "SecurityGroups", group_of),
    look("DescribeSecurityGroups", "egress.ip-permission.group-id", "SecurityGroups", group_of),
  },
  ["AWS::EC2::Subnet"] = {
    look("DescribeNetworkInterfaces", "subnet-id", "NetworkInterfaces", interface_of),
    look("DescribeNatGateways", "subnet-id", "NatGateways", NATS),
  },
  ["AWS::EC2::VPC"] = {
    look("DescribeNetworkInterfaces", "vpc-id", "NetworkInterfaces", interface_of),
    look("DescribeSubnets", "vpc-id", "Subnets", named("SubnetId", "subnet")),
    look("DescribeSecurityGroups", "vpc-id", "SecurityGroups", own_group),
    look("DescribeInternetGateways", "attachment.vpc-id", "InternetGateways",
      named("InternetGatewayId", "internet gateway")),
    look("DescribeRouteTables", "vpc-id", "RouteTables", own_table),
    look("DescribeVpcEndpoints", "vpc-id", "VpcEndpoints", living("VpcEndpointId", "endpoint")),
    look("DescribeNatGateways", "vpc-id", "NatGateways", NATS),
    look("DescribeVpnGateways", "attachment.vpc-id", "VpnGateways",
      living("VpnGatewayId", "VPN gateway")),
  },
  ["AWS::EC2::VPCGatewayAttachment"] = {
    look("DescribeNetworkInterfaces", "vpc-id", "NetworkInterfaces", public_interface),
  },
  ["AWS::EC2::InternetGateway"] = {
    look("DescribeInternetGateways", "internet-gateway-id", "InternetGateways", vpcs_of_gateway,
      true),
  },
  ["AWS::EC2::RouteTable"] = {
    look("DescribeRouteTables", "route-table-id", "RouteTables", subnets_of_table, true),
  },
  ["AWS::EC2::EIP"] = {
    look("DescribeAddresses", "allocation-id", "Addresses", user_of_address, true),
  },
}

local function entities(member, what) return { member = member, what = what } end

--- By type: reads of one resource, and what of their answers holds it.
local IAM = {
  ["AWS::IAM::ManagedPolicy"] = {
    { "ListEntitiesForPolicy", id = "PolicyArn", lists = {
      PolicyRoles = entities("RoleName", "role"), PolicyUsers = entities("UserName", "user"),
      PolicyGroups = entities("GroupName", "group") } },
  },
  ["AWS::IAM::Role"] = {
    { "ListInstanceProfilesForRole", id = "RoleName", lists = {
      InstanceProfiles = entities("InstanceProfileName", "instance profile") } },
    { "ListAttachedRolePolicies", id = "RoleName", lists = {
      AttachedPolicies = entities("PolicyArn", "attached policy") } },
  },
}

local INSTANCES = look("DescribeInstances", "instance-id", "Reservations")

return { ec2 = EC2, iam = IAM, instances = INSTANCES }
