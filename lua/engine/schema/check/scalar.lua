--- Checks of one scalar: enum, pattern, length, range, format.
local fault = require "engine.schema.check.fault"
local formats = require "engine.schema.check.format"
local scalar = require "engine.schema.scalar"

local function allowed(list, v, fold)
  local text = scalar.text(v)
  for _, candidate in ipairs(list) do
    local other = scalar.text(candidate)
    if other == text or fold and other:lower() == text:lower() then return true end
  end
  return false
end

local function check_enum(context, n, v, path)
  local list = n.enum or n.enumCaseInsensitive
  if type(list) == "table" and not allowed(list, v, n.enum == nil) then
    local words = {}
    for i, word in ipairs(list) do words[i] = scalar.text(word) end
    fault.add(context, path,
      ("%s is %s, and must be %s"):format(path, fault.show(context, v), fault.list(words)),
      not context.hide and fault.suggest(scalar.text(v), words) or nil)
  end
  if n.const ~= nil and type(n.const) ~= "table" and not scalar.same(n.const, v) then
    fault.add(context, path, ("%s is %s, and must be %s"):format(path, fault.show(context, v),
      fault.show({}, n.const)))
  end
end

local function check_text(context, n, text, path)
  local length = utf8.len(text) or #text
  if n.minLength and length < n.minLength then
    fault.add(context, path, ("%s has %d characters, and needs at least %d"):format(path, length,
      n.minLength))
  elseif n.maxLength and length > n.maxLength then
    fault.add(context, path, ("%s has %d characters, and may have at most %d"):format(path, length,
      n.maxLength))
  end
  if type(n.pattern) == "string" and context.match
    and context.match(n.pattern, text) == false then
    fault.add(context, path, ("%s is %s, which does not match %s"):format(path,
      fault.show(context, text), n.pattern))
  end
  local format = formats[n.format]
  if format then format(context, text, path) end
end

local function bounds(n)
  local low, high = n.minimum, n.maximum
  if type(n.exclusiveMinimum) == "number" then low = n.exclusiveMinimum end
  if type(n.exclusiveMaximum) == "number" then high = n.exclusiveMaximum end
  return low, high
end

local function check_number(context, n, number, path)
  local low, high = bounds(n)
  local shown = context.hide and "(secret)" or scalar.text(number)
  if low and (number < low or n.exclusiveMinimum and number == low) then
    fault.add(context, path, ("%s is %s, and must be at least %s"):format(path, shown, low))
  elseif high and (number > high or n.exclusiveMaximum and number == high) then
    fault.add(context, path, ("%s is %s, and must be at most %s"):format(path, shown, high))
  end
  if type(n.multipleOf) == "number" and n.multipleOf > 0 and number % n.multipleOf ~= 0 then
    fault.add(context, path, ("%s is %s, and must be a multiple of %s"):format(path, shown,
      n.multipleOf))
  end
end

--- Checks a scalar that has the right type.
---@param context table
---@param n table resolved node
---@param v string|number|boolean
---@param path string
---@param types table<string, boolean>|nil
return function(context, n, v, path, types)
  check_enum(context, n, v, path)
  if not types or types.string then
    if type(v) ~= "boolean" then check_text(context, n, scalar.text(v), path) end
  end
  local number = (not types or types.integer or types.number) and scalar.as(v, "number")
  if number then check_number(context, n, number, path) end
end
