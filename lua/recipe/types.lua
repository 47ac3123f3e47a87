--- `resource_type "My::Thing" { schema, create, read, update, delete }`: types that a
--- recipe brings along.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local position = require "recipe.position"
local provider = require "recipe.provider"
local schema = require "engine.schema"

local types = {}

local FUNCTIONS = { "create", "read", "update", "delete" }

local function bad(name, what, next_step)
  failure.raise { what = ("resource_type %q %s"):format(name, what), next = next_step }
end

local function check(name, definition)
  if type(definition) ~= "table" or misuse.special(definition) then
    bad(name, "takes its description in braces",
      "write { schema = {...}, create = ..., read = ... }")
  end
  if type(definition.schema) ~= "table" or type(definition.schema.properties) ~= "table" then
    bad(name, "has no schema with properties", "give schema = { properties = { ... } }")
  end
  for _, verb in ipairs(FUNCTIONS) do
    if definition[verb] ~= nil and type(definition[verb]) ~= "function" then
      bad(name, ("takes a function as %s"):format(verb), "write function(...) ... end")
    end
  end
  for _, verb in ipairs { "create", "read", "delete" } do
    if not definition[verb] then bad(name, ("has no %s"):format(verb), "give it that function") end
  end
end

---@param ev table
---@return function
function types.define(ev)
  return function(name)
    if type(name) ~= "string" or not name:find("^%w+::[%w:]+$") then
      failure.raise { what = "resource_type takes a name with ::",
        next = 'write resource_type "My::Thing" { ... }' }
    end
    return function(definition)
      check(name, definition)
      if ev.types[name] or ev.schema("aws", name) then
        bad(name, "exists already", "give it another name")
      end
      local raw = {}
      for key, v in next, definition.schema do raw[key] = v end
      raw.typeName = name
      local record = schema.new(raw, definition)
      ev.types[name] = { name = name, record = record, source = position.of(ev.chunks),
        create = definition.create, read = definition.read, update = definition.update,
        delete = definition.delete }
      local inside = { kind = "provider", name = "recipe", options = {}, text = "the recipe",
        place = { provider = "recipe", key = "recipe", display = "recipe" } }
      return provider.type(ev, inside, name, record)
    end
  end
end

return types
