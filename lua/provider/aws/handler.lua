--- A type's handler, as its file declares it, with everything filled in that follows from the
--- service model, the schema and the service.
local services = require "provider.aws.services"

local handler = {}

local function as_table(x)
  return type(x) == "table" and x or { x }
end

local function copied(x)
  local copy = {}
  for key, v in pairs(x) do copy[key] = v end
  return copy
end

--- "VpcId" is filtered by as "vpc-id".
local function kebab(name)
  return (name:gsub("(%l)(%u)", "%1-%2"):lower())
end

local function primary_of(raw, own)
  if own then return as_table(own) end
  local names = {}
  for i, pointer in ipairs(raw.primaryIdentifier) do names[i] = pointer:match("[^/]+$") end
  return names
end

local function tags_property(raw)
  local pointer = raw.tagging and raw.tagging.tagProperty
  local name = pointer and pointer:match("[^/]+$")
  return name and raw.properties[name] and name or nil
end

local function prepare_read(made, operation)
  local read = copied(as_table(made.read))
  local facts = operation(made.service, read[1])
  if not read.item then
    read.items = read.items or read.top or facts:answers()
    read.top = read.items:match("^[^%.%[]+")
    read.filter = read.ids or read.filter or kebab(made.member)
    read.filters = facts:filters()
  end
  read.field = read.field or made.member
  return read
end

local function prepare_also(made, operation)
  local entries = {}
  for property, entry in pairs(made.also_read or {}) do
    local copy = type(entry) == "function" and { run = entry } or copied(as_table(entry))
    if copy[1] then copy.top = copy.top or operation(made.service, copy[1]):answers() end
    entries[property] = copy
  end
  return entries
end

local OPTIONAL = { "called", "have", "defaults", "update", "fresh", "order", "send" }

local function complete(made, raw, operation)
  made.schema, made.primary = raw, primary_of(raw, made.identifier)
  made.tags_property = tags_property(raw)
  made.common = services[made.service]
  for _, key in ipairs(OPTIONAL) do made[key] = made[key] or {} end
  made.member = made.called[made.primary[1]] or made.primary[1]
  made.create, made.delete = as_table(made.create), as_table(made.delete)
  made.read = prepare_read(made, operation)
  made.also_read = prepare_also(made, operation)
  return made
end

--- A type of which there are two kinds, each with operations of its own.
local function variants(made, raw, operation)
  local kinds = {}
  for name, own in pairs(made) do
    if type(own) == "table" and own.create and own.read then
      local kind = copied(made)
      for key, v in pairs(own) do kind[key] = v end
      kinds[name] = complete(kind, raw, operation)
    end
  end
  return kinds
end

--- Completes what a handler's file returns.
---@param type_name string
---@param file table what the file returns
---@param raw table the type's schema
---@param operation fun(service: string, name: string): table
---@return table
function handler.prepare(type_name, file, raw, operation)
  local made = copied(file)
  made.type = type_name
  if not made.variant then return complete(made, raw, operation) end
  made.kinds = variants(made, raw, operation)
  return made
end

--- Whether things of this type carry tags: a route does not.
---@param made table
---@return boolean
function handler.carries_tags(made)
  return (made.tagging or made.tags_property or made.create.tags) ~= nil
end

--- The handler of a resource's own kind.
---@param made table
---@param identifier string|nil
---@param want table|nil
---@return table
function handler.kind(made, identifier, want)
  if not made.kinds then return made end
  return made.kinds[made.variant(identifier, want)]
end

--- The parts of an identifier by name, under the schema's names and the API's.
---@param made table
---@param identifier string
---@return table<string, string>
function handler.fields(made, identifier)
  local fields, at = {}, 1
  if #made.primary == 1 then
    fields[made.primary[1]], fields[made.member] = identifier, identifier
    return fields
  end
  for part in (identifier .. "|"):gmatch("([^|]*)|") do
    fields[made.primary[at] or at] = part
    at = at + 1
  end
  return fields
end

--- The identifier of something with these fields, or nil where one is missing.
---@param made table
---@param fields table<string, any>
---@return string|nil
function handler.join(made, fields)
  if #made.primary == 1 then return fields[made.primary[1]] or fields[made.member] end
  local parts = {}
  for i, name in ipairs(made.primary) do
    if fields[name] == nil then return nil end
    parts[i] = fields[name]
  end
  return table.concat(parts, "|")
end

return handler
