-- The coalescing reader: what is wanted of one type and place in one turn of the loop is one read.
--
--   local reader = reader.new(ports, providers)
--   local have, state = reader:read({ provider, type, place, identifier }, wanted)
--
-- While a read of a type and place is in flight, further wants gather for the next one. Waits go
-- through here too, on a grid of times that they share: twenty starting instances are one call.
local failure = require "engine.failure"
local tasks = require "engine.tasks"

local reader = {}
reader.__index = reader

---@param providers table<string, table> by name
---@return table reader
function reader.new(ports, providers)
  return setmetatable({ ports = ports, providers = providers, lines = {} }, reader)
end

--- Adds what is wanted of an identifier; nil wants everything.
local function add_wanted(line, identifier, wanted)
  if not line.names[identifier] then
    line.names[identifier] = true
    line.list[#line.list + 1] = identifier
    line.wanted[identifier] = wanted
  elseif not wanted then
    line.wanted[identifier] = nil
  elseif line.wanted[identifier] then
    local both = {}
    for property in pairs(line.wanted[identifier]) do both[property] = true end
    for property in pairs(wanted) do both[property] = true end
    line.wanted[identifier] = both
  end
end

local function new_batch()
  return { list = {}, names = {}, wanted = {}, signal = tasks.signal() }
end

local function ask(self, line, batch)
  local ok, have, states, unread, owners = tasks.try(function()
    local provider = self.providers[line.provider]
    return provider.read(line.type, line.place, batch.list, batch.wanted, line.batched)
  end)
  if ok then
    return batch.signal:fire { have = have, states = states or {}, unread = unread or {},
      owners = owners or {} }
  end
  batch.signal:fire(nil, have)
end

--- Reads batch after batch for as long as somebody wants one.
local function serve(self, line)
  tasks.turn()
  while #line.batch.list > 0 do
    local batch = line.batch
    line.batch = new_batch()
    ask(self, line, batch)
    tasks.turn()
  end
  line.served = false
end

local function line_of(self, ref)
  local key = ref.provider .. "\0" .. ref.type .. "\0" .. ref.place.key
  if ref.batched then key = key .. "\0batched" end
  local line = self.lines[key]
  if not line then
    line = { provider = ref.provider, type = ref.type, place = ref.place, batch = new_batch(),
      batched = ref.batched }
    self.lines[key] = line
  end
  return line
end

local function want(self, ref, wanted)
  local line = line_of(self, ref)
  add_wanted(line.batch, ref.identifier, wanted)
  if not line.served then
    line.served = true
    tasks.spawn(function() serve(self, line) end)
  end
  return line.batch
end

local function result(batch, ref)
  local found, err = batch.signal:wait()
  if err then return nil, err end
  local id = ref.identifier
  local state = found.states[id]
  if state and state.error then return nil, failure.from(state.error) end
  return { have = found.have[id] or false, state = state, unread = found.unread[id],
    owner = found.owners[id] }
end

--- What is there under an identifier: its properties, or false, and its state (nil: ready).
---@param ref { provider: string, type: string, place: table, identifier: string }
---@param wanted table<string, boolean>|nil top-level properties; nil wants everything
---@return table|false have
---@return { pending: string|nil, failed: string|nil }|nil state
---@return { stack: string }|false|nil owner where its tags were read; false: it has none of mrun's
function reader:read(ref, wanted)
  local found, err = result(want(self, ref, wanted), ref)
  if not found then error(err, 0) end
  return found.have, found.state, found.owner
end

--- Reads many in the turn of the caller: one task, however many there are. Raises the first failure
--- with what `name` says of its ref added.
---@param refs table[] as of read, each with `wanted`; `batched`: no call for this one alone
---@param about fun(ref: table): table what to add to a failure
---@return { have: table|false, state: table|nil, unread: table|true|nil,
---  owner: table|false|nil }[] in the order of refs
function reader:read_all(refs, about)
  local batches, results = {}, {}
  for i, ref in ipairs(refs) do batches[i] = want(self, ref, ref.wanted) end
  for i, ref in ipairs(refs) do
    local found, err = result(batches[i], ref)
    if not found then error(failure.add(err, about(ref)), 0) end
    results[i] = found
  end
  return results
end

return reader
