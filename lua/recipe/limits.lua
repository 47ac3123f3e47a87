--- How much an evaluation may use: instructions, processor time and memory, none of which
--- pcall can swallow.
local failure = require "engine.failure"
local strings = require "recipe.strings"

local DEFAULT = {
  memory_bytes = 256 * 1024 * 1024, instructions = 400 * 1000 * 1000, cpu_ms = 20000,
}
-- Instructions between two looks at the clock and at memory.
local STEP = 1000

local limits = {}
limits.__index = limits

---@param host table what main hands in: limits, memory and cpu_ms are read here
---@return table
function limits.new(host)
  local given = host.limits or {}
  local self = setmetatable({
    memory = host.memory, cpu_limit = host.cpu_limit,
    clock = host.cpu_ms or function() return os.clock() * 1000 end,
    memory_bytes = given.memory_bytes or DEFAULT.memory_bytes,
    cpu_ms = given.cpu_ms or DEFAULT.cpu_ms,
    instructions = given.instructions or DEFAULT.instructions,
    used_instructions = 0,
    killed = nil,
  }, limits)
  self.hook = function() self:step() end
  return self
end

local function used_bytes() return collectgarbage("count") * 1024 end

--- Ends the evaluation for good: whatever the recipe catches, it is raised again.
---@param what string
---@param next_step string
function limits:kill(what, next_step)
  self.killed = failure.new { what = what, next = next_step,
    where = self.where and self.where() or self.last_place }
  error(self.killed, 0)
end

function limits:too_much()
  return ("the recipe uses more than %d MB of memory"):format(self.memory_bytes // (1024 * 1024))
end

function limits:out_of_memory()
  self:kill(self:too_much(), "look for a table or a string that grows in a loop"
  )
end

--- Looks at the clock; called now and then, and by everything that may run long inside C.
function limits:tick()
  if self.killed then error(self.killed, 0) end
  if self.clock() - self.started_ms > self.cpu_ms then
    self:kill(
      ("the recipe has used %g seconds of processor time and is not finished"):format(
        self.cpu_ms / 1000),
      "look for a loop that does not end"
    )
  end
end

function limits:step()
  self.used_instructions = self.used_instructions + STEP
  if self.killed then error(self.killed, 0) end
  if self.used_instructions > self.instructions then
    self:kill(
      ("the recipe has run %d million instructions and is not finished"):format(
        self.instructions // 1000000),
      "look for a loop that does not end"
    )
  end
  self:tick()
  local used = used_bytes() - self.base_bytes
  -- When memory runs out nobody can ask for the line any more.
  if used > self.memory_bytes / 8 then self.last_place = self.where and self.where() end
  if used > self.memory_bytes then
    collectgarbage()
    if used_bytes() - self.base_bytes > self.memory_bytes then self:out_of_memory() end
  end
end

--- Would a string of this length fit? Asked before C is told to make one.
---@param bytes number
function limits:reserve(bytes)
  if used_bytes() - self.base_bytes + bytes > self.memory_bytes then self:out_of_memory() end
end

-- The allocator's own limit stops what no hook sees: a string doubled thirty times in a row.
local function limit_allocator(self)
  if not self.memory then return end
  local left = self.memory_bytes - (used_bytes() - self.base_bytes)
  self.memory(math.max(math.tointeger(left // 1), 1024 * 1024))
end

-- The last resort, for a piece of C that neither ends nor is counted: the process says so
-- and ends.
local GRACE_MS = 5000

local function limit_processor(self)
  if not self.cpu_limit then return end
  local left = self.cpu_ms - (self.clock() - self.started_ms)
  self.cpu_limit(math.tointeger(math.max(left, 0) // 1 + GRACE_MS),
    "mrun: the recipe does not end; look for a loop\n")
end

local function on(self)
  self.coroutine = coroutine.running()
  strings.guard(self.coroutine, self)
  debug.sethook(self.coroutine, self.hook, "", STEP)
  limit_processor(self)
  limit_allocator(self)
end

local function off(self)
  if self.memory then self.memory(nil) end
  if self.cpu_limit then self.cpu_limit(nil) end
  debug.sethook(self.coroutine)
  strings.guard(self.coroutine, nil)
end

function limits:start()
  self.base_bytes = used_bytes()
  self.started_ms = self.clock()
  on(self)
end

function limits:stop()
  if self.coroutine then off(self) end
  self.coroutine = nil
end

local function restore(self, before, ...)
  self.in_callback = before
  return ...
end

--- Runs a library function that calls back into the recipe, where a look-up cannot wait.
---@param name string of the library function
---@param fn function
---@return any ...
function limits:callback(name, fn, ...)
  local before = self.in_callback
  self.in_callback = name
  return restore(self, before, fn(...))
end

--- Runs a piece of the engine that does not wait (reading a schema): nothing is counted in it.
---@param fn function
---@return any ...
function limits:aside(fn, ...)
  local co = self.coroutine
  if not co then return fn(...) end
  debug.sethook(co)
  strings.guard(co, nil)
  local ms = self.clock()
  local results = table.pack(pcall(fn, ...))
  self.started_ms = self.started_ms + (self.clock() - ms)
  strings.guard(co, self)
  debug.sethook(co, self.hook, "", STEP)
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

--- Runs what is not the recipe's (a look-up that waits, say) at no cost to the recipe.
---@param fn function
---@return any ...
function limits:outside(fn, ...)
  if not self.coroutine then return fn(...) end
  off(self)
  local bytes, ms = used_bytes(), self.clock()
  local results = table.pack(pcall(fn, ...))
  self.base_bytes = self.base_bytes + (used_bytes() - bytes)
  self.started_ms = self.started_ms + (self.clock() - ms)
  on(self)
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return limits
