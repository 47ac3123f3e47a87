--- Values and words as people read them on one line: escaped, cut, coloured.
local deferred = require "engine.value.deferred"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"

local text = {}

local CODES = {
  red = "31", green = "32", yellow = "33", magenta = "35", cyan = "36", bold = "1", dim = "2",
  alarm = "1;31",
}

--- The words in a colour, where there are colours.
---@param style { color: boolean|nil }|nil
---@param name string
---@param words string
---@return string
function text.paint(style, name, words)
  if not style or not style.color or words == "" then return words end
  return ("\27[%sm%s\27[0m"):format(CODES[name], words)
end

local NAMED = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escaped_byte(char)
  return NAMED[char] or ("\\x%02x"):format(char:byte())
end

local function escaped_bytes(char)
  return (char:gsub(".", escaped_byte))
end

--- Text that can neither move the cursor nor turn the reading direction: control characters,
--- bytes that are no UTF-8, and invisible marks are written out.
---@param words string
---@return string
function text.escape(words)
  words = words:gsub("%c", escaped_byte)
  if not words:find("[\x80-\xff]") then return words end
  local parts, at = {}, 1
  while at <= #words do
    local good = utf8.len(words, at)
    local bad
    if not good then
      local _, position = utf8.len(words, at)
      bad = position
    end
    parts[#parts + 1] = words:sub(at, (bad or 0) - 1)
    if not bad then break end
    parts[#parts + 1] = escaped_byte(words:sub(bad, bad))
    at = bad + 1
  end
  words = table.concat(parts)
  words = words:gsub("\xc2[\x80-\x9f]", escaped_bytes)
  words = words:gsub("\xe2\x80[\x8b-\x8f\xa8-\xae]", escaped_bytes)
  return (words:gsub("\xe2\x81[\xa0-\xaf]", escaped_bytes))
end

--- At most so many characters, with "..." where something is left out.
---@param words string
---@param limit integer
---@return string
function text.cut(words, limit)
  local length = utf8.len(words)
  if (length or #words) <= limit then return words end
  if not length then return words:sub(1, limit - 3) .. "..." end
  return words:sub(1, utf8.offset(words, limit - 2) - 1) .. "..."
end

local show

local function show_list(list)
  local parts = {}
  for i, item in ipairs(list) do parts[i] = show(item) end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local function show_key(key)
  key = tostring(key)
  if key:find("^[%a_][%w_]*$") then return key end
  return '["' .. text.escape(key) .. '"]'
end

local function show_map(map)
  local parts = {}
  for i, key in ipairs(plain.keys(map)) do parts[i] = show_key(key) .. " = " .. show(map[key]) end
  if #parts == 0 then return "{}" end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

function show(v)
  if v == nil then return "(none)" end
  if secret.is(v) or secret.digest_of(v) then return "(secret)" end
  if deferred.is(v) then return "(known after apply)" end
  if type(v) == "string" then
    return '"' .. text.escape((v:gsub('["\\]', "\\%0"))) .. '"'
  end
  if type(v) ~= "table" then return tostring(v) end
  if v["$deferred"] then return "(known after apply)" end
  if plain.is_list(v) then return show_list(v) end
  return show_map(v)
end

--- Whether a value is a list or a map that may be looked into.
---@param v any
---@return boolean
function text.is_open(v)
  return type(v) == "table" and not secret.is(v) and not deferred.is(v)
    and not secret.digest_of(v) and v["$deferred"] == nil and next(v) ~= nil
end

--- A value on one line, of at most so many characters.
---@param v any
---@param limit integer|nil
---@return string
function text.value(v, limit)
  local words = v == "(secret)" and v or show(v)
  return limit and text.cut(words, limit) or words
end

--- "1 resource", "2 resources"
---@param count integer
---@param noun string
---@return string
function text.count(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

--- "0.4 s", "12 s", "3 min 05 s"
---@param elapsed_ms number
---@return string
function text.elapsed(elapsed_ms)
  local seconds = elapsed_ms / 1000
  if seconds < 10 then return ("%.1f s"):format(seconds) end
  seconds = math.floor(seconds)
  if seconds < 60 then return ("%d s"):format(seconds) end
  return ("%d min %02d s"):format(seconds // 60, seconds % 60)
end

return text
