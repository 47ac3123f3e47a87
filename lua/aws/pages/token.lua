-- Where to go on: the text that stands for a place between two pages, or within one. It is the
-- AWS CLI's (NextToken, --starting-token), so that each takes the other's.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local json = require "native.json"
local keys_of = require "engine.value".keys

local SKIPPED <const>, BLOBS <const> = "boto_truncate_amount", "boto_encoded_keys"

local token = {}

local function escaped(code)
  if code < 0x10000 then return ("\\u%04x"):format(code) end
  code = code - 0x10000
  return ("\\u%04x\\u%04x"):format(0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff))
end

local function ascii(text)
  return (text:gsub("[\xc2-\xf4][\x80-\xbf]+", function(bytes)
    return escaped(utf8.codepoint(bytes))
  end))
end

local function is_list(value)
  local mark = getmetatable(value)
  return value[1] ~= nil or type(mark) == "table" and mark.__name == "list"
end

-- JSON with the spaces that the AWS CLI puts there.
local function spaced(value, keys)
  if type(value) ~= "table" then return ascii(assert(json.encode(nil, value))) end
  local parts, array = {}, is_list(value)
  if array then
    for at, item in ipairs(value) do parts[at] = spaced(item) end
  else
    for at, key in ipairs(keys or keys_of(value)) do
      parts[at] = spaced(key) .. ": " .. spaced(value[key])
    end
  end
  return (array and "[%s]" or "{%s}"):format((table.concat(parts, ", "):gsub("%%", "%%%%")))
end

-- Bytes, as the model's shape says, are told apart from text by their paths.
local function without_blobs(value, shape, path, blobs)
  if not shape then return value end
  if shape.kind == "blob" then
    blobs[#blobs + 1] = path
    return crypto.base64(value)
  end
  if type(value) ~= "table" then return value end
  local copy, members = setmetatable({}, getmetatable(value)), nil
  if shape.kind ~= "structure" then members = shape:members() end
  for key, item in pairs(value) do
    local below = table.move(path, 1, #path, 1, {})
    below[#below + 1] = math.type(key) == "integer" and key - 1 or key
    local member = members and members[#members] or not members and shape:member(key)
    copy[key] = without_blobs(item, member and member.shape, below, blobs)
  end
  return copy
end

---@param tokens table<string, any>  the members of the next request, and their values
---@param names string[]  those members, in the paginator's order
---@param skipped integer|nil  how much of that page has been given
---@param input table|nil  the shape of the operation's input
---@return string
function token.encode(tokens, names, skipped, input)
  local keys, values, blobs = {}, {}, {}
  for at, name in ipairs(names) do
    local member, value = input and input:member(name), tokens[name]
    if value == nil then value = json.null end
    keys[at], values[name] = name, without_blobs(value, member and member.shape, { name }, blobs)
  end
  if skipped then keys[#keys + 1], values[SKIPPED] = SKIPPED, skipped end
  if blobs[1] then keys[#keys + 1], values[BLOBS] = BLOBS, blobs end
  return crypto.base64(spaced(values, keys))
end

local function with_blobs(values, paths)
  for _, path in ipairs(paths) do
    local target = values
    for at = 1, #path - 1 do
      target = target[type(path[at]) == "number" and path[at] + 1 or path[at]]
    end
    local last = type(path[#path]) == "number" and path[#path] + 1 or path[#path]
    target[last] = assert(crypto.unbase64(target[last]))
  end
end

local function invalid(text)
  failure.raise { what = ("%s is no token of these pages"):format(text:sub(1, 80)),
    code = "PaginationError", next = "take the NextToken of an earlier answer, as it was" }
end

-- The service's own token as it is, or the old form of several: a___b___number.
local function plain(text, names)
  local parts, skipped = {}, 0
  for part in (text .. "___"):gmatch("(.-)___") do parts[#parts + 1] = part end
  if #parts == #names + 1 then
    skipped = math.tointeger(table.remove(parts))
    if not skipped then parts, skipped = { text }, 0 end
  end
  if #parts > #names then invalid(text) end
  local tokens = {}
  for at, part in ipairs(parts) do
    if part ~= "None" then tokens[names[at]] = part end
  end
  return tokens, skipped
end

---@param text string
---@param names string[]
---@return table<string, any> tokens
---@return integer skipped
function token.decode(text, names)
  local inside = crypto.unbase64(text)
  local values = inside and inside:find("^%s*{") and json.decode(nil, inside)
  if not values then return plain(text, names) end
  local skipped = math.tointeger(values[SKIPPED] or 0)
  if values[BLOBS] and not pcall(with_blobs, values, values[BLOBS]) then invalid(text) end
  values[SKIPPED], values[BLOBS] = nil, nil
  if not skipped or skipped < 0 then invalid(text) end
  return values, skipped
end

return token
