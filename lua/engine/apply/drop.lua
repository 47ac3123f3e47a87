-- Taking a resource away: one that has left the recipe, or the old one of a replacement.
local carry = require "engine.apply.carry"
local confirm = require "engine.apply.confirm"
local owner = require "engine.owner"
local rows = require "engine.rows"
local tasks = require "engine.tasks"
local together = require "engine.apply.together"
local whose = require "engine.plan.whose"

local drop = {}

--- The old one as it was recorded: its type and place may be others than the new one's.
local function subject(run, change, identifier)
  local row = run.rows[change.name]
  if row and row.identifier == identifier then return row end
  for _, old in ipairs(row and row.old or {}) do
    if old.identifier == identifier then return old end
  end
  return change
end

--- Takes mrun's own tags off something that stays where it is: nobody finds it by them any more.
--- Those of another stack stay.
---@return string|nil op of an intent that is not finished yet
local function disown(run, name, old, forgets)
  local ctx, op = run.ctx, run.ctx.ports.random(16)
  local place = ctx.places[old.place.key]
  local ref = { provider = old.provider, type = old.type, place = place,
    identifier = old.identifier }
  local have, _, found = ctx.reader:read(ref, {})
  if found == nil and have then found = whose.ask(ctx, old) end
  if not have or found and whose.other(ctx, old, found) then return nil end
  local intent = { op = op, stack = ctx.stack, name = name, type = old.type, place = place,
    action = "update", identifier = old.identifier, want = {}, have = {}, changed = {},
    tags = {}, own = owner.leave(), lets_go = true, forgets = forgets }
  local row = {}
  for key, member in pairs(old) do row[key] = member end
  carry.out(run, intent, row)
  together.leave(run, intent)
  return op
end

--- The old one of a replacement stays where it is, and is nobody's from now on.
---@param run table
---@param step table
function drop.let_go(run, step)
  local op = disown(run, step.name, subject(run, step.change, step.identifier))
  carry.finish(run, { op = op, ok = true, name = step.name, identifier = step.identifier,
    row = rows.without(run.rows[step.name], step.identifier) })
end

--- How long its declaration, or its row, says that it may take.
local function timeout_of(run, name, old)
  local resource = run.plan.graph.resources[name]
  local options = resource and resource.options or old.options
  return options and options.timeout
end

--- Deletes and waits until it is gone.
---@param run table
---@param step table with change and identifier
function drop.delete(run, step)
  local ctx, name, identifier = run.ctx, step.name, step.identifier
  if run.kept[name] and step.replaced then return end
  if step.replaced and run.plan.graph.resources[name].options.retain then
    return drop.let_go(run, step)
  end
  local old = subject(run, step.change, identifier)
  local place = ctx.places[old.place.key]
  local op = ctx.ports.random(16)
  local intent = { op = op, stack = ctx.stack, name = name, type = old.type, place = place,
    action = "delete", identifier = identifier, have = step.change.have, previous = old.last,
    timeout = timeout_of(run, name, old), tags = ctx:ownership(name, op) }
  local answer = carry.out(run, intent, { provider = old.provider, source = old.source })
  if answer.pending then
    local ok, err = tasks.try(function()
      confirm.gone(run, { name = name, type = old.type, provider = old.provider, place = place,
        identifier = identifier, source = old.source,
        timeout = timeout_of(run, name, old) })
    end)
    if not ok then
      carry.finish(run, { op = op, ok = false, name = name })
      error(err, 0)
    end
  end
  carry.finish(run, { op = op, ok = true, name = name, identifier = identifier,
    row = rows.without(run.rows[name], identifier) })
end

--- Lets a row go: what it stands for stays as it is, but for mrun's own tags on it.
---@param run table
---@param step table
function drop.forget(run, step)
  local row = run.rows[step.name]
  local op = row and not step.change.gone and disown(run, step.name, row, true) or nil
  carry.finish(run, { op = op, ok = true, name = step.name, identifier = step.change.identifier,
    row = false })
end

return drop
