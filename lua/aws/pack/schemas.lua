-- CloudFormation's resource schemas: us-east-1 as the base, each other region as what
-- differs from it. Descriptions go to the documentation.
local fs = require "native.fs"
local json = require "native.json"
local keys_of = require "engine.value".keys

local BASE = "us-east-1"
local NOT_THERE = json.null -- a type of the base that a region does not have

local schemas = {}

local function read_json(path)
  local value, failure = json.decode(nil, assert(fs.read(path)))
  return value or error(path .. ": " .. tostring(failure), 0)
end

--- Takes the descriptions out; a property may itself be named description.
local function take_descriptions(node, in_properties)
  if type(node) ~= "table" then return end
  if not in_properties and type(node.description) == "string" then node.description = nil end
  for name, child in pairs(node) do
    local names = name == "properties" or name == "patternProperties" or name == "definitions"
    take_descriptions(child, names and not in_properties)
  end
end

local function document(out, schema)
  local documentation, type_name = out.documentation, schema.typeName
  documentation:add(type_name, schema.description)
  for name, property in pairs(schema.properties or {}) do
    documentation:add(type_name .. "." .. name, property.description)
  end
  for definition, described in pairs(schema.definitions or {}) do
    documentation:add(("%s/%s"):format(type_name, definition), described.description)
    local properties = type(described.properties) == "table" and described.properties or {}
    for name, property in pairs(properties) do
      documentation:add(("%s/%s.%s"):format(type_name, definition, name), property.description)
    end
  end
end

--- Each stored schema is read once, whichever regions share it.
local function reader(out, root)
  local known = {}
  return function(id)
    if not known[id] then
      local schema = read_json(("%s/resources/%s.json"):format(root, id))
      document(out, schema)
      take_descriptions(schema)
      known[id] = schema
    end
    return known[id]
  end
end

local function add_region(out, region, base, read)
  local kind = "schema:" .. region.name
  for _, type_name in ipairs(keys_of(region.types)) do
    local id = region.types[type_name]
    if base[type_name] ~= id then out:record(kind, type_name, read(id)) end
  end
  for _, type_name in ipairs(keys_of(base)) do
    if not region.types[type_name] then out:record(kind, type_name, NOT_THERE) end
  end
end

---@param out table of aws.pack.file
---@param root string cfn-lint's folder of schemas
function schemas.add(out, root)
  local read = reader(out, root)
  local base = read_json(("%s/providers/%s.json"):format(root, BASE))
  for _, type_name in ipairs(keys_of(base)) do
    out:record("schema", type_name, read(base[type_name]))
  end
  local files = assert(fs.list(root .. "/providers"))
  table.sort(files)
  for _, name in ipairs(files) do
    local region = name:match "^(%l%l%l?%l?%-.*%d)%.json$"
    if region and region ~= BASE then
      local types = read_json(root .. "/providers/" .. name)
      add_region(out, { name = region, types = types }, base, read)
    end
  end
end

return schemas
