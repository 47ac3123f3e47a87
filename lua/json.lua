--- JSON for mrun's own files and for recipes: cjson, with what it lacks put right.
--- Integers stay integers, an empty list stays a list, keys are written sorted, limits are kept.
--- A null in a map is an absent member; in a list it is refused.
local cjson = require "cjson"

local json = {}

--- Marks an empty list, which a Lua table alone cannot show.
json.LIST = { __name = "list" }

local MAX_BYTES = 256 * 1024 * 1024
local MAX_DEPTH = 200
local EXACT = 2 ^ 53 -- a double holds every integer up to here

local Failure = {
  __name = "json failure",
  __tostring = function(self) return self.message end,
}

local function fail(name, reason)
  local subject = name or "JSON"
  return nil, setmetatable({
    op = "decode", subject = subject, reason = reason, message = subject .. ": " .. reason,
  }, Failure)
end

local function decoder(depth)
  local own = cjson.new()
  own.decode_invalid_numbers(false)
  own.decode_max_depth(depth)
  return own
end

--- The position just after the string that begins at `start`, or nil where it never ends.
local function string_end(text, start)
  local at = start + 1
  while true do
    local stop = text:find('["\\]', at)
    if not stop then return nil end
    if text:byte(stop) == 34 then return stop + 1 end
    at = stop + 2
  end
end

--- Rewrites what stands between strings, and leaves the strings alone.
local function outside_strings(text, rewrite)
  local parts, at = {}, 1
  while true do
    local quote = text:find('"', at, true)
    parts[#parts + 1] = rewrite(text:sub(at, (quote or 0) - 1))
    if not quote then break end
    local after = string_end(text, quote)
    if not after then return text end
    parts[#parts + 1] = text:sub(quote, after - 1)
    at = after
  end
  return table.concat(parts)
end

--- A run of a byte that no escape can produce, longer than any in the text.
local function unused_mark(text)
  local longest = 0
  for run in text:gmatch("\xff+") do longest = math.max(longest, #run) end
  return ("\xff"):rep(longest + 1)
end

local SIXTEEN_DIGITS = ("%d"):rep(16)

--- Empty lists and integers beyond a double's reach do not survive cjson: they travel as strings
--- that begin with a mark which the text does not contain.
local function protect(text)
  local long = text:find(SIXTEEN_DIGITS)
  if not long and not text:find("%[%s*%]") then return text, nil end
  local mark = unused_mark(text)
  return outside_strings(text, function(gap)
    gap = gap:gsub("%[%s*%]", '["' .. mark .. '"]')
    if long then
      gap = gap:gsub("()(%-?%d+)()([%.eE]?)", function(from, digits, _, rest)
        local before = gap:sub(math.max(from - 2, 1), from - 1)
        local fraction = before:find("[%d%.eE][%+%-]?$")
        if #digits < 16 or rest ~= "" or fraction then return nil end
        return '"' .. mark .. digits .. '"'
      end)
    end
    return gap
  end), mark
end

local restore

local function restore_list(list, mark)
  if mark and list[1] == mark and #list == 1 then return setmetatable({}, json.LIST) end
  for i = 1, #list do
    if list[i] == cjson.null then error("null has no place in a list", 0) end
    list[i] = restore(list[i], mark)
  end
  return list
end

--- Undoes `protect`, drops nulls, turns whole floats into integers; in place, on fresh data.
function restore(value, mark)
  local kind = type(value)
  if kind == "number" then
    if value > -EXACT and value < EXACT then return math.tointeger(value) or value end
  elseif kind == "string" then
    if mark and value:sub(1, #mark) == mark then
      local digits = value:sub(#mark + 1)
      return math.tointeger(digits) or tonumber(digits .. ".0")
    end
  elseif kind == "table" then
    if value[1] ~= nil then return restore_list(value, mark) end
    for key, member in pairs(value) do
      if member == cjson.null then value[key] = nil else value[key] = restore(member, mark) end
    end
  end
  return value
end

local function position(text, at)
  local before = text:sub(1, at - 1)
  local _, lines = before:gsub("\n", "\n")
  local column = at - (before:match(".*()\n") or 0)
  return ("line %d, column %d"):format(lines + 1, column)
end

local function explain(text, message, depth)
  local ok, own = pcall(decoder(depth).decode, text)
  local reason = ok and message or own
  local what, at = tostring(reason):match("^(.-) at character (%d+)")
  if not what then return (tostring(reason):gsub("^.-:%d+: ", "")) end
  return ("%s (%s)"):format(what:sub(1, 1):lower() .. what:sub(2), position(text, tonumber(at)))
end

---@param text string
---@param options { name: string|nil, max_bytes: integer|nil, max_depth: integer|nil }|nil
---@return any value nil with a failure where the text is broken or beyond the limits
---@return table|nil failure
function json.decode(text, options)
  assert(type(text) == "string", "json.decode takes a string")
  options = options or {}
  if #text > (options.max_bytes or MAX_BYTES) then
    return fail(options.name, ("longer than %d bytes"):format(options.max_bytes or MAX_BYTES))
  end
  local depth = options.max_depth or MAX_DEPTH
  local guarded, mark = protect(text)
  local ok, value = pcall(decoder(depth).decode, guarded)
  if not ok then return fail(options.name, explain(text, value, depth)) end
  if value == cjson.null then return fail(options.name, "a document of nothing but null") end
  local restored, result = pcall(restore, value, mark)
  if not restored then return fail(options.name, tostring(result)) end
  return result
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(char)
    return ESCAPES[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local function number_text(number)
  if math.type(number) == "integer" then return ("%d"):format(number) end
  if number ~= number or number == math.huge or number == -math.huge then
    error("JSON has no such number: " .. tostring(number), 0)
  end
  local whole = math.tointeger(number)
  if whole and number > -EXACT and number < EXACT then return ("%d"):format(whole) end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(number)
    if tonumber(text) == number then return text end
  end
end

local function sorted_keys(map)
  local keys = {}
  for key in next, map do
    if type(key) ~= "string" then error("a map in JSON has string keys, not " .. type(key), 0) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

local function is_list(value)
  if next(value) == nil then
    local mark = getmetatable(value)
    return type(mark) == "table" and mark.__name == "list"
  end
  return rawget(value, 1) ~= nil
end

local encode

local function encode_list(list, out, depth, indent)
  local n = 0
  for _ in next, list do n = n + 1 end
  if n ~= #list then error("a list in JSON has neither holes nor names", 0) end
  local separator = indent and ",\n" .. indent:rep(depth) or ","
  out[#out + 1] = indent and n > 0 and "[\n" .. indent:rep(depth) or "["
  for i = 1, n do
    if i > 1 then out[#out + 1] = separator end
    encode(list[i], out, depth + 1, indent)
  end
  out[#out + 1] = indent and n > 0 and "\n" .. indent:rep(depth - 1) .. "]" or "]"
end

local function encode_map(map, out, depth, indent)
  local keys = sorted_keys(map)
  local separator = indent and ",\n" .. indent:rep(depth) or ","
  out[#out + 1] = indent and #keys > 0 and "{\n" .. indent:rep(depth) or "{"
  for i, key in ipairs(keys) do
    if i > 1 then out[#out + 1] = separator end
    out[#out + 1] = quoted(key) .. (indent and ": " or ":")
    encode(map[key], out, depth + 1, indent)
  end
  out[#out + 1] = indent and #keys > 0 and "\n" .. indent:rep(depth - 1) .. "}" or "}"
end

function encode(value, out, depth, indent)
  local kind = type(value)
  if kind == "string" then
    out[#out + 1] = quoted(value)
  elseif kind == "number" then
    out[#out + 1] = number_text(value)
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "table" then
    if depth > MAX_DEPTH then error("nested more than " .. MAX_DEPTH .. " deep", 0) end
    local write = is_list(value) and encode_list or encode_map
    write(value, out, depth, indent)
  else
    error("JSON has no " .. kind, 0)
  end
end

--- Canonical text: sorted keys, no spaces. The same value always gives the same bytes.
---@param value any
---@return string
function json.encode(value)
  local out = {}
  encode(value, out, 1, nil)
  return table.concat(out)
end

--- The same, spread over lines for people.
---@param value any
---@return string
function json.pretty(value)
  local out = {}
  encode(value, out, 1, "  ")
  return table.concat(out)
end

return json
