-- Reading a stack: its state, its identity, and the journal's records upon them.
local document = require "state.document"
local failure = require "engine.failure"
local journal = require "state.journal"
local replay = require "state.replay"
local shape = require "state.shape"

local STATE <const>, JOURNAL <const>, IDENTITY <const> = "state.json", "journal", "identity"
local VERSION <const> = document.VERSION

local load = {}

---A state from its file's bytes.
---@param self state.store
---@param bytes string
---@return table
function load.state(self, bytes)
  local path = self.backend:at(STATE)
  local state = document.decode("state", VERSION, self.seal:open("state", bytes, path), path)
  if state.stack ~= self.stack then
    failure.raise { what = ("this is the state of the stack %s, not of %s")
      :format(tostring(state.stack), self.stack), where = path,
      next = "put the file back where it belongs" }
  end
  shape.check_read(state, path, document.ADVICE.state)
  state.serial = math.floor(state.serial)
  return state
end

local function read_identity(self)
  local bytes = self.backend:read(IDENTITY)
  if not bytes then return nil end
  local path = self.backend:at(IDENTITY)
  local found = document.decode("identity", VERSION, self.seal:open("identity", bytes, path), path)
  return { id = found.id, key = found.key, places = found.places or {} }
end

-- What stands before the first header are closing records of those who hold the lock no more.
local function first_header(records)
  for _, record in ipairs(records) do
    if record.kind == "open" then return record end
  end
end

local function read_journal(self, bytes)
  if not bytes then return nil end
  local records, position = journal.parse(bytes)
  local path = self.backend:at(JOURNAL)
  if not records then
    failure.raise { what = ("the journal is damaged at byte %d"):format(position),
      where = path, next = "put back a copy of this file" }
  end
  records = self.seal:records(records, path)
  local header = first_header(records)
  if not header then return { records = {}, torn = true, size = 0 } end
  if header.version > journal.VERSION then
    failure.raise { what = "the journal is of a newer version of mrun", where = path,
      next = "use a newer mrun" }
  end
  return { id = header.id, serial = math.floor(header.serial), records = records,
    size = position, torn = position < #bytes }
end

local function new_state(self)
  return { stack = self.stack, serial = 0, resources = {}, open = {}, outputs = {}, inputs = {} }
end

---What a saved plan compares to see that the state has not moved.
---@param state table
---@param records integer  in the journal
---@return string
function load.revision(state, records)
  return ("%s/%d/%d"):format(state.id, state.serial, records)
end

-- The journal's records upon the state that they continue; true when they count. One of another id
-- is of a stack that was here before.
local function go_on(self, state, log)
  if not log or log.id ~= state.id then return false end
  if log.serial < state.serial and not state.journal then return false end
  if log.serial > state.serial and not state.lost then
    failure.raise {
      what = ("state.json (serial %d) is older than its journal (serial %d)")
        :format(state.serial, log.serial),
      where = self.backend:at(STATE),
      next = "put back the newest copy of state.json, or move it away",
    }
  end
  state.serial = math.max(log.serial, state.serial)
  for _, record in ipairs(log.records) do
    shape.check_record(record, self.backend:at(JOURNAL))
    replay.apply(state, record)
  end
  return true
end

local function settle_identity(self, state)
  local known = read_identity(self)
  if known and known.id == state.retired then known = nil end
  if known and state.id and known.id ~= state.id then
    failure.raise { what = "the identity file and state.json are of two different stacks",
      where = self.backend.where, next = "put back the identity file that belongs to state.json" }
  end
  self.known = known ~= nil
  self.places = known and known.places or {}
  if known then return known end
  local given = self.provisional or {}
  if state.id and given.id ~= state.id then given = { id = state.id } end
  -- With a new key every secret looks changed, and is applied once more: no harm.
  return { id = given.id or self.random(8), key = given.key or self.random(32) }
end

---See store:load.
---@param self state.store
---@return table state
function load.all(self)
  self.seal:ready()
  local found, bytes = self.backend:snapshot()
  local log = read_journal(self, bytes)
  local state = found or new_state(self)
  state.open = state.open or {}
  local identity = settle_identity(self, state)
  state.fresh = not self.known and not state.id
  state.id, state.key, state.path = identity.id, identity.key, self.backend.where
  local first = log and log.serial == 0
  state.places = self.places
  state.lost = (self.known and not found and not first) or nil
  local counts = go_on(self, state, log)
  state.records = counts and #log.records or 0
  state.revision = load.revision(state, state.records)
  self.current, self.log, self.counts = state, log, counts
  self.provisional = identity
  return state
end

return load
