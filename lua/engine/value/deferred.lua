--- Values that are known only during apply. They can be joined, indexed, and handed on; where Lua
--- needs the value now, the error says which attribute of which resource, and what to write. The
--- recipe's loader adds the line.
local failure = require "engine.failure"
local hidden = require "engine.value.hidden"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"

local deferred = {}

local Deferred = { __name = "deferred value", __metatable = false }

local function make(raw)
  return hidden.new(raw, Deferred)
end

---@param v any
---@return boolean
function deferred.is(v)
  local kind = hidden.kind(v)
  return kind ~= nil and kind ~= "secret"
end

---@param v any
---@return boolean
function deferred.contains(v)
  if type(v) ~= "table" then return false end
  local kind = hidden.kind(v)
  if kind then return kind ~= "secret" end
  for _, member in next, v do
    if type(member) == "table" and deferred.contains(member) then return true end
  end
  return false
end

--- An attribute of a declared resource; "Ref" is its Ref.
---@param name string the resource's name
---@param attribute string
---@param about { label: string|nil, where: string|nil, scalar: boolean|nil }|nil how it is shown;
---  where it was declared; whether it is known to be no list
---@return table
function deferred.attribute(name, attribute, about)
  about = about or {}
  return make { kind = "attribute", name = name, attribute = attribute,
    label = about.label, where = about.where, scalar = about.scalar or nil }
end

--- Text put together from parts, some of them deferred or secret.
---@param parts any[]
---@return any text, a secret, or a deferred value
function deferred.join(parts)
  if deferred.contains(parts) then return make { kind = "join", parts = parts } end
  local texts, hide = {}, false
  for i, part in ipairs(parts) do
    hide = hide or secret.is(part)
    local known = secret.reveal(part)
    if type(known) == "table" then
      failure.raise { what = "text cannot be joined with a list or a map",
        next = "join one of its members instead" }
    end
    texts[i] = tostring(known)
  end
  local text = table.concat(texts)
  return hide and secret.new(text) or text
end

--- What `fn` makes of the value: now where it is known, else during apply.
---@param v any
---@param fn fun(v: any): any
---@return any
function deferred.apply(v, fn)
  if deferred.contains(v) then return make { kind = "apply", of = v, fn = fn } end
  if not secret.contains(v) then return fn(v) end
  return secret.new(fn(secret.reveal_all(v)))
end

--- What `fn(item, index)` makes of each item of a list.
---@param v any a list, or a value that will be one
---@param fn fun(v: any, i: integer): any
---@return any
function deferred.each(v, fn)
  if deferred.is(v) then return make { kind = "each", of = v, fn = fn } end
  local result = plain.list()
  for i, item in ipairs(secret.reveal(v)) do
    result[i] = deferred.apply(item, function(known) return fn(known, i) end)
  end
  return result
end

--- A look-up whose arguments are not known yet.
---@param place table
---@param lookup table
---@return table
function deferred.lookup(place, lookup)
  return make { kind = "lookup", place = place, lookup = lookup }
end

--- string.format with deferred arguments.
---@param template string
---@param arguments any[] with its length in `n`, as table.pack gives it
function deferred.format(template, arguments)
  return make { kind = "format", template = template, arguments = arguments }
end

--- table.concat of a deferred list, or of a list with deferred items.
function deferred.concat(items, separator)
  return make { kind = "concat", items = items, separator = separator or "" }
end

--- The JSON text of something with deferred parts.
---@param of any
---@param encode fun(v: any): string
function deferred.json(of, encode)
  return make { kind = "json", of = of, encode = encode }
end

--- A secret that is not known yet.
function deferred.secret(of)
  return make { kind = "secret value", of = of }
end

--- How a value reads in a message: StgVPC.VpcId
---@param v any
---@return string
function deferred.text(v)
  local raw = hidden.raw(v)
  if not raw then return type(v) == "table" and "{...}" or tostring(v) end
  if raw.kind == "attribute" then
    local attribute = raw.label or raw.attribute
    return attribute == "Ref" and raw.name or raw.name .. "." .. attribute
  elseif raw.kind == "index" then
    return plain.path(deferred.text(raw.of), raw.key)
  elseif raw.kind == "join" then
    local parts = {}
    for i, part in ipairs(raw.parts) do
      parts[i] = deferred.is(part) and "${" .. deferred.text(part) .. "}" or tostring(part)
    end
    return table.concat(parts)
  elseif raw.kind == "apply" or raw.kind == "each" then
    return raw.kind .. "(" .. deferred.text(raw.of) .. ")"
  elseif raw.kind == "format" then
    return "format(" .. raw.template .. ")"
  elseif raw.kind == "lookup" then
    return "lookup(" .. tostring(raw.lookup[1] or raw.lookup.kind or "") .. ")"
  end
  return raw.kind == "secret" and "(secret)" or "(" .. raw.kind .. ")"
end

local function subject(a, b)
  local v = deferred.is(a) and a or b
  return deferred.text(v)
end

local function refuse(doing, instead)
  return function(a, b)
    local text = subject(a, b)
    failure.raise {
      what = ("%s is known only during apply, so it cannot be %s here"):format(text, doing),
      next = "write " .. instead:gsub("VALUE", (text:gsub("%%", "%%%%"))) .. " instead",
      kind = "deferred",
    }
  end
end

local ARITHMETIC = {
  __add = "+", __sub = "-", __mul = "*", __div = "/", __mod = "%", __pow = "^", __idiv = "//",
  __band = "&", __bor = "|", __bxor = "~", __shl = "<<", __shr = ">>",
}
for event, operator in pairs(ARITHMETIC) do
  Deferred[event] = refuse("used in arithmetic",
    "apply(VALUE, function(v) return v " .. operator .. " ... end)")
end
Deferred.__unm = refuse("used in arithmetic", "apply(VALUE, function(v) return -v end)")
Deferred.__bnot = refuse("used in arithmetic", "apply(VALUE, function(v) return ~v end)")
Deferred.__lt = refuse("compared", "apply(VALUE, function(v) return v < ... end)")
Deferred.__le = refuse("compared", "apply(VALUE, function(v) return v <= ... end)")
Deferred.__eq = refuse("compared", "apply(VALUE, function(v) return v == ... end)")
Deferred.__len = refuse("measured with #", "apply(VALUE, function(v) return #v end)")
Deferred.__call = function(self)
  local raw = hidden.raw(self)
  if raw and raw.kind == "index" and string[raw.key] then -- value:upper()
    refuse("given to string." .. raw.key,
      ("apply(VALUE, function(v) return v:%s() end)"):format(raw.key))(raw.of)
  end
  refuse("called", "apply(VALUE, function(v) ... end)")(self)
end
Deferred.__tostring = refuse("turned into text",
  '"..." .. VALUE, or apply(VALUE, function(v) return tostring(v) end)')
Deferred.__pairs = refuse("walked through", "each(VALUE, function(item) ... end)")
Deferred.__newindex = refuse("changed", "apply(VALUE, function(v) ... end)")

local function add_part(parts, side)
  local raw = hidden.raw(side)
  if raw and raw.kind == "join" then
    table.move(raw.parts, 1, #raw.parts, #parts + 1, parts)
  elseif raw or type(side) == "string" or type(side) == "number" then
    parts[#parts + 1] = side
  else
    failure.raise {
      what = ("text cannot be joined with a %s"):format(type(side)),
      next = "join strings, numbers, secrets and attributes of resources",
    }
  end
end

function Deferred.__concat(a, b)
  local parts = {}
  add_part(parts, a)
  add_part(parts, b)
  return deferred.join(parts)
end
secret.METATABLE.__concat = Deferred.__concat

function Deferred.__index(self, key)
  if hidden.raw(self).scalar and math.type(key) == "integer" then
    refuse("indexed with a number (it is no list)",
      "apply(VALUE, function(v) return v:sub(...) end)")(self)
  end
  if type(key) == "string" or math.type(key) == "integer" then
    return make { kind = "index", of = self, key = key }
  end
  return refuse("indexed with a " .. type(key), "apply(VALUE, function(v) ... end)")(self)
end

--- Raises the error of a deferred value in a place where Lua needs it now; for the sandbox's own
--- ipairs, string functions and so on.
---@param v table
---@param doing string such as "walked through with ipairs"
---@param instead string|nil such as "each(VALUE, function(item) ... end)"
function deferred.refuse(v, doing, instead)
  refuse(doing, instead or "apply(VALUE, function(v) ... end)")(v)
end

return deferred
