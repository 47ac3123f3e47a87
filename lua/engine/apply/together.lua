-- Things of one type that are made at the same time: the first look at one is put off for the
-- others, so that all are looked at in one call.
local tasks = require "engine.tasks"

local together = {}

-- A look is put off as long as making the thing took, within these bounds.
local SHORTEST_MS, LONGEST_MS = 200, 5000

local function key_of(intent) return intent.type .. "\0" .. intent.place.key end

--- The making of this begins.
---@param run table
---@param intent table
function together.enter(run, intent)
  local key = key_of(intent)
  local group = run.together[key]
  if not group or group.left == 0 then
    group = { left = 0, began = {}, ended = tasks.signal() }
    run.together[key] = group
  end
  group.left, group.began[intent.op] = group.left + 1, run.ctx.ports.now()
end

--- It has ended, or failed.
---@param run table
---@param intent table
function together.leave(run, intent)
  local group = run.together[key_of(intent)]
  group.left, group.began[intent.op] = group.left - 1, nil
  if group.left == 0 then group.ended:fire() end
end

--- It has ended; waits for the others, but not long.
---@param run table
---@param intent table
function together.wait(run, intent)
  local group, now = run.together[key_of(intent)], run.ctx.ports.now()
  local took = now - group.began[intent.op]
  together.leave(run, intent)
  if group.left == 0 then return end
  group.ended:wait(now + math.max(SHORTEST_MS, math.min(took, LONGEST_MS)))
end

return together
