-- The partitions of AWS (partitions.json, decoded): which one a region lies in.
local fault = require "aws.endpoint.fault"
local regex = require "native.regex"

local SUBJECT <const> = "the list of partitions"
local MAX_KEPT <const> = 200

local function outputs(partition, region)
  local found = {}
  for key, value in pairs(partition.outputs) do found[key] = value end
  for key, value in pairs(region or {}) do found[key] = value end
  found.name, found.description = partition.id, nil
  return found
end

local function matches(partition, region)
  local found, why = regex.match(partition.regionRegex, region)
  if found == nil then fault(SUBJECT, tostring(why), partition.id) end
  return found
end

local function check(document)
  local list = type(document) == "table" and document.partitions
  if type(list) ~= "table" or not list[1] then fault(SUBJECT, "it holds none") end
  for at, partition in ipairs(list) do
    if type(partition) ~= "table" or type(partition.id) ~= "string"
      or type(partition.regionRegex) ~= "string" or type(partition.outputs) ~= "table"
      or type(partition.regions) ~= "table" then
      fault(SUBJECT, "a partition is not whole", "partition " .. at)
    end
  end
  return list
end

local function find(list, region)
  if type(region) ~= "string" then return outputs(list[1]) end
  for _, partition in ipairs(list) do
    if partition.regions[region] then return outputs(partition, partition.regions[region]) end
  end
  for _, partition in ipairs(list) do
    if matches(partition, region) then return outputs(partition) end
  end
  return outputs(list[1])
end

---The function aws.partition over these partitions: a region's own outputs over its partition's;
---of an unknown region the partition whose pattern it has, or the first.
---@param document table
---@return fun(region: string|nil): table
local function partition_of(document)
  local list, known, count = check(document), {}, 0
  return function(region)
    local key = region or false
    if not known[key] then
      if count >= MAX_KEPT then known, count = {}, 0 end
      known[key], count = find(list, region), count + 1
    end
    return known[key]
  end
end

return partition_of
