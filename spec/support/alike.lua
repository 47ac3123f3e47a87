-- Whether two documents are the same but for what no two runs share: times of now, and random
-- identifiers. An identifier of one stands everywhere for the same one of the other.
local time = require "native.time"

local NEAR_S <const> = 15 * 60

local alike = {}

local function seconds_of(text)
  if not text:find "^%d%d%d%d%-%d%d%-%d%dT" then return nil end
  return (time.parse(text))
end

-- Times of now as services write them in numbers: seconds or milliseconds.
local function near(a, b)
  local now = os.time()
  for _, unit in ipairs { 1, 1000 } do
    if math.abs(a / unit - now) < NEAR_S and math.abs(b / unit - now) < NEAR_S then return true end
  end
  return false
end

local function is_random(token)
  return #token >= 6 and token:find "%d" ~= nil or #token >= 12 or token:find "^%d+$" ~= nil
end

-- Keys, tokens and such, in base64.
local function is_opaque(text)
  return #text >= 20 and text:find "^[%w+/=_-]+$" ~= nil and text:find "%d" ~= nil
end

-- One stands for the other, both ways, from now on.
local function map(names, a, b)
  if names.there[a] == nil and names.back[b] == nil then
    names.there[a], names.back[b] = b, a
  end
  return names.there[a] == b
end

local UUID <const> = ("%x"):rep(8) .. ("%-" .. ("%x"):rep(4)):rep(3) .. "%-" .. ("%x"):rep(12)

-- Words and what stands between them; a UUID is one word.
local function tokens(text)
  local found = {}
  text = text:gsub(UUID, function(id) return (id:gsub("%-", "")) end)
  for token, rest in text:gmatch "(%w*)(%W*)" do
    if token ~= "" then found[#found + 1] = token end
    if rest ~= "" then found[#found + 1] = rest end
  end
  return found
end

local function same_text(a, b, names)
  local one, other = seconds_of(a), seconds_of(b)
  if one and other then return math.abs(one - other) < NEAR_S end
  local left, right = tokens(a), tokens(b)
  local opaque = is_opaque(a) and is_opaque(b)
  if #left ~= #right then return opaque and map(names, a, b) end
  for i, token in ipairs(left) do
    if token ~= right[i] and names.there[token] ~= right[i] then
      local random = is_random(token) and is_random(right[i])
      if not (random and map(names, token, right[i])) then
        return opaque and map(names, a, b)
      end
    end
  end
  return true
end

---From here on the one stands for the other, word by word.
---@param names table
---@param a any
---@param b any
function alike.pair(names, a, b)
  if type(a) ~= "string" or type(b) ~= "string" then return end
  local left, right = tokens(a), tokens(b)
  for i = 1, #left == #right and #left or 0 do
    if left[i] ~= right[i] then map(names, left[i], right[i]) end
  end
end

local function bare(key) return table.concat(tokens(tostring(key))) end

-- What stands for a key of the one in the other: the key, or what its words stand for.
local function counterpart(key, b, names)
  if b[key] ~= nil then return key end
  local words = tokens(tostring(key))
  for i, word in ipairs(words) do words[i] = names.there[word] or word end
  local wanted = table.concat(words)
  for other in pairs(b) do
    if bare(other) == wanted then return other end
  end
  return key
end

-- The keys of both, each with its counterpart.
local function pairs_of(a, b, names)
  local known, found = {}, {}
  for key in pairs(a) do
    local other = counterpart(key, b, names)
    known[other], found[#found + 1] = true, { key, other }
  end
  for key in pairs(b) do
    if not known[key] then found[#found + 1] = { key, key } end
  end
  table.sort(found, function(one, other) return tostring(one[1]) < tostring(other[1]) end)
  return found
end

---nil where they are alike, else the path of the first place where they are not, with both values.
---@param a any
---@param b any
---@param names table|nil  { there, back }: what stands for what, kept over several documents
---@param path string|nil
---@return string|nil
function alike.difference(a, b, names, path)
  names = names or { there = {}, back = {} }
  if a == b and math.type(a) == math.type(b) then return nil end
  if type(a) == "table" and type(b) == "table" then
    for _, key in ipairs(pairs_of(a, b, names)) do
      local found = alike.difference(a[key[1]], b[key[2]], names,
        (path or "") .. "/" .. tostring(key[1]))
      if found then return found end
    end
    if (getmetatable(a) ~= nil) == (getmetatable(b) ~= nil) or next(a) then return nil end
  elseif type(a) == "string" and type(b) == "string" then
    if same_text(a, b, names) then return nil end
  elseif type(a) == "number" and type(b) == "number" then
    if a == b or near(a, b) then return nil end
  end
  return ("%s: %s and %s"):format(path or "", tostring(a), tostring(b))
end

return alike
