--- The guarded string library: the only one that a recipe sees, also through ("text"):method().
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local pattern = require "recipe.pattern"
local value = require "engine.value"

local C = {}
for name, fn in pairs(string) do C[name] = fn end

-- Up to this many steps C's matcher may run at one go; what could take more is matched in Lua,
-- where every step is counted.
local MAX_STEPS_IN_C = 200000
-- A string longer than this is worth a look at the clock.
local LONG_BYTES = 100000

local strings = {}

--- Coroutine -> limits, for those that run a recipe. Everybody else gets C's functions
--- untouched.
local guarded = setmetatable({}, { __mode = "k" })
local running = coroutine.running

--- From now on the string functions called in this coroutine are the recipe's (nil: no longer).
---@param co thread
---@param limits table|nil
function strings.guard(co, limits)
  guarded[co] = limits
end

local function text_of(v)
  if type(v) == "string" then return v end
  return type(v) == "number" and tostring(v) or nil
end

--- May C match this? Arguments that are no strings at all are left to C's own error.
local function cheap(limits, subject, text)
  subject, text = text_of(subject), text_of(text)
  if not subject or not text then return true end
  if #subject > LONG_BYTES then limits:tick() end
  return pattern.worst(text, #subject) <= MAX_STEPS_IN_C
end

local function special_in(a, b, c, d, ...)
  local tables = type(a) == "table" or type(b) == "table" or type(c) == "table"
    or type(d) == "table"
  if tables and (misuse.special(a) or misuse.special(b) or misuse.special(c) or misuse.special(d))
  then
    return true
  end
  return select("#", ...) > 0 and special_in(...)
end

local function refuse_special(name, ...)
  if special_in(...) then misuse.arguments("string." .. name, ...) end
end

local library = {}

function library.find(subject, text, init, plain)
  local limits = guarded[running()]
  if not limits then return C.find(subject, text, init, plain) end
  refuse_special("find", subject, text, init)
  if plain or cheap(limits, subject, text) then return C.find(subject, text, init, plain) end
  return pattern.find(text_of(subject), text_of(text), init)
end

function library.match(subject, text, init)
  local limits = guarded[running()]
  if not limits then return C.match(subject, text, init) end
  refuse_special("match", subject, text, init)
  if cheap(limits, subject, text) then return C.match(subject, text, init) end
  return pattern.match(text_of(subject), text_of(text), init)
end

function library.gmatch(subject, text, init)
  local limits = guarded[running()]
  if not limits then return C.gmatch(subject, text, init) end
  refuse_special("gmatch", subject, text, init)
  if cheap(limits, subject, text) then return C.gmatch(subject, text, init) end
  return pattern.gmatch(text_of(subject), text_of(text), init)
end

function library.gsub(subject, text, replacement, most)
  local limits = guarded[running()]
  if not limits then return C.gsub(subject, text, replacement, most) end
  refuse_special("gsub", subject, text, replacement, most)
  local gsub = cheap(limits, subject, text) and C.gsub or pattern.gsub
  if type(replacement) ~= "function" then return gsub(subject, text, replacement, most) end
  return limits:callback("string.gsub", gsub, subject, text, replacement, most)
end

function library.rep(text, count, separator)
  local limits = guarded[running()]
  if not limits then return C.rep(text, count, separator) end
  if misuse.special(text) and not misuse.special(count) then
    local parts = {}
    for i = 1, count do
      if i > 1 and separator then parts[#parts + 1] = separator end
      parts[#parts + 1] = text
    end
    return value.join(parts)
  end
  refuse_special("rep", count, separator)
  if type(count) == "number" and count > 1 then
    limits:reserve((#tostring(text) + #(text_of(separator) or "")) * count)
  end
  return C.rep(text, count, separator)
end

--- %s shows tables and functions without their addresses; %p would show nothing else.
local function format_known(template, ...)
  if C.find(C.gsub(template, "%%%%", ""), "%%[-]?%d*p") then
    failure.raise { what = "string.format has no %p in a recipe",
      next = "name the thing instead of its address" }
  end
  local arguments = table.pack(...)
  for i = 1, arguments.n do
    local kind = type(arguments[i])
    if kind == "table" or kind == "function" then
      arguments[i] = strings.show(arguments[i])
    end
  end
  return C.format(template, table.unpack(arguments, 1, arguments.n))
end

function library.format(template, ...)
  local limits = guarded[running()]
  if not limits then return C.format(template, ...) end
  if not special_in(template, ...) then return format_known(template, ...) end
  if misuse.special(template) then
    misuse.refuse(template, "the template of string.format", "apply(VALUE, function(v) ... end)")
  end
  local arguments = table.pack(...)
  for i = 1, arguments.n do
    local inside = objects.inside(arguments[i])
    if inside then arguments[i] = inside.ref and inside.ref() or
      misuse.refuse(arguments[i], "given to string.format") end
  end
  return value.format(template, arguments)
end

for _, name in ipairs { "byte", "char", "len", "lower", "pack", "packsize", "reverse", "sub",
  "unpack", "upper" } do
  library[name] = function(...)
    if guarded[running()] and special_in(...) then misuse.arguments("string." .. name, ...) end
    return C[name](...)
  end
end

--- How a value reads when a recipe prints it: no addresses, nothing secret.
---@param v any
---@return string
function strings.show(v)
  local kind = type(v)
  if kind ~= "table" then return kind == "function" and "function" or tostring(v) end
  local inside = objects.inside(v)
  if inside then return inside.text or inside.name end
  if value.is_secret(v) then return "(secret)" end
  local meta = debug.getmetatable(v)
  if meta and meta.__tostring then return tostring(v) end
  return "table"
end

--- A fresh copy of the library, for a recipe to keep or to spoil.
---@return table
function strings.copy()
  local copy = {}
  for name, fn in pairs(library) do copy[name] = fn end
  return copy
end

local methods = strings.copy()

--- Puts the guard on the one metatable of strings, for good. Doing it twice changes nothing.
function strings.install()
  local meta = debug.getmetatable("")
  -- A table of its own: whoever changes `string` does not change what methods of strings do.
  meta.__index = methods
  meta.__metatable = false
end

return strings
