--- Types as AWS's schemas describe them: what may be declared, what can be read, what replaces.
local check = require "engine.schema.check"
local canonical = require "engine.schema.canonical"
local failure = require "engine.failure"
local nearest = require "engine.schema.nearest"
local node = require "engine.schema.node"
local path = require "engine.schema.path"
local plain = require "engine.value.plain"
local record = require "engine.schema.record"

local schema = {
  new = record.new, check = check, canonical = canonical.of, hide = canonical.hide,
  nearest = nearest,
}

local function nested(self, name)
  local at = self.raw
  for step in name:gmatch("[^.]+") do
    at = node.member(self.raw, at, step)
    if not at then return false end
  end
  return true
end

--- Whether resources of this type have the attribute; else the nearest that they have.
---@param self SchemaRecord
---@param name string
---@return true|nil
---@return string|nil nearest
function schema.attribute(self, name)
  if self.attributes[name] then return true end
  local first = name:match("^([^.]+)%.")
  if first and self.attributes[first] and nested(self, name) then return true end
  return nil, nearest(name, plain.keys(self.attributes))
end

--- Whether a resource of this type cannot do without the property.
---@param self SchemaRecord
---@param name string
---@return boolean
function schema.requires(self, name)
  for _, other in ipairs(self.required) do
    if other == name then return true end
  end
  return false
end

--- Whether the type has a Ref.
---@param self SchemaRecord
---@return boolean
function schema.has_ref(self)
  if self.ref ~= nil then return self.ref ~= false end
  return #self.identifier == 1
end

--- What the Ref of a resource is.
---@param self SchemaRecord
---@param identifier string
---@param have table|nil
---@return string
function schema.ref(self, identifier, have)
  have = have or {}
  if type(self.ref) == "function" then return self.ref(have, identifier) end
  if type(self.ref) == "string" then
    local v = have[self.ref]
    if v == nil and self.identifier[1] == self.ref and #self.identifier == 1 then v = identifier end
    return v
  end
  if schema.has_ref(self) then return identifier end
  failure.raise {
    what = ("%s has no Ref: it is known by %s together"):format(self.type,
      table.concat(self.identifier, " and ")),
    next = "use one of its attributes: " .. table.concat(plain.keys(self.attributes), ", "),
  }
end

--- The identifier in live properties: one value, or several joined with "|" as Cloud Control does.
---@param self SchemaRecord
---@param have table
---@return string|nil
function schema.identifier(self, have)
  local parts = {}
  for i, name in ipairs(self.identifier) do
    local found = path.pick(have, path.steps((name:gsub("/", "."))))[1]
    if found == nil then return nil end
    parts[i] = tostring(found)
  end
  return #parts > 0 and table.concat(parts, "|") or nil
end

--- Whether one of these patterns is touched by a change: it covers the path, or it names
--- something inside of it that differs.
local function touched(patterns, steps, old, new)
  for pattern in next, patterns do
    local covers, rest = path.covers(pattern, steps)
    if covers then return true end
    if rest then
      if not plain.equal(path.pick(old, rest), path.pick(new, rest)) then return true end
    end
  end
  return false
end

local function decided(self, name, old, new, facts)
  local rule = self.handler and self.handler.replaces
  if type(rule) == "function" then return rule(name, old, new, facts) end
  if type(rule) ~= "table" then return nil end
  local own = rule[name]
  if own == nil then own = rule[name:match("^[^.%[]+")] end
  if type(own) == "function" then return own(old, new, facts) end
  return own
end

--- Whether this change makes a new resource necessary; "conditional" where AWS alone knows.
---@param self SchemaRecord
---@param name string the path of what changes
---@param old any
---@param new any
---@param facts { want: table, have: table }|nil for the handler's own rule
---@return boolean|"conditional"
function schema.replaces(self, name, old, new, facts)
  local own = decided(self, name, old, new, facts or {})
  if own ~= nil then return own end
  local steps = path.steps(name)
  if touched(self.create_only, steps, old, new) then return true end
  if touched(self.conditional, steps, old, new) then return "conditional" end
  return false
end

return schema
