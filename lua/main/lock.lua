-- lock.lua takes a stack's lock for this process, keeps it while the loop runs, and gives it back.
local failure = require "engine.failure"
local tasks = require "engine.tasks"

local PAUSE_MS <const> = 1000

local lock = {}

local function timeout_ms(text)
  if not text then return 0 end
  local seconds = tonumber(text)
  if not seconds or seconds < 0 then
    failure.raise { kind = "usage", what = ("--lock-timeout takes seconds, not %s"):format(text),
      next = "say --lock-timeout 60 to wait a minute for the lock" }
  end
  return math.floor(seconds * 1000)
end

-- Renews a lock that ends by itself. Who has lost it is told at the next write; anything else that
-- goes wrong may go right the next time.
local function renew(mrun, held, ended)
  local least_ms = 0
  while true do
    if ended:wait(mrun.ports.now() + math.max(least_ms, held:renew_in_ms())) then return end
    local ok, err = tasks.shield(function() held:renew() end)
    least_ms = ok and 0 or PAUSE_MS
    if not ok and failure.is(err) and err.code == "LockLost" then return end
  end
end

---A function that renews a lock once; only that it is lost is an error.
---@param held state.lock
---@return function
function lock.renewal(held)
  return function()
    local ok, err = tasks.try(function() held:renew() end)
    if not ok and failure.is(err) and err.code == "LockLost" then error(err, 0) end
  end
end

---A function that renews a lock while it runs another one.
---@param mrun table
---@param held state.lock
---@param fn function
---@return function
function lock.kept(mrun, held, fn)
  return function()
    local ended = tasks.signal()
    tasks.spawn(function() renew(mrun, held, ended) end)
    local result = table.pack(tasks.try(fn))
    ended:fire(true)
    if not result[1] then error(result[2], 0) end
    return table.unpack(result, 2, result.n)
  end
end

local function give_back(mrun, held)
  mrun.keep(nil)
  local ok, err = pcall(mrun.safely, function() held:release() end)
  if not ok then
    mrun.note(tostring(failure.new {
      what = "warning: the lock was not given back; it ends by itself",
      where = failure.from(err).what, next = "mrun state unlock ends it now",
    }) .. "\n")
  end
end

---Takes the stack's lock; the reason is told to whoever comes second. --lock-timeout waits.
---@param mrun table
---@param stack mrun.stack
---@param reason string
---@return table lock to be closed
function lock.lock(mrun, stack, reason)
  local wait_ms = timeout_ms(mrun.options.lock_timeout)
  if stack.path then reason = reason .. " " .. stack.path end
  local held, why = mrun.task(function()
    return stack.store:lock { reason = reason, timeout_ms = wait_ms,
      waiting = function(why) mrun.note(("%s; waiting\n"):format(why.what)) end }
  end)
  if not held then failure.raise(why) end
  if held.renew then mrun.keep(held) end
  local given = false
  local function release()
    if not given then give_back(mrun, held) end
    given = true
  end
  return setmetatable({ release = release }, { __close = release })
end

return lock
