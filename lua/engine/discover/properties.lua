-- Which properties of something that exists a recipe should declare: those that can be declared,
-- and that say anything. What equals a default, and what AWS fills in by itself, is left out.
local node = require "engine.schema.node"
local path = require "engine.schema.path"
local references = require "engine.discover.references"
local schema = require "engine.schema"
local value = require "engine.value"

local properties = {}

--- The properties to read: those that may be declared.
---@param record table
---@return table<string, boolean>
function properties.wanted(record)
  local set = references.properties(record)
  for name in pairs(record.properties) do
    local hidden = record.read_only[name] or record.write_only[name] or record.secret[name]
    if not hidden and record.left_out[name] ~= true then set[name] = true end
  end
  return set
end

local function remove(v, steps, at)
  if type(v) ~= "table" then return end
  if steps[at] == "*" then
    for _, item in ipairs(v) do remove(item, steps, at + 1) end
  elseif at == #steps then
    v[steps[at]] = nil
  else
    remove(v[steps[at]], steps, at + 1)
  end
end

--- A copy without what lies inside and can only be read.
local function writable(record, name, v)
  local copy = value.copy(v)
  for pattern in pairs(record.read_only) do
    local steps = path.steps((pattern:gsub("/", ".")))
    if #steps > 1 and steps[1] == name then remove(copy, steps, 2) end
  end
  return copy
end

local function says_nothing(record, name, v, have)
  if type(v) == "table" and next(v) == nil or v == "" then return true end
  local default = record.defaults[name]
  if default == nil then default = node.resolve(record.raw, record.properties[name]).default end
  if default ~= nil and value.equal(v, default) then return true end
  local rule = record.left_out[name]
  return type(rule) == "function" and rule(v, have) or false
end

--- What the schema would refuse cannot be declared, whatever AWS says of it.
local function without_faults(record, want, match)
  for _, fault in ipairs(schema.check(record, want, match)) do
    local name = (fault.path or ""):match "^[^.%[]+"
    if name and not schema.requires(record, name) then want[name] = nil end
  end
  return want
end

---@param record table
---@param have table canonical live properties
---@param match fun(pattern: string, text: string): boolean|nil
---@return table want
function properties.declared(record, have, match)
  local want = {}
  for name in pairs(properties.wanted(record)) do
    local v = have[name]
    if v ~= nil and record.left_out[name] ~= true then
      v = writable(record, name, v)
      local needed = schema.requires(record, name)
      if needed or not says_nothing(record, name, v, have) then want[name] = v end
    end
  end
  return without_faults(record, want, match)
end

--- What has to be declared and cannot be read: a secret, or what AWS never shows.
---@param record table
---@param want table of properties.declared
---@return string[] names in order
function properties.unsaid(record, want)
  local names = {}
  for _, name in ipairs(record.required) do
    if want[name] == nil and record.properties[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return properties
