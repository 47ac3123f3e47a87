--- Declared and live properties in the same words: scalars of the schema's type, tags as a map.
local deferred = require "engine.value.deferred"
local hidden = require "engine.value.hidden"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local scalar = require "engine.schema.scalar"
local secret = require "engine.value.secret"

local BEHIND <const> = hidden.BEHIND
local NOTHING <const> = {}

local convert

local function only_type(n)
  if type(n.type) == "string" then return n.type end
  if type(n.type) == "table" and #n.type == 1 then return n.type[1] end
  return nil
end

--- Whether a scalar plainly has the one type that is asked for.
local function is_as_asked(v, n)
  local asked = n.type
  return asked == "string" and type(v) == asked or asked == "integer" and math.type(v) == asked
end

local function convert_scalar(v, n)
  if is_as_asked(v, n) then return v end
  local kind = only_type(n)
  if kind == type(v) and kind ~= "number" then return v end
  local converted = kind and scalar.as(v, kind)
  if converted == nil then return v end
  return converted
end

local function is_list(v, n)
  if plain.is_list(v) then return true end
  if next(v) ~= nil then return false end
  local types = node.types(n)
  return types and types.array and not types.object
end

local function convert_table(raw, v, n, met)
  if is_list(v, n) then
    local items, result = node.items(raw, n), plain.list()
    for i, item in ipairs(v) do result[i] = convert(raw, item, items, met) end
    return result
  end
  local result = {}
  for key, member in next, v do
    result[key] = convert(raw, member, node.member(raw, n, key) or NOTHING, met)
  end
  return result
end

--- What was met of values that are deferred or secret.
---@class Met
---@field deferred boolean|nil
---@field secret boolean|nil

local function meet(v, met)
  local raw = BEHIND[v]
  if not raw then return nil end
  met[raw.kind == "secret" and "secret" or "deferred"] = true
  return raw
end

function convert(raw, v, n, met)
  if type(v) ~= "table" then return convert_scalar(v, n) end
  local behind = meet(v, met)
  if not behind then return convert_table(raw, v, n, met) end
  if behind.kind == "secret" then return secret.new(convert(raw, behind.value, n, met)) end
  return v
end

local function tag_value(v, met)
  if type(v) == "string" then return v end
  if type(v) ~= "table" then return scalar.text(v) end
  if not meet(v, met) and deferred.contains(v) then met.deferred = true end
  return v
end

--- Tags as a map, whether they came as one or as a list of Key and Value.
local function tag_map(tags, met)
  if type(tags) ~= "table" or meet(tags, met) then return tags end
  local map, of_pairs = {}, plain.is_list(tags)
  for key, v in next, tags do
    if not of_pairs then
      map[key] = tag_value(v, met)
    elseif plain.is_map(v) and v.Key ~= nil and not deferred.is(v.Key) then
      map[scalar.text(v.Key)] = tag_value(v.Value == nil and "" or v.Value, met)
    end
  end
  return map
end

local steps_of = {}

local function split(pattern)
  local steps = steps_of[pattern]
  if steps then return steps end
  steps = {}
  for step in pattern:gmatch("[^/]+") do steps[#steps + 1] = step end
  steps_of[pattern] = steps
  return steps
end

--- The value with what stands at the end of these steps made a secret; in place, on fresh data.
local function hide(v, steps, from)
  if v == nil or secret.is(v) then return v end
  if from > #steps then
    if deferred.contains(v) then return deferred.secret(v) end
    return secret.new(v)
  end
  if type(v) ~= "table" or hidden.kind(v) then return v end
  if steps[from] == "*" then
    for i, item in ipairs(v) do v[i] = hide(item, steps, from + 1) end
  else
    v[steps[from]] = hide(v[steps[from]], steps, from + 1)
  end
  return v
end

local canonical = {}

--- What a secret property holds, made a secret; in place, on fresh data.
---@param record SchemaRecord
---@param properties table<string, any>
---@return table<string, any> properties
---@return boolean hides whether there is any
function canonical.hide(record, properties)
  local hides = false
  for pattern in next, record.secret do
    local steps = split(pattern)
    if properties[steps[1]] ~= nil then
      hide(properties, steps, 1)
      hides = true
    end
  end
  return properties, hides
end

--- A copy of the properties in canonical form. What a secret property holds is a secret.
---@param record SchemaRecord
---@param properties table<string, any>
---@return table<string, any>
---@return string[] awaits the names of those that hold something deferred
---@return boolean hides whether there is a secret anywhere
function canonical.of(record, properties)
  local result, awaits, met = {}, {}, {}
  local raw, nodes, tags = record.raw, record.properties, record.tags
  for name, v in next, properties do
    local n = nodes[name]
    if n and is_as_asked(v, n) then
      result[name] = v
    elseif name == tags then
      result[name] = tag_map(v, met)
    else
      result[name] = convert(raw, v, node.resolve(raw, n), met)
    end
    if met.deferred then
      awaits[#awaits + 1], met.deferred = name, nil
    end
  end
  local _, hides = canonical.hide(record, result)
  return result, awaits, hides or met.secret or false
end

return canonical
