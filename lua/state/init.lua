-- The state of one stack in its folder: what it owns, what it was about to change, its plan and
-- lock.
--
--   .mrun/STACK/identity    the random id and digest key; written before the first call
--               state.json  what is owned, replaced as a whole
--               journal     intents (synced before their calls) and results since state.json
--               history/    the journals that state.json has taken in
--               plan        the saved plan; .mrun/last names the stack that was planned last
--               lock        held while something is changed; lock.json says by whom
--
-- The journal stands on one serial of state.json. A save writes state.json with the next serial
-- and only then moves the journal away, so a journal with an older serial has been taken in
-- already.
local crypto = require "native.crypto"
local document = require "state.document"
local failure = require "engine.failure"
local folder = require "state.folder"
local fs = require "native.fs"
local past = require "state.history"
local journal = require "state.journal"
local owner = require "state.owner"
local plans = require "state.plans"
local recipe = require "state.recipe"
local sys = require "native.sys"

local VERSION <const> = 1
local STATE <const>, JOURNAL <const>, IDENTITY <const> = "state.json", "journal", "identity"
local KEPT <const> = { "id", "serial", "recipe", "resources", "open", "outputs", "inputs",
  "retired" }

---@class state.store
local store = {}
store.__index = store

local function random_hex(bytes)
  return crypto.hex(crypto.random(bytes))
end

---Opens the folder of a stack; nothing is read or made yet.
---@param options { root: string?, local_root: string?, stack: string, now: function?,
---  random: function? }  root: the folder of all stacks (.mrun); local_root: the folder of saved
--- plans (root when absent)
---@return state.store
local function open(options)
  local root = options.root or ".mrun"
  if not options.stack:match("^[%w._-]+$") or options.stack:match("^%.+$") then
    failure.raise { what = ("%q is not a stack name"):format(options.stack), kind = "usage",
      next = "use letters, digits, dots, dashes and underscores" }
  end
  local self = {
    stack = options.stack,
    folder = folder.open(root .. "/" .. options.stack),
    now = options.now or sys.now_ms,
    random = options.random or random_hex,
  }
  self.plans = plans.open(options.local_root or root, options.stack)
  return setmetatable(self, store)
end

local function read_identity(self)
  local bytes = self.folder:read(IDENTITY)
  if not bytes then return nil end
  local found = document.decode("identity", VERSION, bytes, self.folder:at(IDENTITY))
  return { id = found.id, key = found.key }
end

local function read_state(self)
  local bytes = self.folder:read(STATE)
  if not bytes then return nil end
  local path = self.folder:at(STATE)
  local state = document.decode("state", VERSION, bytes, path)
  if state.stack ~= self.stack then
    failure.raise { what = ("this is the state of the stack %s, not of %s")
      :format(tostring(state.stack), self.stack), where = path,
      next = "put the file back where it belongs" }
  end
  state.serial = math.floor(state.serial)
  return state
end

local function read_journal(self)
  local bytes = self.folder:read(JOURNAL)
  if not bytes then return nil end
  local records, position = journal.parse(bytes)
  local path = self.folder:at(JOURNAL)
  if not records then
    failure.raise { what = ("the journal is damaged at byte %d"):format(position),
      where = path, next = "put back a copy of this file" }
  end
  local header = records[1]
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

-- What a saved plan compares to see that the state has not moved.
local function revision(state, records)
  return ("%s/%d/%d"):format(state.id, state.serial, records)
end

-- The journal's records upon the state that they continue; true when they count.
local function replay(self, state, log)
  if not log or not log.id then return false end
  if log.serial < state.serial then return false end
  if log.serial > state.serial and not state.lost then
    failure.raise {
      what = ("state.json (serial %d) is older than its journal (serial %d)")
        :format(state.serial, log.serial),
      where = self.folder:at(STATE),
      next = "put back the newest copy of state.json, or move it away",
    }
  end
  state.serial = log.serial
  for _, record in ipairs(log.records) do journal.apply(state, record) end
  return true
end

local function settle_identity(self, state)
  local known = read_identity(self)
  if known and known.id == state.retired then known = nil end
  if known and state.id and known.id ~= state.id then
    failure.raise { what = "the identity file and state.json are of two different stacks",
      where = self.folder.path, next = "put back the identity file that belongs to state.json" }
  end
  self.known = known ~= nil
  if known then return known end
  local given = self.provisional or {}
  if state.id and given.id ~= state.id then given = { id = state.id } end
  -- With a new key every secret looks changed, and is applied once more: no harm.
  return { id = given.id or self.random(8), key = given.key or self.random(32) }
end

---What the stack owns, with every record of the journal in it. Takes no lock, changes no file.
---fresh: no identity on disk yet; lost: there is one, and the state is gone (rebuild it).
---@return table state
function store:load()
  local found, log = read_state(self), read_journal(self)
  local state = found or new_state(self)
  state.open = state.open or {}
  local identity = settle_identity(self, state)
  state.fresh = not self.known and not state.id
  state.id, state.key = identity.id, identity.key
  state.path = self.folder.path
  local first = log and log.serial == 0
  state.lost = (self.known and not found and not first) or nil
  if log and log.id and log.id ~= state.id then log = nil end -- a stack that was here before
  local counts = replay(self, state, log)
  state.revision = revision(state, counts and #log.records or 0)
  self.current, self.log, self.counts = state, log, counts
  self.provisional = identity
  return state
end

---The stack's id and digest key, made durable; a given id takes over the stack of that id.
---@param id string|nil
---@return { id: string, key: string }
function store:identity(id)
  local state = self.current or self:load()
  if id and id ~= state.id then
    if next(state.resources) or next(state.open) then
      failure.raise { what = "the stack has an id and resources of its own",
        where = self.folder.path, next = "use another stack name, or another --state" }
    end
    state.id, self.known = id, false
  end
  local identity = { id = state.id, key = state.key }
  if not self.known then
    self.folder:ensure()
    self.folder:replace(IDENTITY, document.encode("identity", VERSION,
      { id = identity.id, key = identity.key, stack = self.stack }))
    self.known, self.provisional = true, identity
  end
  return identity
end

---Takes the lock that every change needs.
---@param options { reason: string }
---@return table|nil lock
---@return table|nil failure  that names who holds it
function store:lock(options)
  local lock, held = owner.take(self.folder, options.reason, self.now())
  return lock, held
end

-- Adds whole lines. After a write that failed half-way (a full disk), the part is cut off first.
local function append(self, lines, synced)
  if self.damaged then self.handle:truncate(self.size) end
  self.damaged = true
  self.handle:write(lines)
  if synced then self.handle:sync() end
  self.damaged, self.size = nil, self.size + #lines
end

-- A journal of an older serial is history already; a torn one is cut before it grows.
local function open_journal(self)
  local state = self.current
  self:identity()
  local log = self.log
  if log and not self.counts then
    self:archive()
    log = nil
  end
  self.handle = self.folder:append(JOURNAL)
  self.size = log and log.size or 0
  if log and log.torn then self.handle:truncate(self.size) end
  if not log then
    append(self, journal.header(state, self.now()), true)
    self.folder:sync()
    self.log, self.counts = { id = state.id, serial = state.serial }, true
  end
end

local function record(self, records, synced)
  if not self.current then self:load() end
  if not self.handle then open_journal(self) end
  local lines = {}
  for at, each in ipairs(records) do lines[at] = journal.line(each) end
  append(self, table.concat(lines), synced)
  for _, each in ipairs(records) do journal.apply(self.current, each) end
end

---Records intents; when it returns they are on disk, and their calls may be made.
---@param intents table[]
function store:begin(intents)
  local records = {}
  for at, intent in ipairs(intents) do records[at] = { kind = "intent", intent = intent } end
  record(self, records, true)
end

---Records results. Not synced by itself: a result that a power cut takes leaves an open intent,
---which the next run settles; the next intents' sync covers it.
---@param results table[]
function store:finish(results)
  local records = {}
  for at, result in ipairs(results) do
    records[at] = { kind = "result", result = result, at_ms = self.now() }
  end
  record(self, records, false)
end

---Moves the journal to the history; nothing there is ever replaced.
function store:archive()
  if self.handle then self.handle:close() end
  self.handle, self.damaged = nil, nil
  if self.folder:read(JOURNAL) then
    local history = folder.open(self.folder:at("history"))
    history:ensure()
    local name = ("%s-%06d"):format(self.log.id or "torn", self.log.serial or 0)
    local copy, tail = 0, ""
    while fs.stat(history:at(name .. tail)) do
      copy = copy + 1
      tail = "." .. copy
    end
    self.folder:rename(JOURNAL, "history/" .. name .. tail)
  end
  self.log, self.counts = nil, false
end

---Writes state.json from what is known now and takes the journal into the history. A stack with
---nothing left in it gives up its id: used again, it is a new one.
---@param changes table|nil  { recipe, outputs, inputs, resources } to replace
function store:save(changes)
  local state = self.current or self:load()
  for _, key in ipairs { "recipe", "outputs", "inputs", "resources", "open" } do
    if changes and changes[key] ~= nil then state[key] = changes[key] end
  end
  local over = not next(state.resources) and not next(state.open)
  if not over then self:identity() end
  self.folder:ensure()
  local content = { stack = self.stack }
  for _, key in ipairs(KEPT) do content[key] = state[key] end
  content.serial = state.serial + 1
  if over then
    content.retired, content.id, content.recipe = state.id, nil, nil
    content.outputs, content.inputs = {}, {}
  end
  self.folder:replace(STATE, document.encode("state", VERSION, content))
  self:archive()
  if over then
    self.folder:remove(IDENTITY)
    self.folder:sync()
    self.current, self.provisional = nil, nil
  else
    state.serial, state.fresh, state.lost = content.serial, false, nil
    state.revision = revision(state, 0)
  end
end

---What the last apply that changed anything found when it began.
---@return { before: table<string, table|false>, unrecorded: string[] }|nil
function store:last_apply()
  return past.last(self.folder)
end

---Keeps a plan for `mrun apply`, and the stack's name as the one planned last.
---@param plan table
function store:save_plan(plan)
  self.plans:save(plan, self.current or self:load(), self.now())
end

---@return table|nil plan  with the identity that it was made with, which load() then goes on with
function store:load_plan()
  local plan, identity = self.plans:load()
  if identity then self.provisional, self.current = identity, nil end
  return plan
end

function store:drop_plan()
  self.plans:drop()
end

return {
  open = open,
  recipe_address = recipe.address,
  check_recipe = recipe.check,
  last = plans.last,
  stacks = plans.stacks,
}
