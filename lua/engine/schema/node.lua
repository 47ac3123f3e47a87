--- Walking a CloudFormation schema: references, members, items, types.
local node = {}

local NOTHING = {}
local MAX_REFERENCES = 32
local COMBINED = { "allOf", "anyOf", "oneOf" }

local function follow(raw, pointer)
  local at = raw
  for step in pointer:gmatch("[^/]+") do
    if type(at) ~= "table" then return nil end
    at = at[step:gsub("~1", "/"):gsub("~0", "~")]
  end
  return at
end

--- The node behind a `$ref`; a reference that leads out of the schema says nothing.
---@param raw table the whole schema
---@param n table|nil
---@return table
function node.resolve(raw, n)
  if type(n) == "table" and n["$ref"] == nil then return n end
  for _ = 1, MAX_REFERENCES do
    if type(n) ~= "table" then return NOTHING end
    local reference = n["$ref"]
    if type(reference) ~= "string" then return n end
    n = reference:sub(1, 2) == "#/" and follow(raw, reference:sub(3)) or NOTHING
  end
  return NOTHING
end

-- A schema never changes, so the set of types of a node is made once.
local types_of = setmetatable({}, { __mode = "k" })

--- The types that a node allows, as a set; nil where it says nothing.
---@param n table resolved
---@return table<string, boolean>|nil
function node.types(n)
  local types = n.type
  if types == nil then return nil end
  local set = types_of[n]
  if set then return set end
  set = {}
  if type(types) == "string" then
    set[types] = true
  elseif type(types) == "table" then
    for _, name in ipairs(types) do set[name] = true end
  else
    return nil
  end
  types_of[n] = set
  return set
end

local function pattern_member(n, key, match)
  if type(n.patternProperties) ~= "table" then return nil end
  local any
  for pattern, member in next, n.patternProperties do
    if not match or match(pattern, key) ~= false then any = any or member end
  end
  return any
end

--- The node of a map's member, or nil where the schema has none of that name.
---@param raw table
---@param n table
---@param key string
---@param match (fun(pattern: string, text: string): boolean|nil)|nil
---@return table|nil
function node.member(raw, n, key, match)
  n = node.resolve(raw, n)
  local own = type(n.properties) == "table" and n.properties[key] or pattern_member(n, key, match)
  if own then return node.resolve(raw, own) end
  for _, word in ipairs(COMBINED) do
    for _, part in ipairs(type(n[word]) == "table" and n[word] or NOTHING) do
      local found = node.member(raw, part, key, match)
      if found then return found end
    end
  end
  return type(n.additionalProperties) == "table" and node.resolve(raw, n.additionalProperties)
    or nil
end

--- The node of a list's items; empty where the schema says nothing of them.
---@param raw table
---@param n table
---@return table
function node.items(raw, n)
  n = node.resolve(raw, n)
  if type(n.items) == "table" then return node.resolve(raw, n.items) end
  for _, word in ipairs(COMBINED) do
    for _, part in ipairs(type(n[word]) == "table" and n[word] or NOTHING) do
      local inner = node.resolve(raw, part)
      if type(inner.items) == "table" then return node.resolve(raw, inner.items) end
    end
  end
  return NOTHING
end

--- Whether the order of a list's items means nothing.
---@param n table resolved
---@return boolean
function node.order_free(n)
  return n.insertionOrder == false
end

--- Whether a node takes JSON in any shape: a policy, a document.
---@param n table resolved
---@return boolean
function node.is_document(n)
  local types = node.types(n)
  if n.properties or n.patternProperties or n.items then return false end
  if type(n.additionalProperties) == "table" then return false end
  return n.format == "json" or (types ~= nil and types.object == true)
end

return node
