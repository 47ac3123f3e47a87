--- Checks a value against a node of the schema, all the way down. What is deferred is left alone.
local deferred = require "engine.value.deferred"
local fault = require "engine.schema.check.fault"
local fits = require "engine.schema.check.fits"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local presence = require "engine.schema.check.presence"
local scalar = require "engine.schema.scalar"
local check_scalar = require "engine.schema.check.scalar"
local secret = require "engine.value.secret"

local check

local function child(context, fields)
  return setmetatable(fields, { __index = context })
end

--- The faults that a value would have against another node.
local function trial(context, n, v, path)
  local inner = child(context, { faults = {}, excluded = {} })
  check(inner, n, v, path)
  return inner.faults
end

local ARTICLES = { integer = "an integer", object = "a map", array = "a list" }

local function type_names(types)
  local names = {}
  for name in next, types do names[#names + 1] = ARTICLES[name] or "a " .. name end
  table.sort(names)
  return fault.list(names)
end

local function has_type(types, v)
  if type(v) ~= "table" then
    for name in next, types do
      if scalar.as(v, name) ~= nil then return true end
    end
    return false
  end
  if next(v) == nil then return types.array or types.object or false end
  return plain.is_list(v) and types.array or not plain.is_list(v) and types.object or false
end

local function check_alternatives(context, n, v, path)
  if not (n.allOf or n.anyOf or n.oneOf) then return end
  for _, part in ipairs(type(n.allOf) == "table" and n.allOf or {}) do
    check(context, part, v, path)
  end
  for _, word in ipairs { "anyOf", "oneOf" } do
    local parts = n[word]
    if type(parts) == "table" and #parts > 0 then
      local best
      for _, part in ipairs(parts) do
        local faults = trial(context, part, v, path)
        if not best or #faults < #best then best = faults end
      end
      for _, found in ipairs(best) do context.faults[#context.faults + 1] = found end
    end
  end
end

local function check_condition(context, n, v, path)
  if not (n["not"] or n["if"]) then return end
  if type(n["not"]) == "table" and next(n["not"]) and not deferred.contains(v)
    and #trial(context, n["not"], v, path) == 0 then
    fault.add(context, path, ("%s has a form that is ruled out"):format(path))
  end
  if type(n["if"]) ~= "table" or deferred.contains(v) then return end
  local holds = #trial(context, n["if"], v, path) == 0
  local follows = holds and n["then"] or not holds and n["else"]
  if type(follows) == "table" then check(context, follows, v, path) end
end

local function repeated(list)
  for i = 2, #list do
    for j = 1, i - 1 do
      if plain.equal(list[i], list[j]) then return i end
    end
  end
end

local MANY = 200 -- comparing each with each is not worth it beyond this

local function check_list(context, n, v, path)
  local count = #v
  if n.minItems and count < n.minItems then
    fault.add(context, path, ("%s has %d items, and needs at least %d"):format(path, count,
      n.minItems))
  elseif n.maxItems and count > n.maxItems then
    fault.add(context, path, ("%s has %d items, and may have at most %d"):format(path, count,
      n.maxItems))
  end
  local again = n.uniqueItems == true and count <= MANY and repeated(v)
  if again then
    fault.add(context, plain.path(path, again), plain.path(path, again) .. " is there twice",
      "take it out")
  end
  local items = n.items
  for i, item in ipairs(v) do
    local own = type(n.prefixItems) == "table" and n.prefixItems[i] or items
    if type(own) == "table" and not fits.node(own, item) then
      check(context, own, item, plain.path(path, i))
    end
  end
end

local function names_of(n)
  return plain.keys(type(n.properties) == "table" and n.properties or {})
end

local function unknown(context, n, key, path)
  local subject = path == "" and context.record.type or path
  local noun = path == "" and "property" or "member"
  fault.add(context, plain.path(path, key), ('%s has no %s "%s"'):format(subject, noun, key),
    fault.suggest(key, names_of(n), "see mrun types " .. context.record.type))
end

local function check_member(context, n, key, member, path)
  if path == "" and key == context.apart then return end
  local inner = node.member(context.record.raw, n, key, context.match)
  if inner then
    check(context, inner, member, plain.path(path, key))
  elseif type(key) ~= "string" then
    fault.add(context, path, ("%s mixes a list and a map"):format(path))
  elseif n.additionalProperties == false and (n.properties or n.patternProperties) then
    unknown(context, n, key, path)
  end
end

local function check_map(context, n, v, path)
  presence(context, n, v, path)
  local plainly, count = fits.members(context.record.raw, n), 0
  for key, member in next, v do
    local asked = plainly[key]
    if not asked or asked ~= type(member) and asked ~= math.type(member) then
      check_member(context, n, key, member, path)
    end
    count = count + 1
  end
  if n.maxProperties and count > n.maxProperties then
    fault.add(context, path, ("%s has %d members, and may have at most %d"):format(path, count,
      n.maxProperties))
  elseif n.minProperties and count < n.minProperties then
    fault.add(context, path, ("%s has %d members, and needs at least %d"):format(path, count,
      n.minProperties))
  end
end

local function check_table(context, n, v, path, types)
  local as_list = plain.is_list(v) or next(v) == nil and types and types.array and not types.object
  if as_list then return check_list(context, n, v, path) end
  return check_map(context, n, v, path)
end

--- Checks a value against a node.
---@param context table { record, match, faults, excluded, optional, hide, apart }: `apart` is the
---  top-level property that is checked by itself
---@param n table
---@param v any
---@param path string
function check(context, n, v, path)
  n = node.resolve(context.record.raw, n)
  if fits.node(n, v) or deferred.is(v) then return end
  if secret.is(v) then
    return check(child(context, { hide = true }), n, secret.reveal(v), path)
  end
  local types = node.types(n)
  if types and not has_type(types, v) then
    return fault.add(context, path,
      ("%s takes %s, not %s"):format(path, type_names(types), fault.show(context, v)))
  end
  if type(v) == "table" then
    check_table(context, n, v, path, types)
  else
    check_scalar(context, n, v, path, types)
  end
  check_alternatives(context, n, v, path)
  check_condition(context, n, v, path)
end

return check
