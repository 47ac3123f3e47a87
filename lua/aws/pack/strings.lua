-- The strings of the data file, each once: the traits that C knows by their place, then those of
-- several groups, the most used first (their offsets are the shortest), then group by group. A
-- group is a service, or a part of CloudFormation's types: what is read together lies together,
-- and few pages of the file are ever in memory.
local TRAITS = {
  "locationName", "queryName", "location", "flattened", "timestampFormat", "xmlAttribute",
  "xmlNamespace", "jsonvalue", "document", "streaming", "payload", "sparse", "eventstream",
  "union", "exception", "sensitive", "idempotencyToken", "min",
}

local KNOWN <const> = {}
for _, text in ipairs(TRAITS) do KNOWN[text] = true end

local SEVERAL <const> = "*"

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
---@param group string
function Strings:use(text, group)
  local first = self.group[text]
  if not first then
    self.group[text], self.order[#self.order + 1] = group, text
  elseif first ~= group then
    self.group[text] = SEVERAL
  end
  self.uses[text] = (self.uses[text] or 0) + 1
end

--- The texts of several groups, and those of one, group after group.
local function parted(self)
  local common, groups, by_group = {}, {}, {}
  for _, text in ipairs(self.order) do
    local group = self.group[text]
    if not by_group[group] and group ~= SEVERAL then
      groups[#groups + 1], by_group[group] = group, {}
    end
    local list = by_group[group] or common
    if not KNOWN[text] then list[#list + 1] = text end
  end
  local own = {}
  for _, group in ipairs(groups) do
    local list = by_group[group]
    table.move(list, 1, #list, #own + 1, own)
  end
  return common, own
end

--- Gives every string its offset; none may be added afterwards.
---@return string section
function Strings:place()
  local common, own = parted(self)
  local uses = self.uses
  table.sort(common, function(a, b)
    if uses[a] ~= uses[b] then return uses[a] > uses[b] end
    return a < b
  end)
  local parts, at = {}, 0
  for _, list in ipairs { TRAITS, common, own } do
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
  SEVERAL = SEVERAL, -- the group of what belongs to more than one
  varint = varint,
  new = function()
    return setmetatable({ uses = {}, group = {}, order = {}, offset = {} }, Strings)
  end,
}
