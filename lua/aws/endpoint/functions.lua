-- The standard library that endpoint rule sets call, over a table of partitions.
local regex = require "native.regex"
local url = require "aws.url"

local functions = {}

function functions.stringEquals(a, b) return a == b end

functions.booleanEquals = functions.stringEquals

function functions.coalesce(...)
  for at = 1, select("#", ...) do
    local value = select(at, ...)
    if value ~= nil then return value end
  end
end

function functions.ite(condition, yes, no)
  if condition then return yes end
  return no
end

---@param text string
---@param start integer  from 0
---@param stop integer  the first that is not taken
---@param reverse boolean  counted from the end
function functions.substring(text, start, stop, reverse)
  if type(text) ~= "string" or start >= stop or #text < stop or text:find("[\x80-\xff]") then
    return nil
  end
  if reverse then return text:sub(#text - stop + 1, #text - start) end
  return text:sub(start + 1, stop)
end

function functions.uriEncode(text)
  return text and url.encode(text)
end

function functions.split(text, delimiter, limit)
  local parts, from = {}, 1
  while limit == 0 or #parts + 1 < limit do
    local at, stop = text:find(delimiter, from, true)
    if not at then break end
    parts[#parts + 1] = text:sub(from, at - 1)
    from = stop + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

local function host_label(text)
  return #text >= 1 and #text <= 63 and text:find("^[%w][%w-]*$") ~= nil and text:sub(-1) ~= "-"
end

function functions.isValidHostLabel(text, subdomains)
  if type(text) ~= "string" then return false end
  if not subdomains then return host_label(text) end
  for label in (text .. "."):gmatch("([^.]*)%.") do
    if not host_label(label) then return false end
  end
  return true
end

functions["aws.isVirtualHostableS3Bucket"] = function(text, subdomains)
  if type(text) ~= "string" or #text < 3 or text:lower() ~= text or url.is_ipv4(text) then
    return false
  end
  return functions.isValidHostLabel(text, subdomains)
end

functions["aws.parseArn"] = function(text)
  if type(text) ~= "string" then return nil end
  local partition, service, region, account, resource =
    text:match("^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$")
  if not partition then return nil end
  local parts = {}
  for part in (resource:gsub(":", "/") .. "/"):gmatch("([^/]*)/") do parts[#parts + 1] = part end
  return { partition = partition, service = service, region = region, accountId = account,
    resourceId = parts }
end

function functions.parseURL(text)
  local parsed = type(text) == "string" and url.parse(text)
  if not parsed or parsed.query or parsed.fragment then return nil end
  local path = url.normalize(parsed.path)
  return {
    scheme = parsed.scheme, authority = parsed.authority, path = parsed.path,
    normalizedPath = path:sub(-1) == "/" and path or path .. "/",
    isIp = url.is_ipv4(parsed.host) or parsed.host:sub(1, 1) == "[",
  }
end

local function outputs(partition, region)
  local found = { name = partition.id }
  for key, value in pairs(partition.outputs) do found[key] = value end
  for key, value in pairs(region or {}) do found[key] = value end
  found.description = nil
  return found
end

---The partition of a region; of an unknown one the partition whose pattern it has, or the first.
---@param partitions table  partitions.json, decoded
---@param region string|nil
---@return table
local function partition_of(partitions, region)
  for _, partition in ipairs(partitions.partitions) do
    if region and partition.regions[region] then
      return outputs(partition, partition.regions[region])
    end
  end
  for _, partition in ipairs(partitions.partitions) do
    if region and regex.match(partition.regionRegex, region) then return outputs(partition) end
  end
  return outputs(partitions.partitions[1])
end

---The library for these partitions.
---@param partitions table
---@return table<string, function>
local function library(partitions)
  return setmetatable({
    ["aws.partition"] = function(region) return partition_of(partitions, region) end,
  }, { __index = functions })
end

return { library = library, partition_of = partition_of }
