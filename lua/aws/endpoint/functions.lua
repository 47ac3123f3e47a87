-- The standard library that endpoint rule sets call, over a table of partitions. Each takes
-- whatever a rule set hands it, and answers nil to what is not its kind.
local partition_of = require "aws.endpoint.partitions"
local url = require "aws.url"

local functions = {}

function functions.stringEquals(a, b) return type(a) == "string" and a == b end

function functions.booleanEquals(a, b) return type(a) == "boolean" and a == b end

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
  if type(text) ~= "string" or math.type(start) ~= "integer" or math.type(stop) ~= "integer"
    or start < 0 or start >= stop or #text < stop or text:find("[\x80-\xff]") then
    return nil
  end
  if reverse then return text:sub(#text - stop + 1, #text - start) end
  return text:sub(start + 1, stop)
end

function functions.uriEncode(text)
  return type(text) == "string" and url.encode(text) or nil
end

---@param text string
---@param delimiter string
---@param limit integer  of the parts; 0: as many as there are
function functions.split(text, delimiter, limit)
  if type(text) ~= "string" or type(delimiter) ~= "string" or delimiter == ""
    or math.type(limit) ~= "integer" then
    return nil
  end
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
  if type(text) ~= "string" or #text < 3 or text:lower() ~= text
    or text:find("^%d+%.%d+%.%d+%.%d+$") then
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

---The library for these partitions.
---@param partitions table  partitions.json, decoded
---@return table<string, function>
local function library(partitions)
  return setmetatable({ ["aws.partition"] = partition_of(partitions) }, { __index = functions })
end

return library
