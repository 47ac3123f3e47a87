--- Reads JSON that a property holds as text, so that a policy as text can be compared with one as
--- a map. It judges nothing: text that is no JSON is simply not a document.
local MAX_DEPTH = 64

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local LITERALS = { ["true"] = true, ["false"] = false }

local read

local function fail()
  error("no JSON", 0)
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function unicode(text, at)
  local code = tonumber(text:match("^%x%x%x%x", at) or fail(), 16)
  if code < 0xd800 or code > 0xdbff then return utf8.char(code), at + 4 end
  local low = tonumber(text:match("^\\u(%x%x%x%x)", at + 4) or fail(), 16)
  return utf8.char(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00 & 0x3ff)), at + 10
end

local function read_string(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\]', at) or fail()
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local char = text:sub(stop + 1, stop + 1)
    if char == "u" then
      parts[#parts + 1], at = unicode(text, stop + 2)
    else
      parts[#parts + 1], at = ESCAPES[char] or char, stop + 2
    end
  end
end

--- The separator or the end of a list or a map.
local function after_member(text, at, close)
  at = skip(text, at)
  local char = text:sub(at, at)
  if char ~= "," and char ~= close then fail() end
  return at + 1, char == close
end

local function read_list(text, at, depth)
  local list = setmetatable({}, { __name = "list" })
  at = skip(text, at)
  if text:sub(at, at) == "]" then return list, at + 1 end
  local done
  repeat
    list[#list + 1], at = read(text, at, depth + 1)
    at, done = after_member(text, at, "]")
  until done
  return list, at
end

local function read_map(text, at, depth)
  local map = {}
  at = skip(text, at)
  if text:sub(at, at) == "}" then return map, at + 1 end
  local done
  repeat
    at = skip(text, at)
    if text:sub(at, at) ~= '"' then fail() end
    local key, after = read_string(text, at + 1)
    at = skip(text, after)
    if text:sub(at, at) ~= ":" then fail() end
    map[key], at = read(text, at + 1, depth + 1)
    at, done = after_member(text, at, "}")
  until done
  return map, at
end

function read(text, at, depth)
  if depth > MAX_DEPTH then fail() end
  at = skip(text, at)
  local char = text:sub(at, at)
  if char == '"' then return read_string(text, at + 1) end
  if char == "[" then return read_list(text, at + 1, depth) end
  if char == "{" then return read_map(text, at + 1, depth) end
  local word = text:match("^[%w%+%-%.]+", at) or fail()
  if word == "null" then return nil, at + 4 end
  local v = LITERALS[word]
  if v == nil then v = word:find("^%-?%d") and tonumber(word) or fail() end
  return v, at + #word
end

--- The map or list that a text holds, or nil.
---@param text string
---@return table|nil
return function(text)
  if text:find("^%s*%%7[Bb]") then
    text = text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  if not text:find("^%s*[{%[]") then return nil end
  local ok, v, at = pcall(read, text, 1, 1)
  if not ok or skip(text, at) <= #text then return nil end
  return v
end
