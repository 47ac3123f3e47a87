-- Scalars as they stand in URIs and headers, both ways.
local crypto = require "native.crypto"
local time = require "native.time"
local trim = require "aws.trim"
local wire = require "native.json"

local rest_text = {}

local FORMATS <const> = { iso8601 = "date_time", rfc822 = "http_date",
  unixTimestamp = "epoch_seconds" }
local WHOLE <const> = { integer = true, long = true } -- 5.0 is one too
local USUAL <const> = { header = "http_date", query = "date_time", label = "date_time" }

-- A member's own word stands above that of its shape.
local function trait(member, name)
  local own = member.traits[name]
  if own ~= nil then return own end
  return member.shape:traits()[name]
end

rest_text.trait = trait

local function instant(member, value, where)
  local format = FORMATS[trait(member, "timestampFormat")] or USUAL[where]
  if type(value) ~= "string" then return assert(time.format(value, format)) end
  local seconds, nanos = time.parse(value)
  return assert(time.format(assert(seconds, nanos), format, nanos))
end

---@param member { shape: table, traits: table }
---@param value any
---@param where "header"|"query"|"label"
---@return string
function rest_text.write(member, value, where)
  local kind = member.shape.kind
  if kind == "timestamp" then return instant(member, value, where) end
  if kind == "blob" then return crypto.base64(value) end
  if trait(member, "jsonvalue") then
    local text = type(value) == "string" and value or assert(wire.encode(nil, value))
    return where == "header" and crypto.base64(text) or text
  end
  if (kind == "float" or kind == "double") and type(value) == "number" then
    if value ~= value then return "NaN" end
    if value == math.huge or value == -math.huge then
      return value > 0 and "Infinity" or "-Infinity"
    end
    return (wire.encode(nil, value))
  end
  if WHOLE[kind] and math.type(value) == "float" then return ("%.0f"):format(value) end
  return tostring(value)
end

-- In a list in a header, a text with a comma or a quote is quoted.
local function list_item(member, value)
  local text = rest_text.write(member, value, "header")
  if member.shape.kind == "string" and text:find('[",]') then
    return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
  end
  return text
end

---@param member table
---@param value any
---@return string|nil  nil: the header is not sent
function rest_text.header(member, value)
  if member.shape.kind ~= "list" then return rest_text.write(member, value, "header") end
  local items, element = {}, member.shape:members()[1]
  for at, item in ipairs(value) do items[at] = list_item(element, item) end
  return #items > 0 and table.concat(items, ", ") or nil
end

local function split_dates(text)
  local items = {}
  for day, rest in (text .. ","):gmatch("%s*(%a+,)([^,]*),") do items[#items + 1] = day .. rest end
  return #items > 0 and items or nil
end

local function split(text)
  local items, at = {}, 1
  while at <= #text do
    local empty = text:match('^%s*""%s*,?()', at)
    local quoted, stop = text:match('^%s*"(.-[^\\])"%s*,?()', at)
    if empty then
      items[#items + 1], stop = "", empty
    elseif quoted then
      items[#items + 1] = quoted:gsub("\\(.)", "%1")
    else
      local plain
      plain, stop = text:match("^%s*([^,]*),?()", at)
      items[#items + 1] = trim(plain)
    end
    at = stop
  end
  return items
end

local NAMED <const> = { NaN = 0 / 0, Infinity = math.huge, ["-Infinity"] = -math.huge }

local function number(text, kind)
  text = trim(text)
  if not text:find("^[+-]?[%d.]") then return NAMED[text] end -- no other words, and no 0x
  if text:find("[xX]") then return nil end
  local value = tonumber(text)
  if kind == "integer" or kind == "long" then return math.tointeger(value) end
  return value and value + 0.0
end

---What a header's text is by its shape; nil where it is no such thing.
---@param member table
---@param text string
---@return any
function rest_text.read(member, text)
  local kind = member.shape.kind
  if kind == "list" then
    local element = member.shape:members()[1]
    local items = element.shape.kind == "timestamp" and split_dates(text) or split(text)
    local found = {}
    for _, item in ipairs(items) do found[#found + 1] = rest_text.read(element, item) end
    return found
  elseif kind == "timestamp" then
    local seconds, nanos = time.parse(text)
    return seconds and (nanos > 0 and seconds + nanos / 1e9 or seconds) or nil
  elseif kind == "boolean" then
    if text == "true" or text == "false" then return text == "true" end
    return nil
  elseif kind == "string" then
    if not trait(member, "jsonvalue") then return text end
    local bytes = crypto.unbase64(text)
    return bytes and (wire.decode(nil, bytes)) or nil
  elseif kind == "blob" then
    return (crypto.unbase64(text))
  end
  return number(text, kind)
end

return rest_text
