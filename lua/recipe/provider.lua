--- `provider "aws"`: what stands behind aws.EC2.VPC, aws.Region, aws.lookup and aws.call.
local declare = require "recipe.declare"
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local plain = require "recipe.plain"
local position = require "recipe.position"
local schema = require "engine.schema"
local value = require "engine.value"

local provider = {}

local READS = { "Describe", "Get", "List", "Search", "BatchGet", "Lookup", "Head", "Scan", "Query" }

local function names_of(list)
  if list and #list > 0 then return list end
  return value.keys(list or {})
end

local function hint(nearest, otherwise)
  return nearest and ("did you mean %s?"):format(nearest) or otherwise
end

--- The place that a provider object stands for; asked for once, when it is needed.
local function place_of(ev, inside)
  if not inside.place then
    inside.place = ev.limits:aside(ev.host.place, inside.name, inside.options)
  end
  return inside.place
end

--- The place of a provider object.
---@param ev table
---@param handle table
---@return table
function provider.place(ev, handle)
  return place_of(ev, objects.inside(handle))
end

-- Look-ups ------------------------------------------------------------------------------

local function look_up(ev, inside, lookup)
  local place = place_of(ev, inside)
  if value.contains_deferred(lookup) then return value.lookup(place, lookup) end
  return ev.inputs:lookup(inside.name, place, lookup)
end

local function check_read(operation)
  if type(operation) == "string" then
    for _, prefix in ipairs(READS) do
      if operation:sub(1, #prefix) == prefix then return end
    end
  end
  failure.raise {
    what = ("%s is not a read, and a recipe only reads"):format(tostring(operation)),
    next = "declare a resource for what should exist",
  }
end

local function call(ev, inside)
  return function(service, operation, parameters)
    check_read(operation)
    return look_up(ev, inside, { "call", service, operation,
      plain.copy(parameters or {}, "the parameters") })
  end
end

local function lookups(ev, inside)
  local text = inside.text .. ".lookup"
  return objects.new({ kind = "lookups", text = text, hint = "call one of its look-ups" },
    misuse.metatable {
      __index = function(_, name)
        return function(argument)
          return look_up(ev, inside, { name, plain.copy(argument, "the argument") })
        end
      end,
    })
end

-- What a place knows --------------------------------------------------------------------

local function account(ev, inside)
  local identity = look_up(ev, inside, { "identity" })
  if type(identity) ~= "table" or value.is_opaque(identity) then return identity end
  return identity.Account or identity.account
end

local function partition(place)
  if place.partition then return place.partition, place.dns_suffix end
  local region = place.region or ""
  if region:find("^cn%-") then return "aws-cn", "amazonaws.com.cn" end
  if region:find("^us%-gov%-") then return "aws-us-gov", "amazonaws.com" end
  return "aws", "amazonaws.com"
end

local KNOWN = {
  Region = function(ev, inside) return place_of(ev, inside).region end,
  AccountId = account,
  Partition = function(ev, inside) return (partition(place_of(ev, inside))) end,
  URLSuffix = function(ev, inside)
    local _, suffix = partition(place_of(ev, inside))
    return suffix or "amazonaws.com"
  end,
  lookup = lookups,
  call = call,
}

--- AWS::Region and its like, for both front ends.
---@param ev table
---@param handle table a provider
---@param name string
---@return any
function provider.known(ev, handle, name)
  return KNOWN[name](ev, objects.inside(handle))
end

-- Types ---------------------------------------------------------------------------------

local function namespaces(name)
  return { "", name:upper() .. "::", name:sub(1, 1):upper() .. name:sub(2) .. "::" }
end

local function find_type(ev, name, path)
  for _, namespace in ipairs(namespaces(name)) do
    local record = ev.schema(name, namespace .. path)
    if record then return namespace .. path, record end
  end
end

--- The path of a type as a recipe writes it: "AWS::EC2::VPC" is "EC2.VPC".
local function spelled(name, type_name)
  for _, namespace in ipairs(namespaces(name)) do
    if namespace ~= "" and type_name:sub(1, #namespace) == namespace then
      return (type_name:sub(#namespace + 1):gsub("::", "."))
    end
  end
  return (type_name:gsub("::", "."))
end

local function refuse_type(ev, inside, path)
  local all = {}
  for i, type_name in ipairs(ev.limits:aside(ev.host.types, inside.name) or {}) do
    all[i] = spelled(inside.name, type_name)
  end
  for known in next, KNOWN do all[#all + 1] = known end
  local wanted = path:gsub("::", ".")
  local nearest = schema.nearest(wanted, all)
  failure.raise {
    what = ("%s has no type %s"):format(inside.name, wanted),
    next = hint(nearest and inside.name .. "." .. nearest, "mrun types lists them"),
  }
end

local function pending(ev, inside, type_name, record, name)
  local base = {
    name = declare.name(ev, name), type = type_name, provider = inside.name, record = record,
    source = position.of(ev.chunks), place = function() return place_of(ev, inside) end,
  }
  local entry = { name = base.name, source = base.source }
  ev.pending[entry] = true
  return function(body, ...)
    if select("#", ...) > 0 then
      failure.raise { what = ("%s takes one table of properties"):format(base.name),
        next = "write them in braces after the name" }
    end
    ev.pending[entry] = nil
    return declare.resource(ev, base, body)
  end
end

--- What `aws.EC2.VPC` is: called with a name, it waits for the properties.
---@param ev table
---@param inside table of the provider
---@param type_name string
---@param record table
---@return table
function provider.type(ev, inside, type_name, record)
  return objects.new({
    kind = "type", text = type_name, hint = ("write %s \"Name\" { ... }"):format(type_name),
  }, misuse.metatable {
    __call = function(_, name) return pending(ev, inside, type_name, record, name) end,
  })
end

local function service(ev, inside, first)
  return objects.new({
    kind = "service", text = ("%s.%s"):format(inside.name, tostring(first)),
    hint = "add the name of a type to it",
  }, misuse.metatable {
    __index = function(_, second)
      local path = ("%s::%s"):format(first, tostring(second))
      local type_name, record = find_type(ev, inside.name, path)
      if not type_name then refuse_type(ev, inside, path) end
      return provider.type(ev, inside, type_name, record)
    end,
    __call = function() refuse_type(ev, inside, first) end,
    __concat = function() refuse_type(ev, inside, first) end,
  })
end

local function member(ev, inside, key)
  if type(key) ~= "string" then misuse.refuse(inside.proxy, "indexed with a " .. type(key)) end
  if KNOWN[key] then return KNOWN[key](ev, inside) end
  local type_name, record = find_type(ev, inside.name, key)
  if type_name then return provider.type(ev, inside, type_name, record) end
  return service(ev, inside, key)
end

-- The provider itself -------------------------------------------------------------------

local new

local function with_options(ev, inside, given)
  if type(given) ~= "table" or misuse.special(given) then
    failure.raise { what = ("%s takes a table of options"):format(inside.name),
      next = ("write %s { Region = \"...\" }"):format(inside.name) }
  end
  local chosen = plain.copy(given, "the options")
  if value.contains_deferred(chosen) then
    failure.raise { what = ("the options of %s must be known now"):format(inside.name),
      next = "use a parameter or a look-up" }
  end
  local merged = plain.copy(inside.options, "the options")
  for key, v in next, chosen do merged[key] = v end
  return new(ev, inside.name, merged)
end

function new(ev, name, options)
  local inside = { kind = "provider", name = name, options = options,
    text = ("provider %q"):format(name) }
  inside.proxy = objects.new(inside, misuse.metatable {
    __index = function(_, key) return member(ev, inside, key) end,
    __call = function(_, given) return with_options(ev, inside, given) end,
  })
  return inside.proxy
end

--- The provider of this name, in its usual place.
---@param ev table
---@param name string
---@return table
function provider.open(ev, name)
  if type(name) ~= "string" then
    failure.raise { what = "provider takes a name", next = "write provider \"aws\"" }
  end
  local known = names_of(ev.host.providers)
  for _, candidate in ipairs(known) do
    if candidate == name then return new(ev, name, {}) end
  end
  failure.raise { what = ("there is no provider %q"):format(name),
    next = hint(schema.nearest(name, known), "the providers are " .. table.concat(known, ", ")) }
end

return provider
