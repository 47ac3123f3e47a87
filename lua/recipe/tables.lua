--- The table library of recipes: in Lua, so that every step is counted and sort is the
--- same everywhere.
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local value = require "engine.value"

local tables = {}

local function check(t, name)
  if type(t) ~= "table" then
    error(("bad argument #1 to '%s' (table expected, got %s)"):format(name, type(t)), 3)
  end
  if misuse.special(t) then
    misuse.refuse(t, "given to table." .. name,
      ("apply(VALUE, function(v) return table.%s(v) end)"):format(name))
  end
end

local library = {}

function library.insert(t, ...)
  check(t, "insert")
  local length, count = rawlen(t), select("#", ...)
  if count == 1 then
    t[length + 1] = (...)
    return
  end
  local at, v = ...
  if count ~= 2 then error("wrong number of arguments to 'insert'", 2) end
  at = math.tointeger(at)
  if not at or at < 1 or at > length + 1 then
    error("bad argument #2 to 'insert' (position out of bounds)", 2)
  end
  for i = length, at, -1 do t[i + 1] = t[i] end
  t[at] = v
end

function library.remove(t, at)
  check(t, "remove")
  local length = rawlen(t)
  if at == nil then at = length end
  at = math.tointeger(at)
  if not at or (length + 1 ~= at and (at < 1 or at > length + 1) and not (length == 0 and at == 0))
  then
    error("bad argument #2 to 'remove' (position out of bounds)", 2)
  end
  local v = t[at]
  for i = at, length - 1 do t[i] = t[i + 1] end
  if at <= length then t[length] = nil end
  return v
end

function library.move(from, first, last, to, into)
  check(from, "move")
  into = into or from
  check(into, "move")
  if to > first and to <= last and into == from then
    for i = last - first, 0, -1 do into[to + i] = from[first + i] end
  else
    for i = 0, last - first do into[to + i] = from[first + i] end
  end
  return into
end

library.pack = table.pack

function library.unpack(t, first, last)
  if t ~= nil then check(t, "unpack") end
  return table.unpack(t, first, last)
end

local function as_part(v)
  local inside = objects.inside(v)
  if inside and inside.ref then return inside.ref() end
  return v
end

--- Lists with deferred parts, and deferred lists, give a deferred text.
local function concat_special(t, separator, first, last)
  if value.is_deferred(t) then return value.concat(t, separator) end
  local items = {}
  for i = first, last do items[#items + 1] = as_part(t[i]) end
  if misuse.special(separator) or value.contains_secret(items) then
    local parts = {}
    for i, item in ipairs(items) do
      if i > 1 then parts[#parts + 1] = as_part(separator) end
      parts[#parts + 1] = item
    end
    return value.join(parts)
  end
  return value.concat(items, separator)
end

local function has_special(t, first, last)
  for i = first, last do
    if misuse.special(t[i]) then return true end
  end
  return false
end

function tables.concat(limits)
  return function(t, separator, first, last)
    if value.is_deferred(t) then return concat_special(t, separator) end
    check(t, "concat")
    first, last = first or 1, last or rawlen(t)
    if misuse.special(separator) or has_special(t, first, last) then
      return concat_special(t, separator or "", first, last)
    end
    limits:reserve(#tostring(separator or "") * math.max(last - first, 0))
    return table.concat(t, separator, first, last)
  end
end

local function merge(list, scratch, range, before)
  local left, right = range.first, range.middle + 1
  for i = range.first, range.last do
    local from_right = left > range.middle
      or (right <= range.last and before(list[right], list[left]))
    if from_right then
      scratch[i] = list[right]
      right = right + 1
    else
      scratch[i] = list[left]
      left = left + 1
    end
  end
  for i = range.first, range.last do list[i] = scratch[i] end
end

local function less(a, b) return a < b end

--- A merge sort: stable, and without the random pivot of Lua's own.
local function sort(list, before)
  before = before or less
  local length, scratch = rawlen(list), {}
  local width = 1
  while width < length do
    for first = 1, length - width, 2 * width do
      merge(list, scratch, {
        first = first, middle = first + width - 1, last = math.min(first + 2 * width - 1, length),
      }, before)
    end
    width = width * 2
  end
end

--- A fresh library for one evaluation.
---@param limits table
---@return table
function tables.copy(limits)
  local copy = {}
  for name, fn in pairs(library) do copy[name] = fn end
  copy.concat = tables.concat(limits)
  copy.sort = function(list, before)
    check(list, "sort")
    return limits:callback("table.sort", sort, list, before)
  end
  return copy
end

return tables
