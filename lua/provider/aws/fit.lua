--- Values made to fit: ours to the service model's shape, and the service's to the type's schema.
local json = require "json"
local url = require "aws.url"
local value = require "engine.value"

local fit = {}

local function integer(v)
  return math.tointeger(tonumber(v)) or v
end

local to_scalar = {
  string = tostring, integer = integer, long = integer,
  double = function(v) return tonumber(v) or v end,
  float = function(v) return tonumber(v) or v end,
  boolean = function(v)
    if v == "true" then return true end
    if v == "false" then return false end
    return v
  end,
}

--- The shape of a structure's member.
---@param shape table
---@param name string
---@return table|nil
function fit.member(shape, name)
  local member = shape:member(name)
  return member and member.shape
end

local function to_structure(shape, v, called)
  if type(v) ~= "table" then
    -- EC2 wraps what it modifies: { Value = true }
    return { Value = fit.to_shape(fit.member(shape, "Value"), v, called) }
  end
  local result = {}
  for name, member in pairs(v) do
    local theirs = fit.member(shape, name) and name or called[name] or name
    local inner = fit.member(shape, theirs)
    result[theirs] = inner and fit.to_shape(inner, member, called) or member
  end
  return result
end

local function list_member(shape)
  local first = shape:members()[1]
  return first and first.shape
end

--- A property's value as the member of this shape takes it: scalars of its kind, documents as JSON
--- text, nested members by the names that the API gives them.
---@param shape table
---@param v any
---@param called table<string, string>
---@return any
function fit.to_shape(shape, v, called)
  local kind = shape.kind
  if kind == "structure" then return to_structure(shape, v, called) end
  if kind == "list" and type(v) == "table" then
    local result, inner = {}, list_member(shape)
    for i, member in ipairs(v) do result[i] = fit.to_shape(inner, member, called) end
    return result
  end
  if type(v) == "table" then
    if kind ~= "string" then return v end
    return next(v) == nil and "" or json.encode(v)
  end
  local scalar = to_scalar[kind]
  return scalar and scalar(v) or v
end

--- A policy document as a table. IAM answers with it percent-encoded.
---@param text any
---@return any
function fit.document(text)
  if type(text) ~= "string" then return text end
  local plain = text:find("^%s*%%7B") and url.decode(text) or text
  if not plain:find("^%s*{") then return text end
  return json.decode(plain) or text
end

local function node_of(raw, node)
  local ref = node["$ref"]
  if not ref then return node end
  return (raw.definitions or {})[ref:match("[^/]+$")] or node
end

local function takes_document(node)
  local types = node.type
  if type(types) ~= "table" then return types == nil or types == "object" end
  for _, name in ipairs(types) do
    if name == "object" then return true end
  end
  return false
end

local function to_object(raw, node, v, called)
  local result = {}
  for name, inner in pairs(node.properties) do
    local member = v[name]
    if member == nil and called[name] then member = v[called[name]] end
    if member ~= nil then result[name] = fit.to_schema(raw, inner, member, called) end
  end
  return result
end

--- An answer's value as the type's schema describes it: only what the schema knows, by its names.
---@param raw table the whole schema, for its definitions
---@param node table the schema of this value
---@param v any
---@param called table<string, string>
---@return any
function fit.to_schema(raw, node, v, called)
  node = node_of(raw, node)
  if type(v) == "string" and takes_document(node) then return fit.document(v) end
  if type(v) ~= "table" then return v end
  if node.items then
    local result = value.list {}
    for i, member in ipairs(v) do result[i] = fit.to_schema(raw, node.items, member, called) end
    return result
  end
  if node.properties then return to_object(raw, node, v, called) end
  return v
end

return fit
