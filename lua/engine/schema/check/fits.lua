--- Whether a value is plainly all that a node asks for; most are, and need no further look.
local node = require "engine.schema.node"

local fits = {}

local BOUND <const> = { "enum", "enumCaseInsensitive", "const", "pattern", "minLength", "maxLength",
  "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "allOf",
  "anyOf", "oneOf", "not", "if", "$ref" }

-- A schema never changes, so what its nodes ask for is looked up once.
local types = setmetatable({}, { __mode = "k" })
local members = setmetatable({}, { __mode = "k" })

local function type_alone(n)
  for _, word in ipairs(BOUND) do
    if n[word] ~= nil then return false end
  end
  return type(n.type) == "string" and n.type
end

--- The type of a node that asks for nothing else; false for every other node.
local function only_asks_for(n)
  local known = types[n]
  if known == nil then
    known = type_alone(n)
    types[n] = known
  end
  return known
end

---@param n table resolved node
---@param v any
---@return boolean
function fits.node(n, v)
  local asked = only_asks_for(n)
  return asked and (asked == type(v) or asked == math.type(v)) or false
end

--- The types of those members of a map of which nothing else is asked, by name.
---@param raw table the whole schema
---@param n table resolved node
---@return table<string, string>
function fits.members(raw, n)
  local known = members[n]
  if known then return known end
  known = {}
  for name, member in next, type(n.properties) == "table" and n.properties or {} do
    known[name] = only_asks_for(node.resolve(raw, member)) or nil
  end
  members[n] = known
  return known
end

return fits
