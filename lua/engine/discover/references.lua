-- References inside of properties: where they stand (`refers` of a type, by path), and to what.
--   { VpcId = { "AWS::EC2::VPC", filter = "vpc-id" }, ["SubnetIds[]"] = { "AWS::EC2::Subnet" } }
local value = require "engine.value"

local references = {}

local function steps_of(text)
  local list = {}
  for name, many in text:gmatch "([^%.%[%]]+)(%[?%]?)" do
    list[#list + 1] = { name = name, many = many ~= "" }
  end
  return list
end

local function replaced(v, steps, at, fn)
  local step = steps[at]
  if not step then
    if type(v) == "string" then return fn(v) end
    return v
  end
  if type(v) ~= "table" or v[step.name] == nil then return v end
  local member = v[step.name]
  if step.many and type(member) == "table" then
    for i, item in ipairs(member) do member[i] = replaced(item, steps, at + 1, fn) end
  elseif not step.many then
    v[step.name] = replaced(member, steps, at + 1, fn)
  end
  return v
end

--- A copy of the properties, each reference in it replaced by what `fn` gives for it.
---@param record table
---@param properties table
---@param fn fun(identifier: string, type: string): any
---@return table
function references.replace(record, properties, fn)
  local copy = value.copy(properties)
  for _, text in ipairs(value.keys(record.refers)) do
    local type_name = record.refers[text][1]
    replaced(copy, steps_of(text), 1, function(v) return fn(v, type_name) end)
  end
  return copy
end

--- The properties, as a set, in which references of the type may stand.
---@param record table
---@return table<string, boolean>
function references.properties(record)
  local set = {}
  for path in pairs(record.refers) do set[path:match "^[^.%[]+"] = true end
  return set
end

--- Everything that the properties refer to.
---@param record table
---@param properties table
---@return { type: string, identifier: string }[]
function references.list(record, properties)
  local found = {}
  references.replace(record, properties, function(identifier, type_name)
    found[#found + 1] = { type = type_name, identifier = identifier }
    return identifier
  end)
  return found
end

return references
