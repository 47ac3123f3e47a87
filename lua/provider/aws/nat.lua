--- The addresses of a NAT gateway: a primary one, and more.
local form = require "provider.aws.form"
local value = require "engine.value"

local nat = {}

nat.nothing = form.nothing

--- The first address, which is the one without another word about it.
---@param gateway table
---@return table
function nat.primary(gateway)
  local addresses = gateway.NatGatewayAddresses or {}
  for _, address in ipairs(addresses) do
    if address.IsPrimary then return address end
  end
  return addresses[1] or {}
end

local LEAVING = { unassigning = true, disassociating = true, failed = true }

--- For `have`: this member of all addresses but the first.
---@param member string
---@return fun(gateway: table): string[]
function nat.secondary(member)
  return function(gateway)
    local primary, list = nat.primary(gateway), value.list {}
    for _, address in ipairs(gateway.NatGatewayAddresses or {}) do
      if address ~= primary and address[member] and not LEAVING[address.Status] then
        list[#list + 1] = address[member]
      end
    end
    return list
  end
end

--- For `have`, of a regional gateway: addresses by zone.
---@param gateway table
---@return table[]|nil
function nat.by_zone(gateway)
  if gateway.AvailabilityMode ~= "regional" then return nil end
  local list, zones = value.list {}, {}
  for _, address in ipairs(gateway.NatGatewayAddresses or {}) do
    local zone = address.AvailabilityZone
    if zone and not zones[zone] then
      zones[zone] = { AvailabilityZone = zone, AllocationIds = value.list {},
        AvailabilityZoneId = address.AvailabilityZoneId }
      list[#list + 1] = zones[zone]
    end
    if zone then table.insert(zones[zone].AllocationIds, address.AllocationId) end
  end
  return list
end

local function associations(change, allocations)
  local answer = change:ask("DescribeNatGateways", { NatGatewayIds = { change.identifier } })
  local wanted, ids = {}, {}
  for _, id in ipairs(allocations) do wanted[id] = true end
  for _, address in ipairs(answer.NatGateways[1].NatGatewayAddresses or {}) do
    if wanted[address.AllocationId] then ids[#ids + 1] = address.AssociationId end
  end
  return ids
end

local function associate(added, zone)
  return { "AssociateNatGatewayAddress", merge = false,
    { AllocationIds = added, AvailabilityZone = zone } }
end

local function disassociate(change, removed)
  return { "DisassociateNatGatewayAddress", merge = false, {
    AssociationIds = associations(change, removed),
    MaxDrainDurationSeconds = change.want.MaxDrainDurationSeconds,
  } }
end

--- For `update`.
---@param change table
---@param property string
---@return table[]
function nat.allocations(change, property)
  local added, removed = form.difference(change.have[property], change.want[property])
  local steps = {}
  if #added > 0 then steps[1] = associate(added) end
  if #removed > 0 then steps[#steps + 1] = disassociate(change, removed) end
  return steps
end

--- For `update`, of a private gateway.
---@param change table
---@param property string
---@return table[]
function nat.addresses(change, property)
  local added, removed = form.difference(change.have[property], change.want[property])
  local steps = {}
  if #added > 0 then
    steps[1] = { "AssignPrivateNatGatewayAddress", { PrivateIpAddresses = added } }
  end
  if #removed > 0 then
    steps[#steps + 1] = { "UnassignPrivateNatGatewayAddress", {
      PrivateIpAddresses = removed, MaxDrainDurationSeconds = change.want.MaxDrainDurationSeconds,
    } }
  end
  return steps
end

--- For `update`: so many more or fewer, whichever.
---@param change table
---@param property string
---@return table[]
function nat.count(change, property)
  local have, want = change.have[property] or 0, change.want[property] or 0
  if want > have then
    return { { "AssignPrivateNatGatewayAddress", { PrivateIpAddressCount = want - have } } }
  end
  local list = change.have.SecondaryPrivateIpAddresses or {}
  local removed = table.move(list, want + 1, #list, 1, {})
  if #removed == 0 then return {} end
  return { { "UnassignPrivateNatGatewayAddress", { PrivateIpAddresses = removed } } }
end

local function by_zone(list)
  local zones = {}
  for _, entry in ipairs(list or {}) do
    zones[entry.AvailabilityZone or entry.AvailabilityZoneId] = entry.AllocationIds
  end
  return zones
end

--- For `update`, of a regional gateway.
---@param change table
---@param property string
---@return table[]
function nat.zones(change, property)
  local have, want, steps = by_zone(change.have[property]), by_zone(change.want[property]), {}
  for _, zone in ipairs(value.keys(want)) do
    local added, removed = form.difference(have[zone], want[zone])
    if #added > 0 then steps[#steps + 1] = associate(added, zone) end
    if #removed > 0 then steps[#steps + 1] = disassociate(change, removed) end
  end
  for _, zone in ipairs(value.keys(have)) do
    if not want[zone] then steps[#steps + 1] = disassociate(change, have[zone]) end
  end
  return steps
end

return nat
