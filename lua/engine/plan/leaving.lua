-- What leaves: rows that the recipe does not declare any more, and replaced resources that an
-- earlier run left to be deleted.
local failure = require "engine.failure"
local value = require "engine.value"
local whose = require "engine.plan.whose"

local leaving = {}

--- Stops at a change that would take away what is protected.
---@param ctx table
---@param about table a resource or a row, for the message
---@param doing string
function leaving.refuse_protected(ctx, about, doing)
  failure.raise { what = ("%s is protected, and this plan would %s it"):format(about.name, doing),
    where = ctx:about(about).where,
    next = "declare it with protect = false and apply that first, or leave it as it is" }
end

local function base(row, action)
  return { name = row.name, key = row.name, type = row.type, provider = row.provider,
    place = row.place, identifier = row.identifier, source = row.source, action = action,
    properties = {}, last = row.last }
end

--- What somebody else has by now cannot be deleted first.
local function refuse_with_old(ctx, row)
  local old = whose.own_old(ctx, row)
  if not old then return end
  failure.raise { what = ("%s has been replaced, and the old one is still to be deleted: %s")
    :format(row.name, old.identifier), where = ctx:about(row).where,
    next = "run mrun apply first, then forget it" }
end

--- The change that takes away a row, or lets it go.
---@param run table
---@param row table
---@param live { have: table|false }
---@return table change
function leaving.row(run, row, live)
  local options = row.options or {}
  if run.forget then
    refuse_with_old(run.ctx, row)
    local change = base(row, "forget")
    change.because = "it was asked for: the resource stays"
    return change
  end
  if options.retain and not run.rolling then
    local change = base(row, "forget")
    change.because = "it is retained"
    return change
  end
  if not live.have then
    local change = base(row, "forget")
    change.because, change.gone = "it is gone already", true
    return change
  end
  if options.protect and not run.rolling then leaving.refuse_protected(run.ctx, row, "delete") end
  local change = base(row, "delete")
  change.have = value.like(live.have, row.last)
  return change
end

--- The deletes of what was replaced before and is still there.
---@param row table
---@return table[] changes
function leaving.leftovers(row)
  local changes = {}
  for i, old in ipairs(row.old or {}) do
    local change = base(old, "delete")
    change.key = row.name .. "#" .. old.identifier
    change.name, change.because = row.name, "it has been replaced"
    change.leftover = true -- its replacement was agreed to
    changes[i] = change
  end
  return changes
end

--- Marks what would be lost with what it holds: that is asked for by name. The old one of a
--- replacement may be of another type.
---@param run table
function leaving.mark_data(run)
  for _, name in ipairs(run.leaving) do
    local change = run.leaves[name]
    change.holds_data = change.action == "delete" and run.ctx:record(change).holds_data or nil
  end
  for name, change in pairs(run.changes) do
    if change.action == "replace" and not run.graph.resources[name].options.retain then
      change.holds_data = run.ctx:record(run.matched[name]).holds_data or nil
    end
  end
end

--- What a resource holds that only one of its type can hold, as text.
local function holdings(ctx, resource, properties)
  local record, held, place = ctx:record(resource), {}, ctx.places[resource.place.key]
  local names = { record.name_property }
  table.move(record.exclusive, 1, #record.exclusive, #names + 1, names)
  for _, property in ipairs(names) do
    local v = properties and properties[property]
    if v ~= nil and not value.contains_deferred(v) and not value.contains_secret(v) then
      held[#held + 1] = ("%s\0%s\0%s\0%s"):format(resource.type, place.key, property,
        ctx.ports.json(v))
    end
  end
  return held
end

--- Which new resources want what a leaving one still holds.
---@param run table
---@return table<string, string> name of the new -> name of the leaving
function leaving.conflicts(run)
  local holders, conflicts = {}, {}
  for _, name in ipairs(run.left) do
    local row, change = run.ctx.rows[name], run.leaves[name]
    if not change or change.action == "delete" then
      for _, held in ipairs(holdings(run.ctx, row, row.last)) do holders[held] = name end
    end
  end
  if not next(holders) then return conflicts end
  for _, name in ipairs(run.order) do
    local change, resource = run.changes[name], run.graph.resources[name]
    if change and change.action == "create" then
      for _, held in ipairs(holdings(run.ctx, resource, change.want)) do
        conflicts[name] = conflicts[name] or holders[held]
      end
    end
  end
  return conflicts
end

return leaving
