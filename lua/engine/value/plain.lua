--- Plain values: lists and maps of scalars, compared, copied and walked by meaning.
local hidden = require "engine.value.hidden"

local BEHIND <const> = hidden.BEHIND

local plain = {}

--- The metatable that tells an empty list from an empty map.
plain.LIST = { __name = "list" }

--- Marks a table as a list, so that it stays one when it is empty.
---@param items table|nil
---@return table the same table
function plain.list(items)
  return setmetatable(items or {}, plain.LIST)
end

--- Whether this is a list: marked as one, or with a first element.
---@param v any
---@return boolean
function plain.is_list(v)
  if type(v) ~= "table" or BEHIND[v] then return false end
  if v[1] ~= nil then return true end
  local mark = getmetatable(v)
  return type(mark) == "table" and mark.__name == "list"
end

--- Whether this is a table with names, and neither a list, a deferred value nor a secret.
---@param v any
---@return boolean
function plain.is_map(v)
  return type(v) == "table" and not BEHIND[v] and not plain.is_list(v)
end

--- The keys of a map in order.
---@param map table
---@return any[]
function plain.keys(map)
  local keys, texts = {}, true
  for key in next, map do
    keys[#keys + 1] = key
    texts = texts and type(key) == "string"
  end
  if texts then
    table.sort(keys)
    return keys
  end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return tostring(a) < tostring(b)
  end)
  return keys
end

--- A deep copy. Deferred values and secrets never change, so they are shared.
---@generic T
---@param v T
---@return T
function plain.copy(v)
  if type(v) ~= "table" or BEHIND[v] then return v end
  local result = {}
  for key, member in next, v do result[key] = plain.copy(member) end
  local mark = getmetatable(v)
  return mark and setmetatable(result, mark) or result
end

-- What stands behind a proxy decides before `==` is asked, which a proxy refuses to answer.
local function equal_tables(a, b)
  local more = 0
  for key, member in next, a do
    local other = b[key]
    if BEHIND[member] or BEHIND[other] or member ~= other then
      if not plain.equal(member, other) then return false end
    end
    more = more + 1
  end
  for _ in next, b do more = more - 1 end
  return more == 0
end

--- Deep equality. A deferred value equals another that says the same; 8 equals 8.0.
---@param a any
---@param b any
---@return boolean
function plain.equal(a, b)
  local raw_a, raw_b = BEHIND[a], BEHIND[b]
  if raw_a or raw_b then
    return raw_a ~= nil and raw_b ~= nil and (raw_a == raw_b or equal_tables(raw_a, raw_b))
  end
  if a == b then return true end
  return type(a) == "table" and type(b) == "table" and equal_tables(a, b)
end

--- The path of a member: `Tags.Name`, `SecurityGroupIngress[1].CidrIp`.
---@param base string
---@param key string|integer
---@return string
function plain.path(base, key)
  if math.type(key) == "integer" then return ("%s[%d]"):format(base, key) end
  return base == "" and tostring(key) or base .. "." .. tostring(key)
end

return plain
