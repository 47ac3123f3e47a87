--- Policy documents by what they mean: AWS and people write the same policy in many ways.
local plain = require "engine.value.plain"
local scalar = require "engine.schema.scalar"

local policy = {}

local function as_list(v)
  if v == nil then return {} end
  if plain.is_list(v) then return v end
  return { v }
end

--- A sorted list without repetitions of what `change` makes of each item.
local function sorted_set(v, change)
  local seen, list = {}, {}
  for _, item in ipairs(as_list(v)) do
    if type(item) == "table" then return v end
    local text = change(scalar.text(item))
    if not seen[text] then list[#list + 1] = text end
    seen[text] = true
  end
  table.sort(list)
  return list
end

local function same(text)
  return text
end

--- IAM pays no regard to the case of an action.
local function action(text)
  return text:lower()
end

--- An account's root user is the account.
local function principal(text)
  return text:match("^arn:aws[%w-]*:iam::(%d+):root$") or text
end

local function principals(v)
  if type(v) ~= "table" then return { AWS = sorted_set(v, principal) } end
  local result = {}
  for kind, members in next, v do result[kind] = sorted_set(members, principal) end
  return result
end

local function conditions(v)
  if type(v) ~= "table" then return v end
  local result = {}
  for operator, keys in next, v do
    local inner = {}
    if type(keys) ~= "table" then return v end
    for key, values in next, keys do inner[tostring(key):lower()] = sorted_set(values, same) end
    result[tostring(operator):lower()] = inner
  end
  return next(result) and result or nil
end

local CHANGES = {
  Action = function(v) return sorted_set(v, action) end,
  NotAction = function(v) return sorted_set(v, action) end,
  Resource = function(v) return sorted_set(v, same) end,
  NotResource = function(v) return sorted_set(v, same) end,
  Principal = principals, NotPrincipal = principals,
  Condition = conditions,
  Sid = function(v) return v ~= "" and v or nil end,
}

local function statement(v)
  if type(v) ~= "table" then return v end
  local result = {}
  for key, member in next, v do
    local change = CHANGES[key]
    if change then result[key] = change(member) else result[key] = member end
  end
  return result
end

--- Whether a document is a policy at all.
---@param v any
---@return boolean
function policy.is(v)
  return plain.is_map(v) and type(v.Statement) == "table"
end

local function equal_statements(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return plain.equal(a, b) end
  -- A Sid is a label: it counts only where both have one.
  if a.Sid == nil or b.Sid == nil then
    a, b = plain.copy(a), plain.copy(b)
    a.Sid, b.Sid = nil, nil
  end
  return plain.equal(a, b)
end

local function equal_sets(a, b)
  if #a ~= #b then return false end
  local used = {}
  for _, item in ipairs(a) do
    local found
    for i, other in ipairs(b) do
      if not found and not used[i] and equal_statements(item, other) then found = i end
    end
    if not found then return false end
    used[found] = true
  end
  return true
end

local function statements(v)
  local list = {}
  for i, item in ipairs(as_list(v.Statement)) do list[i] = statement(item) end
  return list
end

local OLD_VERSION = "2008-10-17" -- what AWS takes a policy without a version for

--- Whether two policies allow and deny the same.
---@param a table
---@param b table
---@return boolean
function policy.equal(a, b)
  if (a.Version or OLD_VERSION) ~= (b.Version or OLD_VERSION) then return false end
  if a.Id ~= nil and b.Id ~= nil and a.Id ~= b.Id then return false end
  return equal_sets(statements(a), statements(b))
end

return policy
