--- Who still uses what AWS will not delete: asked when a delete has been refused for a while, so
--- that whoever waits knows for whom, and whether waiting is of any use.
local failure = require "engine.failure"
local fetch = require "provider.aws.fetch"
local looks = require "provider.aws.looks"
local machine = require "provider.aws.machine"
local tags = require "provider.aws.tags"

local holders = {}

local MOST <const> = 5 -- named; the rest is counted
local GONE_SOON <const> = { ["shutting-down"] = true, terminated = true }

--- The stack that the tags of a thing name, where it is another one; and whether it is our own.
local function owner_of(item, own)
  local owner = tags.owner(item.Tags or item.TagSet)
  if not owner then return nil, false end
  if owner.stack == own then return nil, true end
  local name = owner.stack:match "^[^/]*"
  return own and name == own:match "^[^/]*" and owner.stack or name, false
end

--- Whether this run is deleting what is named here. What is our own and was not tried yet may be
--- deleted later; what was tried in vain stays.
local function is_leaving(job, text, ours)
  for id in text:gmatch "[%w_-]+" do
    local leaving = job.machine.leaving[id]
    if leaving ~= nil then return leaving end
  end
  return ours
end

local function add(found, text, stays)
  if found[text] ~= nil then return end
  found[text] = stays or false
  found[#found + 1] = text
end

--- Interfaces stay with the gateways and endpoints that have them.
local function keep_interfaces(found, item)
  for _, id in ipairs(item.NetworkInterfaceIds or {}) do found.kept[id] = true end
  for _, address in ipairs(item.NatGatewayAddresses or {}) do
    found.kept[address.NetworkInterfaceId or ""] = true
  end
end

local function add_item(job, found, way, item)
  local text, stays = way.text(item, found.id)
  if not text then return end
  local whose, ours
  if not way.itself then whose, ours = owner_of(item, found.own) end
  if is_leaving(job, text, ours) then
    stays = false
  elseif whose and stays == item.NetworkInterfaceId then
    stays = true
  end
  if stays == true then keep_interfaces(found, item) end
  add(found, whose and ("%s of the stack %s"):format(text, whose) or text, stays)
end

--- One look; whoever may delete may not be allowed to look around, and then the refusal has to do.
local function try(fn, ...)
  local ok, err = pcall(fn, ...)
  if not ok and not failure.is(err) then error(err, 0) end
end

local function look_up(job, way, values)
  local service = { machine = job.machine, place = job.place, handler = { service = "ec2" } }
  local facts = job.machine:operation("ec2", way.operation)
  return fetch.filtered(service, { way.operation, filters = facts:filters(), top = way.top },
    { [way.filter] = values })
end

--- What a thing's own filter finds is asked by the part of its identifier that the filter is about.
local function ask_ec2(job, change, ways, found)
  local fields = change.fields
  found.id = fields[job.handler.member] or change.identifier
  found.own = change.tags and change.tags["mrun:stack"]
  for _, way in ipairs(ways) do
    local key = way.filter:find "vpc%-id$" and fields.VpcId or found.id
    try(function()
      for _, item in ipairs(look_up(job, way, { key })) do add_item(job, found, way, item) end
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

--- Which of these instances stay.
local function keep_instances(job, found, ids)
  for _, one in ipairs(look_up(job, looks.instances, ids)) do
    for _, instance in ipairs(one.Instances or {}) do
      local id, state = instance.InstanceId, (instance.State or {}).Name
      local _, ours = owner_of(instance, found.own)
      found.kept[id] = state ~= nil and not GONE_SOON[state] and not is_leaving(job, id, ours)
    end
  end
end

--- Whether all of them stay until somebody takes them away. Instances are asked about only where
--- that decides it.
local function all_stay(job, found)
  local instances = {}
  for _, text in ipairs(found) do
    local stays = found[text]
    local by_instance = type(stays) == "string" and stays:find "^i%-"
    if by_instance then instances[#instances + 1] = stays end
    if not (stays == true or by_instance or found.kept[stays]) then return false end
  end
  if #instances > 0 then try(keep_instances, job, found, instances) end
  for _, id in ipairs(instances) do
    if not found.kept[id] then return false end
  end
  return true
end

local function in_words(found)
  table.sort(found)
  local text = table.concat(found, ", ", 1, math.min(#found, MOST))
  return #found > MOST and ("%s and %d more"):format(text, #found - MOST) or text
end

--- Who uses a resource, in words; nil where nobody is found, and where that must not be asked.
---@param job table
---@param change table of the resource
---@return string|nil
---@return boolean|nil stay whether all of them stay until somebody takes them away
function holders.of(job, change)
  local type_name, found = job.handler.type, { kept = {} }
  local ec2, iam = looks.ec2[type_name], looks.iam[type_name]
  if ec2 then ask_ec2(job, change, ec2, found) end
  if iam then ask_iam(job, change, iam, found) end
  if #found == 0 then return nil end
  return in_words(found), ec2 ~= nil and all_stay(job, found)
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
