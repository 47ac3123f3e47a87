--- Documents, as a map or as JSON text: policies by meaning, everything else member by member.
local json_text = require "engine.normalize.json_text"
local plain = require "engine.value.plain"
local policy = require "engine.normalize.policy"
local scalar = require "engine.schema.scalar"

local function opened(v)
  if type(v) ~= "string" then return v end
  return json_text(v) or v
end

local same

local function same_members(a, b)
  for key, member in next, a do
    local other = rawget(b, key)
    if other == nil or not same(member, other) then return false end
  end
  for key in next, b do
    if rawget(a, key) == nil then return false end
  end
  return true
end

function same(a, b)
  if type(a) == "table" and type(b) == "table" then
    if plain.is_list(a) ~= plain.is_list(b) and next(a) and next(b) then return false end
    return same_members(a, b)
  end
  return scalar.same(a, b)
end

--- Whether two documents mean the same.
---@param a any
---@param b any
---@return boolean
return function(a, b)
  a, b = opened(a), opened(b)
  if policy.is(a) and policy.is(b) then return policy.equal(a, b) end
  return same(a, b)
end
