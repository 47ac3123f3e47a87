-- Packed shapes: those that are the same all the way down are stored once, whichever
-- service they come from, recursive ones included.
local strings_of = require "aws.pack.strings"

local SEVERAL <const>, varint = strings_of.SEVERAL, strings_of.varint

local KINDS = {
  structure = 0, list = 1, map = 2, string = 3, blob = 4, boolean = 5, timestamp = 6,
  integer = 7, long = 8, float = 9, double = 10,
  -- what other models say
  character = 3, bigInteger = 8, bigDecimal = 10, short = 7, byte = 7, enum = 3, intEnum = 7,
}
local HAS_TRAITS = 16

local Shapes = {}
Shapes.__index = Shapes

--- Announces a shape; its members' shapes are indices that may be announced later.
---@param shape { kind: string, name: string?, traits: integer?, members: table[], group: string }
function Shapes:set(index, shape)
  assert(KINDS[shape.kind], shape.kind)
  self.list[index] = shape
  if index > self.count then self.count = index end
end

--- An index for a shape to come.
function Shapes:reserve()
  self.count = self.count + 1
  return self.count
end

local function local_key(shape)
  local parts = { shape.kind, shape.name or "", shape.traits or "" }
  for _, member in ipairs(shape.members) do
    parts[#parts + 1] = member.name
    parts[#parts + 1] = (member.required and "!" or "") .. (member.traits or "")
  end
  return table.concat(parts, "\0")
end

local function classify(self, key_of)
  local class_of, known, count = {}, {}, 0
  for index = 1, self.count do
    local key = key_of(index, self.list[index])
    if not known[key] then
      count = count + 1
      known[key] = count
    end
    class_of[index] = known[key]
  end
  return class_of, count
end

--- The classes, those of several groups first, and the group of each.
local function in_order(self, class_of)
  local groups, own, order = {}, {}, {}
  for index = 1, self.count do
    local class, group = class_of[index], self.list[index].group
    if groups[class] == nil then
      groups[class], own[#own + 1] = group, class
    elseif groups[class] ~= group then
      groups[class] = SEVERAL
    end
  end
  for _, common in ipairs { true, false } do
    for _, class in ipairs(own) do
      if (groups[class] == SEVERAL) == common then order[#order + 1] = class end
    end
  end
  return order, groups
end

--- Splits what looks alike until what is left together is alike at every depth.
function Shapes:share()
  local class_of, count = classify(self, function(_, shape) return local_key(shape) end)
  local before
  repeat
    before = count
    local now = class_of
    class_of, count = classify(self, function(index, shape)
      local parts = { now[index] }
      for i, member in ipairs(shape.members) do
        parts[i + 1] = now[member.shape]
      end
      return table.concat(parts, ",")
    end)
  until count == before
  self.class_of, self.one = class_of, {}
  self.order, self.group = in_order(self, class_of)
  for index = self.count, 1, -1 do
    self.one[class_of[index]] = self.list[index]
  end
end

--- The strings and traits that the shapes are made of.
---@param strings table
---@return { node: integer, group: string }[] traits
function Shapes:announce(strings)
  local traits = {}
  local function add(node, group)
    if node then traits[#traits + 1] = { node = node, group = group } end
  end
  for _, class in ipairs(self.order) do
    local shape, group = self.one[class], self.group[class]
    if shape.name then strings:use(shape.name, group) end
    add(shape.traits, group)
    for _, member in ipairs(shape.members) do
      if shape.kind == "structure" then strings:use(member.name, group) end
      add(member.traits, group)
    end
  end
  return traits
end

local function encode(self, shape, strings, values)
  local flags = shape.traits and HAS_TRAITS or 0
  local parts = {
    string.char(KINDS[shape.kind] | flags),
    varint(shape.name and strings:at(shape.name) + 1 or 0),
    shape.traits and varint(values:place(shape.traits)) or "",
    shape.kind == "structure" and varint(#shape.members) or "",
  }
  for _, member in ipairs(shape.members) do
    if shape.kind == "structure" then
      parts[#parts + 1] = varint(strings:at(member.name) << 1 | (member.required and 1 or 0))
    end
    parts[#parts + 1] = string.pack("<I3", self.at[self.class_of[member.shape]] or 0)
    parts[#parts + 1] = varint(member.traits and values:place(member.traits) + 1 or 0)
  end
  return table.concat(parts)
end

--- Stores the shapes; tells `values` where each announced one lies.
---@return string section
function Shapes:place(strings, values)
  local parts, size, at = {}, 0, {}
  self.at = {}
  for _, class in ipairs(self.order) do
    at[class] = size
    size = size + #encode(self, self.one[class], strings, values)
  end
  self.at = at
  for i, class in ipairs(self.order) do
    parts[i] = encode(self, self.one[class], strings, values)
  end
  for index = 1, self.count do
    values.shape_at[index] = at[self.class_of[index]]
  end
  return table.concat(parts)
end

return { new = function() return setmetatable({ list = {}, count = 0 }, Shapes) end }
