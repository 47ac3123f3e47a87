-- What plan and apply of one stack have in common: ports, providers, the reader, and the few
-- questions that both ask of a resource.
local diff = require "engine.diff"
local failure = require "engine.failure"
local owner = require "engine.owner"
local reader = require "engine.reader"
local schema = require "engine.schema"
local tasks = require "engine.tasks"
local value = require "engine.value"

local context = {}
context.__index = context

---@param ports table
---@param options { state: table, providers: table<string, table>, stack: string|nil }
---@return table context
function context.new(ports, options)
  local state = options.state
  return setmetatable({
    ports = ports, providers = options.providers, state = state,
    stack = { name = options.stack or state.stack, id = state.id }, key = state.key,
    reader = reader.new(ports, options.providers), records = {}, called = {},
  }, context)
end

--- The schema record of a resource or a row.
---@param resource { provider: string, type: string }
---@return table
function context:record(resource)
  local key = resource.provider .. "\0" .. resource.type
  local record = self.records[key]
  if not record then
    local provider = self.providers[resource.provider]
    record = provider and provider.schema(resource.type)
    if not record then
      failure.raise { what = ("nobody knows the type %s of %s")
        :format(resource.type, resource.name),
        where = resource.source, next = "evaluate the recipe that defines it" }
    end
    self.records[key] = record
  end
  return record
end

--- What is added to a failure that has to do with a resource.
---@return { where: string }
function context.about(_, resource)
  local label = ("%s (%s)"):format(resource.name or "?", resource.type)
  return { where = resource.source and resource.source .. ": " .. label or label }
end

--- Which top-level properties have to be read: declared ones, those applied last, and those that
--- others refer to.
---@param record table
---@param want table|nil
---@param last table|nil
---@param attributes table<string, boolean>|nil
---@return table<string, boolean>
function context.wanted(record, want, last, attributes)
  local result = {}
  for property in pairs(want or {}) do result[property] = true end
  for property in pairs(last or {}) do result[property] = true end
  for attribute in pairs(attributes or {}) do
    if attribute ~= "Ref" then
      result[attribute:match "^[^.]+"] = true
    elseif type(record.ref) == "string" then
      result[record.ref] = true
    end
  end
  return result
end

--- The live properties as the declared ones are written.
---@return table|false
function context:canonical(resource, have)
  return have and schema.canonical(self:record(resource), have)
end

--- An attribute of something that is there; nil where it has no value.
---@param resource { provider: string, type: string, identifier: string }
---@param have table
---@param attribute string "Ref", or a path such as "Endpoint.Address"
function context:attribute(resource, have, attribute)
  if attribute == "Ref" then
    return schema.ref(self:record(resource), resource.identifier, have)
  end
  if have[attribute] ~= nil then return have[attribute] end
  local at = have
  for step in attribute:gmatch "[^.]+" do
    if type(at) ~= "table" then return nil end
    at = at[step]
  end
  return at
end

--- Runs a look-up, each one once, however many ask for it.
function context:call(place, lookup)
  local key = place.key .. "\0" .. self.ports.json(lookup)
  local asked = self.called[key]
  if not asked then
    asked = tasks.signal()
    self.called[key] = asked
    asked:fire(tasks.try(function() return self.providers[place.provider].call(place, lookup) end))
  end
  local ok, result = asked:wait()
  if not ok then error(result, 0) end
  return result
end

--- A copy that may be written down: each secret is a keyed digest.
function context:sealed(v)
  return value.sealed(v, self.ports.digest, self.key)
end

--- Properties as a row keeps what was applied: no secret, and a digest of what AWS never shows.
---@param resource table
---@param want table
---@return table
function context:applied(resource, want)
  return diff.sealed(self:record(resource), want, self.ports.digest, self.key)
end

--- The tags that say whose a resource is.
---@param name string
---@param op string|nil
---@param protected boolean|nil
---@return table<string, string>
function context:ownership(name, op, protected)
  return { ["mrun:stack"] = owner.stack_tag(self), ["mrun:resource"] = name,
    ["mrun:op"] = op, ["mrun:protect"] = protected and "true" or nil }
end

function context:emit(event)
  if self.ports.emit then self.ports.emit(event) end
end

return context
