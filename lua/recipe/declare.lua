--- Declaring a resource: its name, properties and options are checked and copied, and a
--- handle is given back.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local options = require "recipe.options"
local plain = require "recipe.plain"
local position = require "recipe.position"
local schema = require "engine.schema"
local value = require "engine.value"

local declare = {}

local function did_you_mean(nearest, otherwise)
  return nearest and ("did you mean %s?"):format(nearest) or otherwise
end

---@param nearest string|nil
---@param type_name string
local function see_types(nearest, type_name)
  return did_you_mean(nearest, "mrun types " .. type_name .. " lists what it has")
end

--- The full name of a resource, checked.
---@param ev table
---@param name any
---@return string
function declare.name(ev, name)
  if type(name) ~= "string" or not name:find("^[%w._-]+$") then
    local shown = type(name) == "string" and ("%q"):format(name) or "a " .. type(name)
    failure.raise { what = ("%s cannot be the name of a resource"):format(shown),
      next = "names are made of letters, digits and . _ -" }
  end
  return ev.prefix .. name
end

local function check_duplicate(ev, name)
  local other = ev.by_name[name]
  if other then
    failure.raise { what = ("there are two resources named %s"):format(name),
      next = ("the other one is declared at %s; give one of them another name"):format(other.source)
    }
  end
end

local function refuse_property(ev, record, name, source)
  local path, line = source:match("^(.*):(%d+)$")
  local nearest = schema.nearest(name, value.keys(record.properties))
  failure.raise {
    what = ("%s has no property %s"):format(record.type, name),
    where = path and ("%s:%d"):format(path,
      position.of_key(ev.inputs.sources[path], tonumber(line), name)),
    next = see_types(nearest, record.type),
  }
end

local function check_property(ev, record, name, source)
  if type(name) ~= "string" then
    failure.raise { what = ("a resource takes properties by name, not a %s"):format(type(name)),
      next = "write Name = value inside the braces" }
  end
  if not record.properties[name] then
    if name:find("^%l") then options.check(name, nil, record) end
    refuse_property(ev, record, name, source)
  end
end

--- Splits what stands in the braces into properties and options, both checked and copied.
local function read_body(ev, inside, body)
  local properties, chosen = {}, {}
  for name, v in next, body do
    if type(name) == "string" and options.has(name) then
      chosen[name] = options.check(name, v, inside.record)
    else
      check_property(ev, inside.record, name, inside.source)
      properties[name] = plain.copy(v, name)
    end
  end
  return properties, chosen
end

--- Tags as a map, from either spelling; nil when they cannot be merged with.
local function tag_map(tags)
  if tags == nil then return {} end
  if type(tags) ~= "table" or value.is_opaque(tags) then return nil end
  if not value.is_list(tags) then return value.copy(tags) end
  local map = {}
  for _, tag in ipairs(tags) do
    if type(tag) ~= "table" or type(tag.Key) ~= "string" then return nil end
    map[tag.Key] = tag.Value
  end
  return map
end

--- Adds the place's default tags; the resource's own win.
---@param properties table
---@param record table|nil
---@param place table
---@return table properties
function declare.with_default_tags(properties, record, place)
  local defaults = place and place.default_tags
  if not defaults or not next(defaults) or not record or not record.taggable or not record.tags then
    return properties
  end
  local own = tag_map(properties[record.tags])
  if not own then return properties end
  local merged = plain.copy(defaults, "default_tags")
  for key, v in next, own do merged[key] = v end
  local result = {}
  for key, v in next, properties do result[key] = v end
  result[record.tags] = merged
  return result
end

--- Enters a checked resource among the declared ones.
---@param ev table
---@param inside table name, type, provider, place, record, properties, options, source
function declare.enter(ev, inside)
  check_duplicate(ev, inside.name)
  if inside.record and inside.record.secret then schema.hide(inside.record, inside.properties) end
  local resource = {
    name = inside.name, type = inside.type, provider = inside.provider, place = inside.place,
    properties = declare.with_default_tags(inside.properties, inside.record, inside.place),
    options = inside.options, source = inside.source,
  }
  ev.by_name[inside.name] = inside
  ev.resources[#ev.resources + 1] = resource
end

local function attribute_about(inside, name)
  local node = inside.record.properties[name]
  local kind = type(node) == "table" and node.type
  local scalar = name == "Ref" or kind == "string" or kind == "integer" or kind == "number"
    or kind == "boolean"
  return { where = inside.source, scalar = scalar }
end

local function ref(inside)
  if not schema.has_ref(inside.record) then
    failure.raise { what = ("%s has no Ref, so %s cannot stand for a value itself"):format(
      inside.type, inside.name), next = "name an attribute of it: "
        .. table.concat(value.keys(inside.record.attributes or {}), ", ") }
  end
  return value.attribute(inside.name, "Ref", attribute_about(inside, "Ref"))
end

--- A deferred attribute; the Ref for "Ref".
---@param inside table of a resource
---@param name string
---@return table
function declare.attribute(inside, name)
  if inside.absent then
    failure.raise { what = ("%s is not declared: its `when` is false"):format(inside.name),
      next = "use it only where the same condition holds" }
  end
  if name == "Ref" then return ref(inside) end
  local has, nearest = schema.attribute(inside.record, name)
  if has then return value.attribute(inside.name, name, attribute_about(inside, name)) end
  failure.raise { what = ("%s has no attribute %s"):format(inside.type, name),
    next = see_types(nearest, inside.type) }
end

local function read_member(handle, key)
  local inside = objects.inside(handle)
  if type(key) ~= "string" then
    failure.raise { what = ("the resource %s has no element %s"):format(inside.name, tostring(key)),
      next = "name an attribute of it" }
  end
  local declared = inside.properties and inside.properties[key]
  if declared ~= nil then return value.copy(declared) end
  return declare.attribute(inside, key)
end

local function as_value(v)
  local inside = objects.inside(v)
  if inside and inside.ref then return inside.ref() end
  return v
end

local HANDLE = misuse.metatable {
  __index = read_member,
  __concat = function(a, b) return as_value(a) .. as_value(b) end,
}

--- A handle of a resource: what the recipe holds.
---@param inside table
---@return table
function declare.handle(inside)
  inside.kind = "resource"
  inside.text = inside.name
  inside.example = inside.record and inside.record.identifier and inside.record.identifier[1]
  inside.ref = function() return declare.attribute(inside, "Ref") end
  return objects.new(inside, HANDLE)
end

local function check_body(inside, body)
  if type(body) ~= "table" or misuse.special(body) then
    failure.raise { what = ("%s takes its properties in braces"):format(inside.name),
      next = ("write %s %q { Property = value }"):format(inside.type, inside.name) }
  end
end

--- Declares a resource of a type, from a recipe: the second call of `aws.EC2.VPC "Name" {...}`.
---@param ev table
---@param base table name, type, provider, record, place (a function, asked only now), source
---@param body table
---@return table handle
function declare.resource(ev, base, body)
  check_body(base, body)
  if ev.closed then
    failure.raise { what = ("%s is declared too late: the recipe has been evaluated"):format(
      base.name), next = "declare resources outside of apply and each" }
  end
  local inside = {
    name = base.name, type = base.type, provider = base.provider, record = base.record,
    source = position.of(ev.chunks) or base.source,
  }
  inside.properties, inside.options = read_body(ev, inside, body)
  inside.absent = inside.options.when == false
  inside.options.when = nil
  if not inside.absent then
    inside.place = base.place()
    declare.enter(ev, inside)
  end
  return declare.handle(inside)
end

return declare
