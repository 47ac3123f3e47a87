-- The functions of JMESPath. Each is { types of each argument..., does } and is given its
-- arguments in a list.
local arguments = require "aws.jmespath.arguments"
local json = require "native.json"
local values = require "aws.jmespath.values"

local array, number, same = values.array, values.number, values.same

local NUMBER <const>, STRING <const>, ARRAY <const> = { "number" }, { "string" }, { "array" }
local OBJECT <const>, ANY <const>, EXPRESSION <const> = { "object" }, { "any" }, { "expression" }
local NUMBERS <const> = { "array of number" }
local SORTABLE <const> = { "array of number", "array of string" }

local functions = {}

-- Whole numbers stay whole while a Lua integer holds them.
local function add(a, b)
  local sum = a + b
  if math.type(sum) == "integer" and (a ~ sum) & (b ~ sum) < 0 then return a + 0.0 + b end
  return sum
end

local function sum(list)
  local total = 0
  for at = 1, #list do total = add(total, number(list[at])) end
  return total
end

-- The greatest (or least) of a list by a key each; the first of those that are equal.
local function extreme(list, keys, is_before)
  local best
  for at = 1, #list do
    if not best or is_before(keys[at], keys[best]) then best = at end
  end
  return list[best]
end

local function more(a, b) return a > b end
local function less(a, b) return a < b end

-- Sorted by keys, those that are equal as they were; what is not a number (NaN) first.
local function sorted(list, keys)
  local order, found = {}, {}
  for at = 1, #list do order[at] = at end
  table.sort(order, function(a, b)
    local one, other = keys[a], keys[b]
    if one ~= one or other ~= other then
      if one ~= one and other ~= other then return a < b end
      return one ~= one
    end
    if one == other then return a < b end
    return one < other
  end)
  for at = 1, #order do found[at] = list[order[at]] end
  return array(found)
end

local function numbers_of(list)
  local found = {}
  for at = 1, #list do found[at] = number(list[at]) end
  return found
end

-- The key of each element, all numbers or all strings.
local function keys_by(name, list, expression, run)
  local keys, kind = {}, nil
  for at = 1, #list do
    run:spend(1)
    local key = expression(list[at], run)
    local found = values.type(key)
    kind = kind or found
    if found ~= kind or found ~= "number" and found ~= "string" then
      run:fail("invalid-type", ("%s needs numbers, or strings, to compare: here is %s"):format(
        name, found))
    end
    keys[at] = number(key)
  end
  return keys
end

local function by(name, is_before)
  return { ARRAY, EXPRESSION, does = function(given, run)
    return extreme(given[1], keys_by(name, given[1], given[2], run), is_before)
  end }
end

local function text_of(value, run)
  if type(value) == "string" then return value end
  run:spend(run:weight(value))
  local text, why = json.encode(nil, value == nil and values.null or value)
  if not text then run:fail("invalid-value", "to_string: " .. tostring(why)) end
  run:spend_bytes(#text)
  return text
end

-- A string that JSON would read as a number.
local function read_number(text)
  if not text:find("^%-?%d") then return nil end
  local value = json.decode(nil, text, { exact = true })
  return values.type(value) == "number" and value or nil
end

local function joined(given, run)
  local bytes = 0
  for at = 1, #given[2] do bytes = bytes + #given[2][at] + #given[1] end
  run:spend_bytes(bytes)
  return table.concat(given[2], given[1])
end

local function reversed_text(text)
  if not utf8.len(text, 1, -1, true) then return text:reverse() end
  local back, count = {}, utf8.len(text, 1, -1, true)
  for character in text:gmatch(utf8.charpattern) do
    back[count], count = character, count - 1
  end
  return table.concat(back)
end

local function reversed(given, run)
  local list, back = given[1], {}
  run:spend(#list)
  if type(list) == "string" then return reversed_text(list) end
  for at = #list, 1, -1 do back[#back + 1] = list[at] end
  return run:weigh(array(back))
end

local function contains(given, run)
  local subject, wanted = given[1], given[2]
  if type(subject) == "string" then
    return type(wanted) == "string" and subject:find(wanted, 1, true) ~= nil
  end
  for at = 1, #subject do
    run:spend(1)
    if same(subject[at], wanted, run) then return true end
  end
  return false
end

local function length(given)
  local value = given[1]
  if type(value) == "string" then return utf8.len(value, 1, -1, true) or #value end
  return values.is_array(value) and #value or #values.keys(value)
end

local function map(given, run)
  local found = {}
  for at = 1, #given[2] do
    run:spend(1)
    local value = given[1](given[2][at], run)
    if value == nil then value = values.null end
    found[at] = value
  end
  return run:weigh(array(found))
end

local function merge(given, run)
  local found = {}
  for _, object in ipairs(given) do
    for key, value in next, object do found[key] = value end
  end
  return run:weigh(found)
end

local function values_of(given, run)
  local found = {}
  for at, key in ipairs(values.keys(given[1])) do found[at] = given[1][key] end
  return run:weigh(array(found))
end

local function rounded(how)
  return { NUMBER, does = function(given) return how(number(given[1])) end }
end

-- abs of the least integer is none.
local function absolute(value)
  return value < 0 and (value == math.mininteger and -(value + 0.0) or -value) or value
end

local function average(given)
  if #given[1] > 0 then return sum(given[1]) / #given[1] end
end

local function first_known(given, _, count)
  for at = 1, count do
    if values.type(given[at]) ~= "null" then return given[at] end
  end
end

local function to_number(given)
  local value = given[1]
  if type(value) == "string" then return read_number(value) end
  return values.type(value) == "number" and value or nil
end

local function to_array(given, run)
  if values.is_array(given[1]) then return given[1] end
  return run:weigh { given[1] == nil and values.null or given[1] }
end

local KNOWN <const> = {
  abs = rounded(absolute), ceil = rounded(math.ceil), floor = rounded(math.floor),
  avg = { NUMBERS, does = average },
  sum = { NUMBERS, does = function(given) return sum(given[1]) end },
  contains = { { "array", "string" }, ANY, does = contains },
  starts_with = { STRING, STRING, does = function(given)
    return given[1]:sub(1, #given[2]) == given[2]
  end },
  ends_with = { STRING, STRING, does = function(given)
    return #given[2] <= #given[1] and given[1]:sub(#given[1] - #given[2] + 1) == given[2]
  end },
  join = { STRING, { "array of string" }, does = joined },
  keys = { OBJECT, does = function(given) return array(values.keys(given[1])) end },
  values = { OBJECT, does = values_of },
  length = { { "string", "array", "object" }, does = length },
  map = { EXPRESSION, ARRAY, does = map },
  merge = { OBJECT, variadic = true, does = merge },
  not_null = { ANY, variadic = true, does = first_known },
  max = { SORTABLE, does = function(given)
    return extreme(given[1], numbers_of(given[1]), more)
  end },
  min = { SORTABLE, does = function(given)
    return extreme(given[1], numbers_of(given[1]), less)
  end },
  max_by = by("max_by", more), min_by = by("min_by", less),
  reverse = { { "string", "array" }, does = reversed },
  sort = { SORTABLE, does = function(given, run)
    return run:weigh(sorted(given[1], numbers_of(given[1])))
  end },
  sort_by = { ARRAY, EXPRESSION, does = function(given, run)
    return run:weigh(sorted(given[1], keys_by("sort_by", given[1], given[2], run)))
  end },
  to_array = { ANY, does = to_array },
  to_number = { ANY, does = to_number },
  to_string = { ANY, does = function(given, run) return text_of(given[1], run) end },
  type = { ANY, does = function(given) return values.type(given[1]) end },
}

---A function ready to be called with `count` arguments; nil, a kind and words where it cannot be.
---@param name string
---@param count integer
---@return (fun(given: table, run: jmespath.run): any)|nil
---@return string|nil kind
---@return string|nil what
function functions.prepare(name, count)
  local found = KNOWN[name]
  if not found then return nil, "unknown-function", ("there is no function %s"):format(name) end
  local miscount = arguments.miscount(name, found, count, found.variadic)
  if miscount then return nil, "invalid-arity", miscount end
  return function(given, run)
    arguments.check(name, found, given, count, run)
    return found.does(given, run, count)
  end
end

return functions
