-- A plan as plain data: for JSON, and for keeping. Secrets are hidden, deferred values described.
local value = require "engine.value"

local function property(one)
  return { path = one.path, old = value.public(one.old), new = value.public(one.new),
    replaces = one.replaces and true or false, reset = one.reset }
end

local function change(one)
  local properties = value.list()
  for i, each in ipairs(one.properties) do properties[i] = property(each) end
  local place = one.place or {}
  return { name = one.name, type = one.type, action = one.action, identifier = one.identifier,
    place = { account = place.account, region = place.region }, source = one.source,
    properties = properties, because = one.because, order = one.order,
    holds_data = one.holds_data }
end

--- The part of a plan that may be shown and saved.
---@param plan table
---@return table
return function(plan)
  local changes = value.list()
  for i, one in ipairs(plan.changes) do changes[i] = change(one) end
  return { stack = plan.stack, id = plan.id, changes = changes, totals = value.copy(plan.totals),
    notices = value.list(value.copy(plan.notices)) }
end
