-- The strings of the data file, each once: the traits that C knows by their place, then the most
-- used (their offsets are the shortest), then the others in the order in which they were announced,
-- so that what is read together lies together.
local TRAITS = {
  "locationName", "queryName", "location", "flattened", "timestampFormat", "xmlAttribute",
  "xmlNamespace", "jsonvalue", "document", "streaming", "payload", "sparse", "eventstream",
  "union", "exception", "sensitive", "idempotencyToken", "min",
}

local FEW <const> = 8 -- uses

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
function Strings:use(text)
  if not self.uses[text] then self.order[#self.order + 1] = text end
  self.uses[text] = (self.uses[text] or 0) + 1
end

--- Gives every string its offset; none may be added afterwards.
---@return string section
function Strings:place()
  local often, seldom, known = {}, {}, {}
  for _, text in ipairs(TRAITS) do
    known[text] = true
  end
  for _, text in ipairs(self.order) do
    local list = self.uses[text] > FEW and often or seldom
    if not known[text] then list[#list + 1] = text end
  end
  local uses = self.uses
  table.sort(often, function(a, b)
    if uses[a] ~= uses[b] then return uses[a] > uses[b] end
    return a < b
  end)
  local parts, at = {}, 0
  for _, list in ipairs { TRAITS, often, seldom } do
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
  new = function() return setmetatable({ uses = {}, order = {}, offset = {} }, Strings) end,
}
