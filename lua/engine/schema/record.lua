--- What the engine and both front ends know of a type: AWS's schema, corrected by its handler.
local failure = require "engine.failure"
local node = require "engine.schema.node"
local path = require "engine.schema.path"
local plain = require "engine.value.plain"

local record = {}

---@class Share another type of which each resource adds an item to a list of this one
---@field type string
---@field item fun(want: table, have: table, identifier: string|nil): any its item, if any
---@field same nil|fun(item: any, live: any): boolean whether that is this live one

---@class SchemaRecord
---@field type string
---@field raw table the schema as AWS gives it
---@field properties table<string, table>
---@field required string[]
---@field identifier string[]
---@field create_only table<string, boolean> path patterns such as "Ebs/*/Size"
---@field conditional table<string, boolean>
---@field read_only table<string, boolean>
---@field write_only table<string, boolean>
---@field tags string|nil the property that holds the tags
---@field tag_form "list"|"map"|nil how AWS writes them
---@field taggable boolean
---@field replacement "create_first"|"delete_first"|nil
---@field exclusive string[]
---@field defaults table<string, any>
---@field attached table<string, boolean> what mrun attaches, and takes off again
---@field refused table<string, string> what the service's API cannot write, and what to do instead
---@field keyed table<string, string|boolean>
---@field equal table<string, function>|function|nil
---@field secret table<string, boolean>
---@field ref string|function|boolean|nil
---@field attributes table<string, boolean>
---@field shares table<string, Share> lists to which resources of another type add
---@field refers table<string, table> where references to other types stand: { type, filter = }
---@field left_out table<string, true|fun(v: any, have: table): boolean> what a recipe written of
---  something that exists does not say
---@field name_property string|nil
---@field name_limit integer|nil
---@field handler table|nil
---@field documentation string|nil

local REPLACEMENT = { create_then_delete = "create_first", delete_then_create = "delete_first" }

local function patterns(pointers)
  local set = {}
  for _, pointer in ipairs(pointers or {}) do set[path.pattern(pointer)] = true end
  return set
end

--- A list of names, or a map of them, as a set.
local function set_of(names)
  local set = {}
  if type(names) == "string" then names = { names } end
  for key, member in next, names or {} do
    if math.type(key) then set[member] = true else set[key] = member and true or nil end
  end
  return set
end

--- What the schema calls write-only, with what the handler cannot read back either, without what
--- it can.
local function write_only_of(raw, handler)
  local set = patterns(raw.writeOnlyProperties)
  for _, name in ipairs(handler.write_only or {}) do set[name] = true end
  for _, name in ipairs(handler.readable or {}) do set[name] = nil end
  return set
end

local function identifier_of(raw, handler)
  local own = handler.identifier
  if type(own) == "string" then return { own } end
  if type(own) == "table" then return own end
  local names = {}
  for i, pointer in ipairs(raw.primaryIdentifier or {}) do names[i] = path.pattern(pointer) end
  return names
end

--- Tags are a list of Key and Value, or a map; any other form is a property like others.
local function tag_form(raw, n)
  n = node.resolve(raw, n)
  local types = node.types(n)
  if types and types.array then
    local members = node.items(raw, n).properties
    if not members then return "list" end
    for name in next, members do
      if name ~= "Key" and name ~= "Value" then return nil end
    end
    return members.Key and members.Value and "list" or nil
  end
  if n.patternProperties or types and types.object and not n.properties then return "map" end
  return nil
end

local function tags_of(raw, handler)
  local tagging = raw.tagging or {}
  local name = path.pattern(tagging.tagProperty or "/properties/Tags")
  if handler.tags ~= nil then name = handler.tags end
  local n = name and raw.properties[name]
  if not n then return nil end
  local form = tag_form(raw, n)
  return form and name, form
end

local function attributes_of(raw, handler)
  local set = {}
  for name in next, raw.properties do set[name] = true end
  for key, member in next, handler.attributes or {} do
    if math.type(key) then set[member] = true else set[key] = member and true or nil end
  end
  return set
end

--- The property that names the resource for its owner: the only identifier, where it is declared.
local function name_of(raw, handler, self)
  if handler.name ~= nil then return handler.name or nil end
  local names = raw.primaryIdentifier or {}
  local name = #names == 1 and path.pattern(names[1])
  if not name or self.read_only[name] or not self.create_only[name] then return nil end
  local types = node.types(node.resolve(raw, raw.properties[name]))
  return types and types.string and name or nil
end

--- A handler says which of its properties are secret; without one, write-only is secret.
local function secrets_of(handler, write_only)
  if handler then return set_of(handler.secret) end
  return write_only
end

--- The schema with the formats that it leaves out and the handler knows.
local function with_formats(raw, formats)
  if not formats then return raw end
  local copy = plain.copy(raw)
  for name, format in next, formats do copy.properties[name].format = format end
  return copy
end

--- A record of this schema.
---@param raw table the CloudFormation schema, decoded
---@param handler table|nil
---@return SchemaRecord
function record.new(raw, handler)
  if type(raw) ~= "table" or type(raw.typeName) ~= "string" then
    failure.raise { what = "a schema needs a typeName", next = "see the schema of another type" }
  end
  if type(raw.properties) ~= "table" then
    failure.raise { what = ("the schema of %s has no properties"):format(raw.typeName) }
  end
  local own = handler or {}
  raw = with_formats(raw, own.formats)
  local self = {
    type = raw.typeName, raw = raw, handler = handler, properties = raw.properties,
    required = raw.required or {}, identifier = identifier_of(raw, own),
    create_only = patterns(raw.createOnlyProperties),
    conditional = patterns(raw.conditionalCreateOnlyProperties),
    read_only = patterns(raw.readOnlyProperties),
    write_only = write_only_of(raw, own),
    replacement = own.replacement or REPLACEMENT[raw.replacementStrategy],
    exclusive = own.exclusive or {}, defaults = own.defaults or {}, keyed = own.keyed or {},
    attached = set_of(own.attached), refused = own.refused or {}, equal = own.equal, ref = own.ref,
    shares = own.shares or {},
    holds_data = own.holds_data or false,
    refers = own.refers or {}, left_out = own.left_out or {},
    attributes = attributes_of(raw, own), documentation = raw.documentation,
  }
  self.tags, self.tag_form = tags_of(raw, own)
  self.taggable = self.tags ~= nil and not (raw.tagging and raw.tagging.taggable == false)
  self.secret = secrets_of(handler, self.write_only)
  self.name_property = name_of(raw, own, self)
  local named = self.name_property and node.resolve(raw, raw.properties[self.name_property])
  self.name_limit = own.name_limit or named and named.maxLength or nil
  return self
end

return record
