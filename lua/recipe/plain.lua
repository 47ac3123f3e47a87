--- From what a recipe wrote to plain data: copied, so that nothing in it can change or
--- run afterwards.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local value = require "engine.value"

local plain = {}

local MAX_DEPTH = 60

local copy

local function bad(path, what, next_step)
  failure.raise { what = ("%s: %s"):format(path, what), next = next_step }
end

local function check_key(path, key)
  if misuse.special(key) then
    misuse.refuse(key, "a key of a table", "a list of { Key = ..., Value = VALUE } tables")
  end
  if type(key) ~= "string" then
    bad(path, ("a %s cannot be a key"):format(type(key)),
      "maps have strings as keys, lists have none")
  end
end

--- How many elements, when the keys are 1..n and nothing else.
local function list_length(path, t)
  local count, highest = 0, 0
  for key in next, t do
    if math.type(key) ~= "integer" or key < 1 then
      check_key(path, key)
      bad(path, ("a list cannot also have the key %q"):format(key), "make it a list or a map")
    end
    count, highest = count + 1, math.max(highest, key)
  end
  if count ~= highest then
    for i = 1, highest do
      if t[i] == nil then
        bad(path, ("element %d of the list is nil"):format(i),
          "leave it out, or look at the variable that was meant")
      end
    end
  end
  return count
end

local function copy_table(t, path, seen)
  if seen[t] then bad(path, "the table contains itself", "build it without a loop") end
  if seen.depth >= MAX_DEPTH then bad(path, "nested too deep", "build it flatter") end
  seen[t], seen.depth = true, seen.depth + 1
  local result = {}
  if math.type((next(t))) or t[1] ~= nil then
    for i = 1, list_length(path, t) do
      result[i] = copy(t[i], ("%s[%d]"):format(path, i), seen)
    end
    value.list(result)
  else
    for key, member in next, t do
      check_key(path, key)
      result[key] = copy(member, value.path(path, key), seen)
    end
    if value.is_list(t) then value.list(result) end
  end
  seen[t], seen.depth = nil, seen.depth - 1
  return result
end

function copy(v, path, seen)
  local kind = type(v)
  if kind == "table" then
    local inside = objects.inside(v)
    if inside and inside.ref then return inside.ref() end
    if inside then misuse.refuse(v, "the value of " .. path) end
    if value.is_opaque(v) then return v end
    return copy_table(v, path, seen)
  elseif kind == "function" or kind == "userdata" or kind == "thread" then
    bad(path, ("a %s cannot be a value"):format(kind), "call it, or write its result")
  elseif kind == "number" and (v ~= v or v == math.huge or v == -math.huge) then
    bad(path, ("%s is no number that can be sent"):format(tostring(v)), "look at the division")
  end
  return v
end

--- A deep copy without metatables; a resource stands for its Ref.
---@param v any
---@param path string|nil how the value is called in an error
---@return any
function plain.copy(v, path)
  return copy(v, path or "the value", { depth = 0 })
end

return plain
