-- Whose a resource is, as its tags say it, and whether it is protected: mrun's own tags, which
-- stand beside the user's and are no part of what is declared.
local value = require "engine.value"

local owner = {}

owner.PROTECT = "mrun:protect"

local ALL <const> = { "mrun:stack", "mrun:resource", "mrun:op", "mrun:protect" }

--- What the tag mrun:stack says of all that is a stack's.
---@param ctx { stack: { name: string, id: string } }
---@return string
function owner.stack_tag(ctx)
  return ctx.stack.name .. "/" .. ctx.stack.id
end

--- Whether a resource is protected once it is as declared. A protection that is not mentioned any
--- more stays; only `protect = false` ends it.
---@param resource table declared
---@param row table|nil
---@return boolean
function owner.protects(resource, row)
  local said = resource.options.protect
  if said == nil then said = row and row.options and row.options.protect end
  return said or false
end

--- The options that a row keeps.
---@param resource table declared
---@param row table|nil the row that it has
---@return table
function owner.options(resource, row)
  local options = next(resource.options) and value.public(resource.options) or {}
  if options.protect == nil and owner.protects(resource, row) then options.protect = true end
  return options
end

--- The change of a protection that has to be told to the provider, as a property of a plan.
---@param resource table declared
---@param row table
---@return table|nil
function owner.protection(resource, row)
  local before, now = row.options and row.options.protect or false, owner.protects(resource, row)
  if before == now then return nil end
  return { path = "protect", old = before, new = now, replaces = false }
end

--- What an intent writes and takes away of mrun's own tags to make a resource this stack's.
---@param ctx table
---@param name string
---@param protected boolean
---@return { add: table<string, string>, remove: string[] }
function owner.take(ctx, name, protected)
  return { add = ctx:ownership(name, nil, protected),
    remove = protected and {} or { owner.PROTECT } }
end

--- The same, to make it nobody's.
---@return { add: table<string, string>, remove: string[] }
function owner.leave()
  return { add = {}, remove = value.copy(ALL) }
end

return owner
