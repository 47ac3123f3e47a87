--- Declared and live properties in the same words: scalars of the schema's type, tags as a map.
local deferred = require "engine.value.deferred"
local hidden = require "engine.value.hidden"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local scalar = require "engine.schema.scalar"
local secret = require "engine.value.secret"

local convert

local function only_type(n)
  if type(n.type) == "string" then return n.type end
  if type(n.type) == "table" and #n.type == 1 then return n.type[1] end
  return nil
end

local function convert_scalar(v, n)
  local kind = only_type(n)
  if kind == type(v) and kind ~= "number" then return v end
  local converted = kind and scalar.as(v, kind)
  if converted == nil then return v end
  return converted
end

local function convert_table(raw, v, n)
  local types = node.types(n)
  if plain.is_list(v) or next(v) == nil and types and types.array and not types.object then
    local items, result = node.items(raw, n), plain.list()
    for i, item in ipairs(v) do result[i] = convert(raw, item, items) end
    return result
  end
  local result = {}
  for key, member in next, v do
    local inner = node.member(raw, n, key)
    result[key] = convert(raw, member, inner or {})
  end
  return result
end

function convert(raw, v, n)
  if type(v) ~= "table" then return convert_scalar(v, n) end
  if secret.is(v) then return secret.new(convert(raw, secret.reveal(v), n)) end
  if hidden.kind(v) then return v end
  return convert_table(raw, v, n)
end

local function tag_value(v)
  if type(v) == "table" then return v end
  return scalar.text(v)
end

--- Tags as a map, whether they came as one or as a list of Key and Value.
local function tag_map(tags)
  if hidden.kind(tags) or type(tags) ~= "table" then return tags end
  local map, is_list = {}, plain.is_list(tags)
  for key, v in next, tags do
    if not is_list then
      map[key] = tag_value(v)
    elseif plain.is_map(v) and v.Key ~= nil and not deferred.is(v.Key) then
      map[scalar.text(v.Key)] = tag_value(v.Value == nil and "" or v.Value)
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
function canonical.hide(record, properties)
  for pattern in next, record.secret do hide(properties, split(pattern), 1) end
  return properties
end

--- A copy of the properties in canonical form. What a secret property holds is a secret.
---@param record SchemaRecord
---@param properties table<string, any>
---@return table<string, any>
function canonical.of(record, properties)
  local result = {}
  for name, v in next, properties do
    local n = record.properties[name]
    if type(v) == "string" and n and n.type == "string" then
      result[name] = v
    elseif name == record.tags then
      result[name] = tag_map(v)
    else
      result[name] = convert(record.raw, v, node.resolve(record.raw, n))
    end
  end
  return canonical.hide(record, result)
end

return canonical
