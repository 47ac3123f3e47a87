--- Who still uses what AWS will not delete: asked when a delete has been refused for a while, so
--- that whoever waits knows for whom.
local failure = require "engine.failure"
local fetch = require "provider.aws.fetch"
local machine = require "provider.aws.machine"

local holders = {}

local MOST = 5 -- named; the rest is counted

-- One thing that holds -------------------------------------------------------------------

local KINDS = { nat_gateway = "a NAT gateway", vpc_endpoint = "a VPC endpoint",
  lambda = "a Lambda function", network_load_balancer = "a load balancer",
  gateway_load_balancer = "a load balancer", transit_gateway = "a transit gateway" }

--- Whose a network interface is: an instance's, or as AWS's own description says.
local function interface_of(item)
  local attachment = item.Attachment or {}
  local whose = attachment.InstanceId or KINDS[item.InterfaceType]
  if item.Description and item.Description ~= "" then
    whose = whose and ("%s, %s"):format(whose, item.Description) or item.Description
  end
  return ("%s (%s)"):format(item.NetworkInterfaceId, whose or item.Status or "network interface")
end

--- Only an interface with a public address keeps an internet gateway.
local function public_interface(item)
  return (item.Association or {}).PublicIp and interface_of(item) or nil
end

local function group_of(item, id)
  if item.GroupId == id then return nil end
  return ("%s (a rule of the group %s)"):format(item.GroupId, item.GroupName or "?")
end

local function own_group(item)
  return item.GroupName ~= "default" and ("%s (the group %s)")
    :format(item.GroupId, item.GroupName) or nil
end

local function named(member, what)
  return function(item) return ("%s (%s)"):format(item[member], what) end
end

local GOING = { deleted = true, deleting = true, terminated = true }

--- As named, while it is not about to go by itself.
local function living(member, what)
  return function(item)
    local gone = GOING[tostring(item.State):lower()]
    return not gone and ("%s (%s)"):format(item[member], what) or nil
  end
end

local function subnets_of_table(item)
  local ids = {}
  for _, each in ipairs(item.Associations or {}) do
    if not each.Main then ids[#ids + 1] = each.SubnetId or each.GatewayId end
  end
  return #ids > 0 and table.concat(ids, ", ") .. " (associated with it)" or nil
end

local function own_table(item)
  for _, each in ipairs(item.Associations or {}) do
    if each.Main then return nil end
  end
  return item.RouteTableId .. " (route table)"
end

local function vpcs_of_gateway(item)
  local ids = {}
  for i, each in ipairs(item.Attachments or {}) do ids[i] = each.VpcId end
  return #ids > 0 and table.concat(ids, ", ") .. " (attached to it)" or nil
end

local function user_of_address(item)
  local by = item.InstanceId or item.NetworkInterfaceId
  return by and by ~= "" and ("%s (%s)"):format(by, item.AssociationId or "associated") or nil
end

-- Where to look, by type -------------------------------------------------------------------

local function look(operation, filter, top, text)
  return { operation = operation, filter = filter, top = top, text = text }
end

local EC2 = {
  ["AWS::EC2::SecurityGroup"] = {
    look("DescribeNetworkInterfaces", "group-id", "NetworkInterfaces", interface_of),
    look("DescribeSecurityGroups", "ip-permission.group-id", "SecurityGroups", group_of),
    look("DescribeSecurityGroups", "egress.ip-permission.group-id", "SecurityGroups", group_of),
  },
  ["AWS::EC2::Subnet"] = {
    look("DescribeNetworkInterfaces", "subnet-id", "NetworkInterfaces", interface_of),
  },
  ["AWS::EC2::VPC"] = {
    look("DescribeNetworkInterfaces", "vpc-id", "NetworkInterfaces", interface_of),
    look("DescribeSubnets", "vpc-id", "Subnets", named("SubnetId", "subnet")),
    look("DescribeSecurityGroups", "vpc-id", "SecurityGroups", own_group),
    look("DescribeInternetGateways", "attachment.vpc-id", "InternetGateways",
      named("InternetGatewayId", "internet gateway")),
    look("DescribeRouteTables", "vpc-id", "RouteTables", own_table),
    look("DescribeVpcEndpoints", "vpc-id", "VpcEndpoints", living("VpcEndpointId", "endpoint")),
    look("DescribeNatGateways", "vpc-id", "NatGateways", living("NatGatewayId", "NAT gateway")),
    look("DescribeVpnGateways", "attachment.vpc-id", "VpnGateways",
      living("VpnGatewayId", "VPN gateway")),
  },
  ["AWS::EC2::VPCGatewayAttachment"] = {
    look("DescribeNetworkInterfaces", "vpc-id", "NetworkInterfaces", public_interface),
  },
  ["AWS::EC2::InternetGateway"] = {
    look("DescribeInternetGateways", "internet-gateway-id", "InternetGateways", vpcs_of_gateway),
  },
  ["AWS::EC2::RouteTable"] = {
    look("DescribeRouteTables", "route-table-id", "RouteTables", subnets_of_table),
  },
  ["AWS::EC2::EIP"] = {
    look("DescribeAddresses", "allocation-id", "Addresses", user_of_address),
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

local function add(found, text)
  if not text or found[text] then return end
  found[text] = true
  found[#found + 1] = text
end

--- One look; whoever may delete may not be allowed to look around, and then the refusal has to do.
local function try(fn, ...)
  local ok, err = pcall(fn, ...)
  if not ok and not failure.is(err) then error(err, 0) end
end

--- What a thing's own filter finds is asked by the part of its identifier that the filter is about.
local function ask_ec2(job, change, ways, found)
  local service = { machine = job.machine, place = job.place, handler = { service = "ec2" } }
  local fields = change.fields
  local id = fields[job.handler.member] or change.identifier
  for _, way in ipairs(ways) do
    local key = way.filter:find "vpc%-id$" and fields.VpcId or id
    local facts = job.machine:operation("ec2", way.operation)
    try(function()
      local items = fetch.filtered(service, { way.operation, filters = facts:filters(),
        top = way.top }, { [way.filter] = { key } })
      for _, item in ipairs(items) do add(found, way.text(item, id)) end
    end)
  end
end

local function ask_iam(job, change, ways, found)
  local id = change.fields[job.handler.member] or change.identifier
  for _, way in ipairs(ways) do
    try(function()
      local answer = job.machine:all(job.place, "iam", way[1], { [way.id] = id })
      for list, entity in pairs(way.lists) do
        for _, item in ipairs(answer[list] or {}) do
          add(found, ("%s (%s)"):format(item[entity.member], entity.what))
        end
      end
    end)
  end
end

--- Who uses a resource, in words; nil where nobody is found, and where that must not be asked.
---@param job table
---@param change table of the resource
---@return string|nil
function holders.of(job, change)
  local type_name, found = job.handler.type, {}
  local ec2, iam = EC2[type_name], IAM[type_name]
  if not ec2 and not iam then return nil end
  if ec2 then ask_ec2(job, change, ec2, found) else ask_iam(job, change, iam, found) end
  if #found == 0 then return nil end
  table.sort(found)
  local text = table.concat(found, ", ", 1, math.min(#found, MOST))
  return #found > MOST and ("%s and %d more"):format(text, #found - MOST) or text
end

--- Whether a refusal says that something still uses the resource.
---@param job table
---@param err Failure
---@return boolean
function holders.concerns(job, err)
  local made = job.handler
  return machine.matches(err, made.delete.later or made.common.later.codes)
end

return holders
