-- Packed values: what is the same at two places is stored once. A value becomes a node
-- (an integer) when it is announced, and bytes when everything is known.
local keys_of = require "engine.value".keys
local strings_of = require "aws.pack.strings"

local SEVERAL <const>, varint = strings_of.SEVERAL, strings_of.varint

local SIMPLE, INTEGER, NEGATIVE, NUMBER, STRING, LIST, MAP, SHARED = 0, 1, 2, 3, 4, 5, 6, 7
local NULL, FALSE, TRUE, SHAPE = 0, 1, 2, 3
local SHARED_MIN_BYTES = 5 -- what is shorter than a reference to it is repeated

local char = string.char

local function head(tag, number)
  if number < 31 then return char(tag | number << 3) end
  return char(tag | 31 << 3) .. varint(number - 31)
end

local Values = {}
Values.__index = Values

--- A shape as a value; the number is the packer's own until shapes have their offsets.
function Values.shape(index) return { __shape = index } end

local function is_list(value)
  local mark = getmetatable(value)
  return value[1] ~= nil or (mark and mark.__name == "list") or false
end

local function intern(self, key, make)
  local node = self.known[key]
  if not node then
    node = #self.nodes + 1
    self.nodes[node] = make
    self.known[key] = node
  end
  return node
end

local function list_node(self, value)
  local ids = {}
  for i, element in ipairs(value) do
    ids[i] = self:node(element)
  end
  return intern(self, "[" .. table.concat(ids, ","), { tag = LIST, ids = ids })
end

local function map_node(self, value)
  local names, ids, key = keys_of(value), {}, {}
  for i, name in ipairs(names) do
    ids[i] = self:node(value[name])
    key[i] = name .. "=" .. ids[i]
  end
  return intern(self, "{" .. table.concat(key, "\0"), { tag = MAP, ids = ids, names = names })
end

--- Announces a value.
---@param value any what JSON can say, and Values.shape(i) in it
---@return integer node
function Values:node(value)
  local kind = type(value)
  if kind == "string" then
    return intern(self, "s" .. value, { tag = STRING, value = value })
  elseif kind == "table" then
    if value.__shape then
      return intern(self, "h" .. value.__shape, { tag = SIMPLE, shape = value.__shape })
    end
    return is_list(value) and list_node(self, value) or map_node(self, value)
  elseif math.type(value) == "integer" then
    local tag = value < 0 and NEGATIVE or INTEGER
    return intern(self, "i" .. value, { tag = tag, value = value < 0 and -1 - value or value })
  elseif kind == "number" then
    return intern(self, "n" .. ("%a"):format(value), { tag = NUMBER, value = value })
  elseif kind == "boolean" then
    return intern(self, value and "t" or "f", { tag = SIMPLE, value = value and TRUE or FALSE })
  end
  return intern(self, "null", { tag = SIMPLE, value = NULL })
end

-- Which group each node is of; what is of several is looked into once more as such.
local function group_all(self, roots)
  local groups = {}
  local function visit(node, group)
    local first = groups[node]
    if first == group or first == SEVERAL then return end
    groups[node] = first and SEVERAL or group
    for _, id in ipairs(self.nodes[node].ids or {}) do visit(id, groups[node]) end
  end
  for _, root in ipairs(roots) do visit(root.node, root.group) end
  return groups
end

--- Counts who uses each node, and the strings that they are made of.
---@param roots { node: integer, group: string }[]
function Values:count(roots)
  local uses, strings, groups = {}, self.strings, group_all(self, roots)
  local common = {}
  local function visit(node)
    uses[node] = (uses[node] or 0) + 1
    if uses[node] > 1 then return end
    local made, group = self.nodes[node], groups[node]
    if group == SEVERAL then common[#common + 1] = node end
    if made.tag == STRING then strings:use(made.value, group) end
    for i, id in ipairs(made.ids or {}) do
      if made.names then strings:use(made.names[i], group) end
      visit(id)
    end
  end
  for _, root in ipairs(roots) do
    visit(root.node)
  end
  self.uses, self.common = uses, common
end

local function plain(self, made)
  local tag = made.tag
  if made.shape then return head(SIMPLE, SHAPE) .. varint(self.shape_at[made.shape]) end
  if tag == STRING then return head(tag, self.strings:at(made.value)) end
  if tag == NUMBER then return head(tag, 0) .. string.pack("<d", made.value) end
  if not made.ids then return head(tag, made.value) end
  local parts = { head(tag, #made.ids) }
  for i, id in ipairs(made.ids) do
    local name = made.names and varint(self.strings:at(made.names[i])) or ""
    parts[#parts + 1] = name .. self:bytes(id)
  end
  return table.concat(parts)
end

local function store(self, bytes)
  local at = self.size
  self.parts[#self.parts + 1] = bytes
  self.size = at + #bytes
  return at
end

--- The bytes that stand for a node inside another.
function Values:bytes(node)
  local at = self.stored[node]
  if at then return head(SHARED, at) end
  local made = self.nodes[node]
  local bytes = plain(self, made)
  if not made.ids or (self.uses[node] or 1) < 2 or #bytes < SHARED_MIN_BYTES then return bytes end
  at = store(self, bytes)
  self.stored[node] = at
  return head(SHARED, at)
end

--- Stores a node for itself.
---@param node integer
---@return integer offset
function Values:place(node)
  local at = self.stored[node]
  if not at then
    at = store(self, plain(self, self.nodes[node]))
    self.stored[node] = at
  end
  return at
end

--- Stores what several groups share before anything else.
function Values:place_common()
  for _, node in ipairs(self.common) do
    if self.nodes[node].ids then self:bytes(node) end
  end
end

---@return string
function Values:section() return table.concat(self.parts) end

return {
  shape = Values.shape,
  new = function(strings)
    return setmetatable({
      strings = strings, known = {}, nodes = {}, stored = {}, parts = {}, size = 0, uses = {},
      shape_at = {},
    }, Values)
  end,
}
