-- The state of one stack: what it owns, what it was about to change, its plan and lock.
--
--   .mrun/STACK/identity    the random id, digest key and places; written before the first call
--               state.json  what is owned, replaced as a whole
--               journal     intents (synced before their calls) and results since state.json
--               history/    the journals that state.json has taken in
--               plan        the saved plan; .mrun/last names the stack that was planned last
--               lock        held while something is changed; lock.json says by whom
--               seal        the keys of all these files, where they are sealed (state.seal)
--
-- The same stands in a bucket (state.backend), where the journal is a folder of objects.
--
-- The journal stands on one serial of state.json. A save writes state.json with the next serial
-- and only then moves the journal away, so a journal with an older serial has been taken in
-- already; in a bucket state.json says up to which object it has.
local backend = require "state.backend"
local crypto = require "native.crypto"
local document = require "state.document"
local edit = require "state.edit"
local failure = require "engine.failure"
local past = require "state.history"
local journal = require "state.journal"
local journals = require "state.journals"
local json = require "json"
local load = require "state.load"
local location = require "state.location"
local owner = require "state.owner"
local plans = require "state.plans"
local recipe = require "state.recipe"
local replay = require "state.replay"
local runs = require "state.runs"
local sealing = require "state.sealing"
local sys = require "native.sys"

local VERSION <const> = document.VERSION
local STATE <const>, IDENTITY <const> = "state.json", "identity"
local KEPT <const> = { "id", "serial", "recipe", "resources", "open", "outputs", "inputs",
  "retired", "journal" }
local SAVES <const>, LOOK_MS <const> = 3, 500

---@class state.store
local store = {}
store.__index = store

local function random_hex(bytes)
  return crypto.hex(crypto.random(bytes))
end

-- As many as CloudFormation allows; with the id behind it, it is the value of a tag.
local LONGEST_NAME <const> = 128

local function check_name(name)
  if #name > LONGEST_NAME then
    failure.raise { kind = "usage", where = name:sub(1, 40) .. "...",
      what = ("a stack name of %d characters is too long"):format(#name),
      next = ("use at most %d (--stack)"):format(LONGEST_NAME) }
  end
  if name:match("^[%w._-]+$") and not name:match("^%.+$") then return end
  failure.raise { what = ("%q is not a stack name"):format(name), kind = "usage",
    next = "use letters, digits, dots, dashes and underscores" }
end

---Opens a stack's state; nothing is read or made yet. What is in a network waits by yielding.
---@param options { root: string|table|nil, local_root: string?, stack: string, now: function?,
---  boot_now: function?, random: function?, signal: function?, session: table?, region: string?,
---  profile: string?, encryption: string|table|nil, passphrase: function? }  encryption,
---  passphrase: as state.sealing takes them; root: where all stacks are, as state.location takes it
---  (.mrun); local_root:
---  the folder of saved plans (root when absent); signal: an event of engine.tasks
---@return state.store
local function open(options)
  check_name(options.stack)
  local root = location.parse(options.root or ".mrun")
  local self = setmetatable({
    stack = options.stack, now = options.now or sys.now_ms,
    boot_now = options.boot_now or sys.boottime_ms, random = options.random or random_hex,
  }, store)
  self.backend = backend.open(root, options.stack, {
    region = options.region, profile = options.profile, session = options.session,
    signal = options.signal, now = self.now, boot_now = self.boot_now, random = self.random,
    read_state = function(bytes) return load.state(self, bytes) end,
  })
  self.seal = sealing.open(options, self.backend)
  self.plans = plans.open(options.local_root or root.path or ".mrun", options.stack, self.seal)
  return self
end

---What the stack owns, with every record of the journal in it. Takes no lock, changes no file.
---fresh: no identity on disk yet; lost: there is one, and the state is gone (rebuild it).
---@return table state
function store:load()
  return load.all(self)
end

---The stack's id and digest key, made durable; a given id takes over the stack of that id.
---@param id string|nil
---@return { id: string, key: string }
function store:identity(id)
  local state = self.current or self:load()
  if id and id ~= state.id then
    if next(state.resources) or next(state.open) then
      failure.raise { what = "the stack has an id and resources of its own",
        where = self.backend.where, next = "use another stack name, or another --state" }
    end
    state.id, self.known = id, false
  end
  local identity = { id = state.id, key = state.key }
  if not self.known then
    self.seal:start()
    local bytes = document.encode("identity", VERSION,
      { id = identity.id, key = identity.key, stack = self.stack, places = self.places })
    local written = self.backend:replace(IDENTITY, self.seal:close("identity", bytes))
    if not written then backend.raise_moved(self.backend, IDENTITY) end
    self.known, self.provisional = true, identity
  end
  return identity
end

---Takes the lock that every change needs.
---@param options { reason: string, timeout_ms: number?, waiting: fun(why: table)? }
---  timeout_ms: how long to wait for it; waiting: told once whom it is waited for
---@return state.lock|nil
---@return table|nil failure  that names who holds it
function store:lock(options)
  self.card = owner.card(options.reason, self.now())
  local last = self.boot_now() + (options.timeout_ms or 0)
  local waiting = options.waiting
  while true do
    local lock, holder = self.backend:take(self.card)
    if lock then return lock end
    local left = last - self.boot_now()
    if left <= 0 then return nil, owner.in_use(holder, self.backend.where) end
    if waiting then waiting(owner.in_use(holder, self.backend.where)) end
    waiting = nil
    coroutine.yield { until_ms = self.now() + math.min(left, LOOK_MS) }
  end
end

---Breaks the lock of somebody who is gone.
---@return table|nil card  of who had it
function store:unlock()
  return self.backend:unlock(owner.card("state unlock", self.now()))
end

-- Who writes from here on, as the history tells it; on a new journal, after what it continues.
local function opening(self)
  local state, log = self.current, self.log
  self:identity()
  self.seal:start()
  if log and not self.counts then
    self:archive()
    log = nil
  end
  local lines = ""
  if self.backend:continue(log and log.size) then
    lines = self.seal:line(journal.header(state, self.now()))
  end
  self.log, self.counts = log or { id = state.id, serial = state.serial }, true
  local card = self.card or owner.card("mrun", self.now())
  return lines .. self.seal:line { kind = "run", by = card, run = self.random(8),
    at_ms = self.now() }
end

---Adds records to the journal, and to what is known; synced: on disk when it returns.
---@param records table[]
---@param synced boolean
function store:write(records, synced)
  if not self.current then self:load() end
  local lines = {}
  if not self.writing then
    lines[1] = opening(self)
    self.writing, synced = true, true
  end
  for _, each in ipairs(records) do lines[#lines + 1] = self.seal:line(each) end
  self.backend:append(table.concat(lines), synced)
  for _, each in ipairs(records) do replay.apply(self.current, each) end
end

-- Where the stack is stands beside its id: without the state nothing else would say that.
local function note_places(self, list)
  local known = {}
  for _, place in ipairs(self.places) do known[place.key] = true end
  for _, one in pairs(list) do
    if one.place and not known[one.place.key] then
      known[one.place.key], self.known = true, false
      self.places[#self.places + 1] = one.place
    end
  end
end

---Records intents; when it returns they are on disk, and their calls may be made.
---@param intents table[]
function store:begin(intents)
  if not self.current then self:load() end
  note_places(self, intents)
  if not self.known then self:identity() end
  local records = {}
  for at, intent in ipairs(intents) do records[at] = { kind = "intent", intent = intent } end
  self:write(records, true)
end

---Records results. Not synced by itself: a result that a power cut takes leaves an open intent,
---which the next run settles; the next intents' sync covers it.
---@param results table[]
function store:finish(results)
  local records = {}
  for at, result in ipairs(results) do
    records[at] = { kind = "result", result = result, at_ms = self.now() }
  end
  self:write(records, false)
end

---Moves the journal to the history; nothing there is ever replaced.
function store:archive()
  self.backend:archive(("%s-%06d"):format(self.log and self.log.id or "torn",
    self.log and self.log.serial or 0))
  self.log, self.counts, self.writing = nil, false, nil
end

local function content_of(self, over)
  local state, content = self.current, { stack = self.stack }
  for _, key in ipairs(KEPT) do content[key] = state[key] end
  content.serial = state.serial + 1
  content.journal = self.backend:position() or state.journal
  if over then
    content.retired, content.id, content.recipe = state.id, nil, nil
    content.outputs, content.inputs = {}, {}
  end
  return content
end

-- A holder of the lock who has lost it may have written its last state after we read it.
local function write_state(self, content)
  self.seal:start()
  for _ = 1, SAVES do
    local bytes = self.seal:close("state", document.encode("state", VERSION, content))
    if self.backend:replace(STATE, bytes) then
      if self.backend.keeps_versions then
        self.backend:keep(("state-%s-%06d"):format(self.current.id, content.serial), bytes)
      end
      return
    end
    local there = self.backend:read(STATE)
    there = there and load.state(self, there)
    if there and there.id ~= content.id then break end
    content.serial = math.max(content.serial, there and there.serial + 1 or 0)
  end
  backend.raise_moved(self.backend, STATE)
end

-- Puts these into the state; whether anything is to be written then.
local function take(self, state, changes)
  local moved = self.writing or self.log ~= nil or state.lost or state.serial == 0
  for _, key in ipairs { "recipe", "outputs", "inputs", "resources", "open" } do
    local new = changes and changes[key]
    if new ~= nil then
      moved = moved or json.encode { new } ~= json.encode { state[key] }
      state[key] = new
    end
  end
  return moved
end

---Writes state.json from what is known now, where that is something new, and takes the journal
---into the history. A stack with nothing left in it gives up its id: used again, it is a new one.
---@param changes table|nil  { recipe, outputs, inputs, resources } to replace
function store:save(changes)
  local state = self.current or self:load()
  if not take(self, state, changes) then return end
  local over = not next(state.resources) and not next(state.open)
  note_places(self, state.resources)
  if not over then self:identity() end
  local content = content_of(self, over)
  write_state(self, content)
  self:archive()
  if over then
    self.backend:remove(IDENTITY)
    self.current, self.provisional = nil, nil
  else
    state.serial, state.fresh, state.lost = content.serial, false, nil
    state.journal, state.records = content.journal, 0
    state.revision = load.revision(state, 0)
  end
end

---The records of each journal, the newest first; the one that is being written comes before all.
---@return table[][]
function store:journals()
  if not self.current then self:load() end
  return journals.newest_first(self.backend, self.seal, self.log and self.log.records)
end

---Who changed the stack, when, and what: state.runs.
---@return table[]  oldest first
function store:history()
  return runs.all(self:journals())
end

---All places where the stack has been, as its journals tell.
---@return table[] places each once
function store:told_places()
  local list, seen = {}, {}
  for _, records in ipairs(self:journals()) do
    for _, record in ipairs(records) do
      local one = record.intent or record.result and record.result.row
      local place = one and one.place
      if place and not seen[place.key] then
        seen[place.key], list[#list + 1] = true, place
      end
    end
  end
  return list
end

---Writes down that nothing is left of what an undo, or the rollback of the run before, was to take
---back: state.history.
---@param by "undo"|"rollback"
function store:taken_back(by)
  self:write({ { kind = "taken_back", by = by, at_ms = self.now() } }, true)
end

---What the last apply that changed anything found when it began: state.history.
---@return { before: table<string, table|false>, unrecorded: string[], begun: boolean }|nil
function store:last_apply()
  if not self.current then self:load() end
  return past.last(self.log and self.log.records or {}, journals.newest_first(self.backend,
    self.seal))
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

---New keys for everything, from a new passphrase or by KMS; a saved plan goes.
---@return integer files  that were sealed anew
function store:rekey()
  self:refuse_lost(self:load())
  self:save {}
  self.plans:drop()
  return self.seal:rekey()
end

function store:drop_plan()
  self.plans:drop()
end

for name, act in pairs(edit) do store[name] = act end

---The stacks that hold something, sorted.
---@param root string|table  as state.location takes it
---@param options table|nil  of open
---@return string[]
local function stacks(root, options)
  return backend.stacks(location.parse(root), options or {})
end

return {
  open = open,
  recipe_address = recipe.address,
  check_recipe = recipe.check,
  last = plans.last,
  location = location.parse,
  stacks = stacks,
}
