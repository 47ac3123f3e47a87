--- Calls that several tasks want in the same turn of the loop become one.
local slices = require "provider.aws.slices"

local share = {}

--- A pool. `signal` makes what a task can wait for until another fires it; without one (a script
--- that runs as a single coroutine) nothing is shared, and nothing else changes.
---@param signal (fun(): table)|nil
---@return table
function share.new(signal)
  return { signal = signal, open = {} }
end

local function distinct(names)
  local seen, list = {}, {}
  for _, name in ipairs(names) do
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  return list
end

--- Adds an entry to the batch of this key. The first to come runs it, once everybody had a turn;
--- all get its result, or its failure.
---@param pool table
---@param key string
---@param entry any
---@param run fun(entries: any[]): any
---@return any
function share.join(pool, key, entry, run)
  if not pool.signal then return run { entry } end
  local batch = pool.open[key]
  if batch then
    batch.entries[#batch.entries + 1] = entry
    local ok, result = batch.done:wait()
    if not ok then error(result, 0) end
    return result
  end
  batch = { entries = { entry }, done = pool.signal() }
  pool.open[key] = batch
  coroutine.yield { turn = true }
  pool.open[key] = nil
  local ok, result = pcall(run, batch.entries)
  batch.done:fire(ok, result)
  if not ok then error(result, 0) end
  return result
end

--- What is known of a name: all names that are wanted in a turn, each once, in as few calls as can
--- be. `ask` gets at most so many names, and gives what it found by name.
---@param pool table
---@param key string
---@param name string
---@param most integer
---@param ask fun(names: string[]): table<string, any>
---@return any|nil
function share.named(pool, key, name, most, ask)
  return share.join(pool, key, name, function(names)
    local found = {}
    for some in slices(distinct(names), most) do
      for each, known in pairs(ask(some)) do found[each] = known end
    end
    return found
  end)[name]
end

return share
