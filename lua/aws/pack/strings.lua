-- The strings of the data file, each once, the most used first (their offsets are the
-- shortest); before them the traits that C knows by their place.
local TRAITS = {
  "locationName", "queryName", "location", "flattened", "timestampFormat", "xmlAttribute",
  "xmlNamespace", "jsonvalue", "document", "streaming", "payload", "sparse", "eventstream",
  "union", "exception", "sensitive", "idempotencyToken", "min",
}

local char = string.char

--- Seven bits a byte, lowest first.
---@param number integer
---@return string
local function varint(number)
  if number < 128 then
    return char(number)
  elseif number < 16384 then
    return char(number & 127 | 128, number >> 7)
  end
  return char(number & 127 | 128) .. varint(number >> 7)
end

local Strings = {}
Strings.__index = Strings

---@param text string
function Strings:use(text) self.uses[text] = (self.uses[text] or 0) + 1 end

--- Gives every string its offset; none may be added afterwards.
---@return string section
function Strings:place()
  local rest, known = {}, {}
  for _, text in ipairs(TRAITS) do
    known[text] = true
  end
  for text in pairs(self.uses) do
    rest[#rest + 1] = not known[text] and text or nil
  end
  local uses = self.uses
  table.sort(rest, function(a, b)
    if uses[a] ~= uses[b] then return uses[a] > uses[b] end
    return a < b
  end)
  local parts, at = {}, 0
  for _, list in ipairs { TRAITS, rest } do
    for _, text in ipairs(list) do
      self.offset[text] = at
      local bytes = varint(#text) .. text
      parts[#parts + 1] = bytes
      at = at + #bytes
    end
  end
  return table.concat(parts)
end

---@param text string
---@return integer
function Strings:at(text) return assert(self.offset[text], "a string that was not announced") end

return {
  varint = varint,
  new = function() return setmetatable({ uses = {}, offset = {} }, Strings) end,
}
