-- JSON values as JMESPath sees them in Lua: what is a list and what an object, what counts as
-- false, what is equal. A null is nil, and native.json's null inside lists and objects.
local json = require "native.json"

local NULL <const> = json.null
local LIST <const> = getmetatable(json.decode(nil, "[]")) -- the mark of empty lists
local NUMBER <const> = getmetatable(json.decode(nil, "1e999", { exact = true }))

local values = { null = NULL }

local function kind_of_table(value)
  local mark = getmetatable(value)
  if mark == nil then return value[1] ~= nil and "array" or "object" end
  if mark == LIST then return "array" end
  if mark == NUMBER then return "number" end
  if type(mark) == "table" and mark.__name == "list" then return "array" end
  return rawget(value, 1) ~= nil and "array" or "object"
end

---@param value any
---@return "null"|"boolean"|"number"|"string"|"array"|"object"
function values.type(value)
  if value == nil or value == NULL then return "null" end
  local kind = type(value)
  return kind == "table" and kind_of_table(value) or kind
end

---@param value any
---@return boolean
function values.is_array(value)
  if type(value) ~= "table" then return false end
  if getmetatable(value) == nil then return value[1] ~= nil end
  return kind_of_table(value) == "array"
end

---@param value any
---@return boolean
function values.is_object(value)
  return type(value) == "table" and kind_of_table(value) == "object"
end

---False are null, false and what is empty; a zero is not.
---@param value any
---@return boolean
function values.truth(value)
  if not value or value == NULL or value == "" then return false end
  return type(value) ~= "table" or next(value) ~= nil
end

---A list that is one also when it is empty.
---@param list table
---@return table
function values.array(list)
  return list[1] == nil and setmetatable(list, LIST) or list
end

---A number as Lua has it; one that no Lua number holds comes near.
---@param value any
---@return number
function values.number(value)
  return type(value) == "table" and tonumber(tostring(value)) or value
end

---The keys of an object, sorted; what is not a string is no key.
---@param object table
---@return string[]
function values.keys(object)
  local keys = {}
  for key in next, object do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

local same

local function same_lists(a, b, run)
  if #a ~= #b then return false end
  for at = 1, #a do
    if not same(a[at], b[at], run) then return false end
  end
  return true
end

local function same_objects(a, b, run)
  for key, value in next, a do
    if b[key] == nil or not same(value, b[key], run) then return false end
  end
  for key in next, b do
    if a[key] == nil then return false end
  end
  return true
end

---@param a any
---@param b any
---@param run jmespath.run
---@return boolean
function same(a, b, run)
  if a == NULL then a = nil end
  if b == NULL then b = nil end
  if a == b then return true end
  local kind = values.type(a)
  if type(a) ~= "table" and type(b) ~= "table" or kind ~= values.type(b) then return false end
  run:spend(1)
  if kind == "array" then return same_lists(a, b, run) end
  if kind == "object" then return same_objects(a, b, run) end
  return tostring(a) == tostring(b)
end

values.same = same

return values
