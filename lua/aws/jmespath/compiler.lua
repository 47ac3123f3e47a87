-- A tree into one Lua function: (value, run) -> value, where nil is null. Each kind of node makes
-- a closure over those of its children, so evaluating looks at no tree.
local fault = require "aws.jmespath.fault"
local functions = require "aws.jmespath.functions"
local values = require "aws.jmespath.values"

local NULL <const> = values.null
local is_array, is_object, truth, array = values.is_array, values.is_object, values.truth,
  values.array

local compile
local KINDS = {}

local function known(value)
  if value ~= NULL then return value end
end

function KINDS.current()
  return function(value) return value end
end

function KINDS.field(node)
  local name = node[2]
  return function(value) -- a list has no keys that are names
    if type(value) ~= "table" then return nil end
    local found = value[name]
    if found ~= NULL then return found end
  end
end

function KINDS.index(node)
  local index = node[2]
  return function(value)
    if not is_array(value) then return nil end
    return known(value[index < 0 and #value + 1 + index or index + 1])
  end
end

function KINDS.literal(node)
  local value = known(node[2])
  return function() return value end
end

-- What left gives is what right looks at.
KINDS["then"] = function(node, text)
  local left, right = compile(node[2], text), compile(node[3], text)
  return function(value, run) return right(left(value, run), run) end
end

KINDS["or"] = function(node, text)
  local left, right = compile(node[2], text), compile(node[3], text)
  return function(value, run)
    local found = left(value, run)
    if truth(found) then return found end
    return right(value, run)
  end
end

KINDS["and"] = function(node, text)
  local left, right = compile(node[2], text), compile(node[3], text)
  return function(value, run)
    local found = left(value, run)
    if not truth(found) then return found end
    return right(value, run)
  end
end

KINDS["not"] = function(node, text)
  local inside = compile(node[2], text)
  return function(value, run) return not truth(inside(value, run)) end
end

local ORDERED <const> = { number = true, string = true }
local ORDER <const> = {
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
}

-- Numbers have an order, and strings, as the AWS CLI has it; everything else compares to null.
local function ordering(left, right, order)
  return function(value, run)
    local a, b = left(value, run), right(value, run)
    local kind = values.type(a)
    if not ORDERED[kind] or kind ~= values.type(b) then return nil end
    return order(values.number(a), values.number(b))
  end
end

function KINDS.compare(node, text)
  local left, right, mark = compile(node[2], text), compile(node[3], text), node[4]
  if ORDER[mark] then return ordering(left, right, ORDER[mark]) end
  local wanted = mark == "=="
  return function(value, run)
    return values.same(left(value, run), right(value, run), run) == wanted
  end
end

function KINDS.list(node, text)
  local items = {}
  for at, item in ipairs(node[2]) do items[at] = compile(item, text) end
  return function(value, run)
    if value == nil then return nil end
    local found = {}
    for at = 1, #items do
      local item = items[at](value, run)
      if item == nil then item = NULL end
      found[at] = item
    end
    return run:weigh(found)
  end
end

function KINDS.hash(node, text)
  local items = {}
  for at, pair in ipairs(node[2]) do items[at] = { pair[1], compile(pair[2], text) } end
  return function(value, run)
    if value == nil then return nil end
    local found = {}
    for at = 1, #items do
      local item = items[at][2](value, run)
      if item == nil then item = NULL end
      found[items[at][1]] = item
    end
    return run:weigh(found)
  end
end

-- Applies `right` to each of a list that `condition` lets through; nulls are left out.
local function project(list, right, condition, run)
  local found, count = {}, 0
  run:spend(#list)
  for at = 1, #list do
    local item = list[at]
    if item == NULL then item = nil end
    if not condition or truth(condition(item, run)) then
      local value = right(item, run)
      if value ~= nil then
        count = count + 1
        found[count] = value
      end
    end
  end
  return run:weigh(array(found))
end

function KINDS.project(node, text)
  local left, right = compile(node[2], text), compile(node[3], text)
  return function(value, run)
    local list = left(value, run)
    if is_array(list) then return project(list, right, nil, run) end
  end
end

function KINDS.filter(node, text)
  local left, condition, right = compile(node[2], text), compile(node[3], text),
    compile(node[4], text)
  return function(value, run)
    local list = left(value, run)
    if is_array(list) then return project(list, right, condition, run) end
  end
end

function KINDS.values(node, text)
  local left, right = compile(node[2], text), compile(node[3], text)
  return function(value, run)
    local object = left(value, run)
    if not is_object(object) then return nil end
    local list = {}
    for at, key in ipairs(values.keys(object)) do list[at] = object[key] end
    return project(list, right, nil, run)
  end
end

function KINDS.flatten(node, text)
  local left = compile(node[2], text)
  return function(value, run)
    local list = left(value, run)
    if not is_array(list) then return nil end
    local found = {}
    for at = 1, #list do
      local item = list[at]
      if is_array(item) then
        run:spend(#item)
        table.move(item, 1, #item, #found + 1, found)
      else
        found[#found + 1] = item
      end
    end
    return run:weigh(array(found))
  end
end

-- Where a part of a slice stands, from 0; `otherwise` where there is none.
local function bound(part, length, step, otherwise)
  if not part then return otherwise end
  if part < 0 then part = part + length end
  if step < 0 then return math.max(-1, math.min(part, length - 1)) end
  return math.max(0, math.min(part, length))
end

function KINDS.slice(node)
  local parts = node[2]
  local step = parts[3] or 1
  return function(value, run)
    if not is_array(value) then return nil end
    if step == 0 then run:fail("invalid-value", "a slice cannot go by steps of 0") end
    local length, found, back = #value, {}, step < 0
    local first = bound(parts[1], length, step, back and length - 1 or 0)
    local last = bound(parts[2], length, step, back and -1 or length)
    for at = first, last + (back and 1 or -1), step do found[#found + 1] = value[at + 1] end
    return run:weigh(array(found))
  end
end

function KINDS.reference(node, text)
  local inside = compile(node[2], text)
  return function() return inside end
end

function KINDS.call(node, text)
  local name, arguments = node[2], {}
  for at, argument in ipairs(node[3]) do arguments[at] = compile(argument, text) end
  local call, kind, what = functions.prepare(name, #arguments)
  if not call then fault(kind, what, text, node[4]) end
  return function(value, run)
    local given = {}
    for at = 1, #arguments do given[at] = arguments[at](value, run) end
    run:spend(1)
    return known(call(given, run))
  end
end

---@param node table
---@param text string  the expression, for what is wrong with it
---@return fun(value: any, run: jmespath.run): any
function compile(node, text)
  return KINDS[node[1]](node, text)
end

return compile
