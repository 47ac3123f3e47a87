-- What a plan rests on: the declarations, the state, and the live values that each change was
-- decided from, as digests. A saved plan carries them; one made anew must have the same.
local failure = require "engine.failure"
local graphs = require "engine.graph"

local rests = {}

local function live_digest(ctx, change, live)
  return ctx.ports.digest(ctx.key, ctx.ports.json {
    action = change.action, identifier = change.identifier or "",
    have = live and live.have and ctx:sealed(live.have) or {},
    state = live and live.state or {},
  })
end

--- The digests of everything that a plan was decided from.
---@param plan table
---@return { graph: string, revision: string|nil, serial: integer|nil, live: table<string, string> }
function rests.on(plan)
  local ctx, run = plan.context, plan.run
  local live = {}
  for _, change in ipairs(plan.changes) do
    local seen = not change.leftover and (run.live[change.name] or run.gone[change.name]) or nil
    live[change.key] = live_digest(ctx, change, seen)
  end
  return { graph = graphs.digest(ctx.ports, plan.graph, ctx.key), revision = ctx.state.revision,
    serial = ctx.state.serial, id = ctx.state.id, live = live }
end

local function moved(what, where)
  return failure.new { what = what, where = where,
    next = "run mrun plan again, and read what it says" }
end

--- The first thing, by name, that a saved plan rests on and that is different now.
local function moved_change(saved, now, plan)
  for _, change in ipairs(plan.changes) do
    if saved.live[change.key] ~= now.live[change.key] then
      return moved(("the saved plan is out of date: %s is not as it was then"):format(change.name),
        plan.context:about(change).where)
    end
  end
  for key in pairs(saved.live) do
    if not now.live[key] then
      return moved(("the saved plan is out of date: nothing is left to do to %s"):format(key))
    end
  end
end

--- Whether something that a saved plan rests on has moved since it was made.
---@param saved table what rests.on gave then
---@param plan table made now
---@return table|nil failure
function rests.moved(saved, plan)
  local now = rests.on(plan)
  if saved.id ~= now.id then return moved "the saved plan is of another stack" end
  if saved.graph ~= now.graph then return moved "the saved plan declares something else" end
  if saved.serial ~= now.serial or saved.revision ~= now.revision then
    return moved "the saved plan is out of date: the stack's state has changed since"
  end
  if #plan.context.open > 0 then
    return moved "the saved plan is void: a change that was begun before is still open"
  end
  return moved_change(saved, now, plan)
end

return rests
