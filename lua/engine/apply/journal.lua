-- The journal as apply writes it: what all tasks of one turn have to say is written together, so
-- that a turn costs one sync however many changes begin in it.
local failure = require "engine.failure"
local tasks = require "engine.tasks"

local journal = {}
journal.__index = journal

---@param port { begin: fun(intents: table[]), finish: fun(results: table[]) }
---@return table journal
function journal.new(port)
  return setmetatable({ port = port, intents = {}, results = {} }, journal)
end

local function flush(self)
  tasks.turn()
  local intents, results, signal = self.intents, self.results, self.signal
  self.intents, self.results, self.signal = {}, {}, nil
  local ok, err = tasks.shield(function()
    if #results > 0 then self.port.finish(results) end
    if #intents > 0 then self.port.begin(intents) end
  end)
  if not ok then self.broken = err end
  signal:fire(not ok and err or nil)
end

local function write(self, list, record)
  if self.broken then error(self.broken, 0) end
  list[#list + 1] = record
  if not self.signal then
    self.signal = tasks.signal()
    tasks.spawn(function() flush(self) end)
  end
  local err = self.signal:wait()
  if not err then return end
  error(failure.add(err, { next = "the change is in the journal: run it again" }), 0)
end

--- Returns when the intent is on disk; its call may be made then.
---@param intent table
function journal:begin(intent)
  write(self, self.intents, intent)
end

---@param result table
function journal:finish(result)
  write(self, self.results, result)
end

return journal
