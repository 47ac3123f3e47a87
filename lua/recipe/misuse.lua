--- The errors of things used as what they are not: deferred values, secrets, resources,
--- providers.
local failure = require "engine.failure"
local objects = require "recipe.objects"
local value = require "engine.value"

local misuse = {}

--- Is this a value that ordinary Lua functions cannot work on?
---@param v any
---@return boolean
function misuse.special(v)
  return type(v) == "table" and (objects.inside(v) ~= nil or value.is_opaque(v))
end

local function of_object(doing, inside)
  if inside.kind == "resource" then
    failure.raise {
      what = ("the resource %s cannot be %s"):format(inside.name, doing),
      next = ("name an attribute of it, such as %s.%s"):format(inside.name,
        inside.example or "Arn"),
    }
  end
  failure.raise {
    what = ("%s cannot be %s"):format(inside.text, doing),
    next = inside.hint or "declare a resource with it, or read one of its values",
  }
end

--- Raises what fits: `doing` says what was tried ("compared"), `instead` what to write.
---@param v any
---@param doing string
---@param instead string|nil with VALUE where the value stands
function misuse.refuse(v, doing, instead)
  local inside = objects.inside(v)
  if inside then of_object(doing, inside) end
  if value.is_secret(v) then
    failure.raise {
      what = ("a secret cannot be %s"):format(doing),
      next = "write apply(value, function(v) ... end): what comes out of it is a secret too",
    }
  end
  value.refuse(v, doing, instead)
end

--- Refuses the first special argument of a library function.
---@param name string as it is called, such as "string.upper"
function misuse.arguments(name, ...)
  for i = 1, select("#", ...) do
    local v = (select(i, ...))
    if misuse.special(v) then
      misuse.refuse(v, ("given to %s"):format(name),
        ("apply(VALUE, function(v) return %s(v) end)"):format(name))
    end
  end
end

--- The library function, with that check before it.
---@param name string
---@param fn function
---@return function
function misuse.checked(name, fn)
  return function(...)
    misuse.arguments(name, ...)
    return fn(...)
  end
end

local EVENTS = {
  __add = "used in arithmetic", __sub = "used in arithmetic", __mul = "used in arithmetic",
  __div = "used in arithmetic", __mod = "used in arithmetic", __pow = "used in arithmetic",
  __idiv = "used in arithmetic", __unm = "used in arithmetic", __band = "used in arithmetic",
  __bor = "used in arithmetic", __bxor = "used in arithmetic", __shl = "used in arithmetic",
  __shr = "used in arithmetic", __bnot = "used in arithmetic", __lt = "compared",
  __le = "compared", __len = "measured with #", __pairs = "walked through",
  __newindex = "changed", __call = "called", __concat = "joined with text",
  __tostring = "turned into text", __index = "indexed",
}

--- A metatable that refuses everything but what `own` allows.
---@param own table
---@return table
function misuse.metatable(own)
  local meta = { __metatable = false }
  for event, doing in pairs(EVENTS) do
    meta[event] = function(a, b) misuse.refuse(objects.inside(a) and a or b, doing) end
  end
  for event, fn in pairs(own) do meta[event] = fn end
  return meta
end

return misuse
