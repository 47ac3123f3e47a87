-- back.lua: the last apply taken back, by mrun undo, or by --rollback when it has failed.
local apply = require "engine.apply"
local failure = require "engine.failure"

local back = {}

local function add_unrecorded(made, names)
  for _, name in ipairs(names) do
    table.insert(made.notices, ("%s is not taken back: it was moved or let go")
      :format(name))
  end
end

---The plan that takes the last apply back; under the lock.
---@param mrun table
---@param stack mrun.stack
---@return table plan
function back.undo_plan(mrun, stack)
  local last = mrun.task(function() return stack.store:last_apply() end)
  if not last then
    failure.raise { what = "there is nothing to take back: no apply of this stack is known",
      where = "stack " .. stack.name, next = "mrun show lists what the stack owns" }
  end
  local made = mrun.plan(stack, { back = last.before, settle = true })
  add_unrecorded(made, last.unrecorded)
  made.takes_back = last.begun or #made.changes > 0
  return made
end

local function whole(outcome) return not (outcome.failed or outcome.interrupted) end

---Once an undo has taken back all of it, the next one takes that back; before that, it goes on.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan, of an undo or not
---@param outcome table of engine.apply
function back.undone(mrun, stack, made, outcome)
  if not (made.takes_back and whole(outcome)) then return end
  mrun.safely(function() stack.store:taken_back "undo" end)
end

local function roll(mrun, stack, outcome)
  mrun.safely(function() stack.store:save { recipe = stack.address } end)
  local made = mrun.plan(stack, { back = outcome.before, rolling = true, settle = true,
    chosen = {} })
  add_unrecorded(made, outcome.unrecorded)
  local stop = mrun.show_progress()
  local result = mrun.task(function() return apply.run(mrun.ports, made) end)
  stop()
  local any = next(outcome.before) or #outcome.unrecorded > 0
  if any and whole(result) then
    mrun.safely(function() stack.store:taken_back "rollback" end)
  end
  return { plan = made, outcome = result }
end

---Takes back what a failed apply has done; never fails itself.
---@param mrun table
---@param stack mrun.stack
---@param outcome table of engine.apply
---@return { plan: table, outcome: table }|{ error: table } what came of it
function back.roll_back(mrun, stack, outcome)
  mrun.note "It has failed: what was done is taken back (--rollback).\n"
  local ok, result = pcall(roll, mrun, stack, outcome)
  if ok then return result end
  return { error = failure.from(result) }
end

return back
