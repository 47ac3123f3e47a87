-- Tasks: coroutines over one event loop. A task yields what it waits for and is resumed with the
-- answer:
--
--   coroutine.yield { http = request }     -> response; with `more` where it is a first part; a
--                                             request that `gives_way` is ended by an interrupt
--   coroutine.yield { more = id }          -> the next part of that answer
--   coroutine.yield { cancel = id }        -> nothing; nobody waits for the rest
--   coroutine.yield { until_ms = time }    -> nothing, once the clock says so; with `gives_way`
--                                             where an interrupt ends it in spite of a shield
--   coroutine.yield { all = { fn, ... } }  -> list of results; the first failure is raised
--                                             after all have ended
--
-- The rest is for the engine: tasks.try, tasks.shield, tasks.spawn, tasks.turn and tasks.signal.
-- After an interrupt a task that asks for something new has a failure raised in it, unless it is
-- shielded.
local failure = require "engine.failure"
local heap = require "engine.heap"

local tasks = {}

-- How long one poll may last, so that an interrupt is seen soon even where poll does not end by it.
local LONGEST_POLL_MS = 1000

local NOTHING <const> = { n = 0 } -- the answer of a task that only waited

local function enqueue(loop, task, ...)
  task.answer = select("#", ...) > 0 and table.pack(...) or NOTHING
  loop.ready[#loop.ready + 1] = task
end

--- Wakes who waits for one of two things (a signal, or a time), by whichever comes first.
local function wake(loop, waiter, ...)
  if not waiter.task then return enqueue(loop, waiter, ...) end
  if waiter.woken then return end
  waiter.woken = true
  enqueue(loop, waiter.task, ...)
end

--- Resumes a task with an error in the place of an answer. A hook is the only way to raise inside a
--- suspended coroutine; one that has a hook of the host's own gets nil and the failure instead.
local function enqueue_raise(loop, task, err)
  if debug.gethook(task.co) then return enqueue(loop, task, nil, err) end
  debug.sethook(task.co, function()
    debug.sethook()
    error(err, 0)
  end, "", 1)
  enqueue(loop, task)
end

local function start(loop, fn, group, index, shield)
  loop.live = loop.live + 1
  local task = { co = coroutine.create(fn), group = group, index = index, shield = shield }
  enqueue(loop, task)
end

local function answer_group(loop, group)
  local parent = group.parent
  if not parent then return end
  if group.try then
    if group.failure then return enqueue(loop, parent, false, group.failure) end
    return enqueue(loop, parent, true, table.unpack(group.results[1], 1, group.results[1].n))
  end
  if group.failure then return enqueue_raise(loop, parent, group.failure) end
  local results = {}
  for i, result in ipairs(group.results) do results[i] = result[1] end
  enqueue(loop, parent, results)
end

local function ended(loop, task, ok, ...)
  loop.live = loop.live - 1
  local group = task.group
  if ok then
    group.results[task.index] = table.pack(...)
  else
    group.failure = group.failure or failure.caught((...), task.co)
  end
  group.left = group.left - 1
  if group.left == 0 then answer_group(loop, group) end
end

local function start_group(loop, parent, functions, group)
  group.parent, group.results, group.left = parent, {}, #functions
  local shield = group.shield or parent.shield
  for i, fn in ipairs(functions) do start(loop, fn, group, i, shield) end
  if #functions == 0 then answer_group(loop, group) end
end

local wants = {}

function wants.http(loop, task, request)
  local id, err = loop.ports.send(request)
  if id == nil then return enqueue(loop, task, { failure = err }) end
  loop.calls[id], loop.endless[id] = task, request.gives_way
  loop.in_flight = loop.in_flight + 1
end

--- What comes in parts may never end: whoever waits for a part is stopped by an interrupt.
function wants.more(loop, task, id)
  loop.ports.more(id)
  loop.calls[id], loop.endless[id] = task, true
  loop.in_flight = loop.in_flight + 1
end

function wants.cancel(loop, task, id)
  loop.ports.cancel(id)
  enqueue(loop, task)
end

function wants.until_ms(loop, task, time, wanted)
  loop.timers:push(time, wanted.gives_way and { task = task } or task)
end

function wants.all(loop, task, functions)
  start_group(loop, task, functions, {})
end

function wants.try(loop, task, fn, wanted)
  start_group(loop, task, { fn }, { try = true, shield = wanted.shield })
end

function wants.spawn(loop, task, fn)
  loop.spawned.left = loop.spawned.left + 1
  start(loop, fn, loop.spawned, 1, task.shield)
  enqueue(loop, task)
end

function wants.turn(loop, task)
  loop.next_turn[#loop.next_turn + 1] = task
end

function wants.signal(loop, task, signal, wanted)
  signal.loop = loop
  local waiter = wanted.at_last and { task = task, shield = true } or task
  if wanted.at_last then loop.timers:push(wanted.at_last, waiter) end
  signal.waiting[#signal.waiting + 1] = waiter
end

local KINDS = { "http", "more", "cancel", "until_ms", "all", "try", "spawn", "turn", "signal" }
local STOPPED <const> = { http = true, more = true, until_ms = true } -- by an interrupt

local function interrupted()
  return failure.new { kind = "interrupted", what = "interrupted", next = "run it again to go on" }
end

local function stopping(loop, task, wanted)
  return loop.interrupted and (wanted.gives_way or not task.shield)
end

local function take(loop, task, wanted)
  for _, kind in ipairs(KINDS) do
    local what = type(wanted) == "table" and wanted[kind]
    if what then
      if STOPPED[kind] and stopping(loop, task, wanted) then
        return enqueue_raise(loop, task, interrupted())
      end
      return wants[kind](loop, task, what, wanted)
    end
  end
  enqueue_raise(loop, task, "a task yielded what nobody can wait for: " .. type(wanted))
end

-- Taken, and held by nobody but the task: an answer may be large.
local function take_answer(task)
  local answer = task.answer
  task.answer = nil
  return table.unpack(answer, 1, answer.n)
end

local function stepped(loop, task, ok, ...)
  if coroutine.status(task.co) == "suspended" then return take(loop, task, (...)) end
  ended(loop, task, ok, ...)
end

local function step(loop, task)
  stepped(loop, task, coroutine.resume(task.co, take_answer(task)))
end

local function run_ready(loop)
  while #loop.ready > 0 do
    local batch = loop.ready
    loop.ready = {}
    for _, task in ipairs(batch) do step(loop, task) end
  end
end

local function wake_timers(loop)
  local now = loop.ports.now()
  while loop.timers:first() and loop.timers:first() <= now do
    wake(loop, (loop.timers:pop()))
  end
end

local function end_call(loop, id)
  local task = loop.calls[id]
  if not task then return nil end
  loop.calls[id], loop.endless[id] = nil, nil
  loop.in_flight = loop.in_flight - 1
  return task
end

--- What has no end of its own is given up, and what may be long in coming to it.
local function end_endless(loop)
  for id in pairs(loop.endless) do
    if not loop.calls[id].shield then
      loop.ports.cancel(id)
      enqueue_raise(loop, end_call(loop, id), interrupted())
    end
  end
end

--- On the first interrupt whoever only waits for the clock is woken; calls in flight are let
--- finish.
local function heed_interrupt(loop)
  local asked = loop.ports.interrupted
  if loop.interrupted or not (asked and asked()) then return end
  loop.interrupted = true
  end_endless(loop)
  local kept = heap.new()
  while loop.timers:first() do
    local waiter, time = loop.timers:pop()
    if waiter.shield then
      kept:push(time, waiter)
    else
      enqueue_raise(loop, waiter.task or waiter, interrupted())
    end
  end
  loop.timers = kept
end

local function wait(loop)
  heed_interrupt(loop)
  wake_timers(loop)
  if #loop.ready > 0 and loop.in_flight == 0 then return end
  local ms = LONGEST_POLL_MS
  if #loop.ready > 0 then
    ms = 0
  elseif loop.timers:first() then
    ms = math.min(ms, loop.timers:first() - loop.ports.now())
  elseif loop.in_flight == 0 then
    error("every task waits for another one", 0)
  end
  local answers = loop.ports.poll(math.max(ms, 0))
  local ids = {}
  for id in pairs(answers) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local task = end_call(loop, id)
    if task then enqueue(loop, task, answers[id]) end
  end
end

local function drive(loop)
  while true do
    run_ready(loop)
    if loop.live == 0 then return end
    if #loop.next_turn > 0 then
      local waiting = loop.next_turn
      loop.next_turn = {}
      for _, task in ipairs(waiting) do enqueue(loop, task) end
    else
      wait(loop)
    end
  end
end

--- Runs fn as the main task and whatever it starts; returns its results when all have ended, or
--- raises.
---@param ports table now, send, poll and, where they are, more, cancel and interrupted
---@param fn function
---@param ... any arguments of fn
---@return any ...
function tasks.run(ports, fn, ...)
  local loop = {
    ports = ports, ready = {}, next_turn = {}, calls = {}, endless = {}, in_flight = 0, live = 0,
    timers = heap.new(), spawned = { left = 0, results = {} }, interrupted = false,
  }
  local main = { left = 1, results = {} }
  start(loop, fn, main, 1, false)
  loop.ready[1].answer = table.pack(...)
  drive(loop)
  local err = main.failure or loop.spawned.failure
  if err then error(err, 0) end
  return table.unpack(main.results[1], 1, main.results[1].n)
end

--- Runs fn as a child task: true and its results, or false and the failure. The one way to catch.
---@param fn function
---@return boolean ok, any ...
function tasks.try(fn)
  return coroutine.yield { try = fn }
end

--- As try, but what runs in it is not stopped by an interrupt: a change that has begun is finished.
---@param fn function
---@return boolean ok, any ...
function tasks.shield(fn)
  return coroutine.yield { try = fn, shield = true }
end

--- Runs all functions at once; returns the list of their first results.
---@param functions function[]
---@return any[]
function tasks.all(functions)
  return coroutine.yield { all = functions }
end

--- Starts fn beside the running task. Its failure is raised by tasks.run, at the end.
---@param fn function
function tasks.spawn(fn)
  coroutine.yield { spawn = fn }
end

--- Waits until every task that can run now has run: what they all want can then be asked for at
--- once.
function tasks.turn()
  coroutine.yield { turn = true }
end

---@param ms number since the epoch
function tasks.sleep_until(ms)
  coroutine.yield { until_ms = ms }
end

local signal = {}
signal.__index = signal

--- Waits until somebody fires it; at once where that has happened.
---@param at_last number|nil the time at which it is no longer waited for
---@return any ... what it was fired with
function signal:wait(at_last)
  if self.fired then return table.unpack(self.fired, 1, self.fired.n) end
  return coroutine.yield { signal = self, at_last = at_last }
end

---@param ... any for all who wait
function signal:fire(...)
  self.fired = table.pack(...)
  for _, waiter in ipairs(self.waiting) do wake(self.loop, waiter, ...) end
  self.waiting = {}
end

---@return table signal
function tasks.signal()
  return setmetatable({ waiting = {} }, signal)
end

return tasks
