-- What makes the files of a stack unreadable to others: between the documents and the journal on
-- one side and the backend on the other, bytes in and bytes out.
--
-- Whether a stack is sealed stands in its folder (the file `seal`), so that who forgets the setting
-- writes no plain text over it. Sealing that is turned on later seals what is written from then on;
-- `rekey` seals the rest. Once all is sealed, a file that is not is refused.
local box = require "state.seal.box"
local failure = require "engine.failure"
local journal = require "state.journal"
local json = require "json"
local ring = require "state.seal.ring"

local SEAL <const> = "seal"

---@class state.seal
---@field stack string
---@field backend state.backend
---@field method string|table|nil  as mrun.json says: "passphrase", or { kms = , region = }
---@field sources state.ring.sources
---@field ring state.ring|nil
---@field stored boolean  whether the ring stands in the seal file
local seal = {}
seal.__index = seal

---@param options { stack: string, backend: state.backend, method: string|table|nil,
---  sources: state.ring.sources }
---@return state.seal
local function new(options)
  return setmetatable({ stack = options.stack, backend = options.backend, method = options.method,
    sources = options.sources, stored = false }, seal)
end

---Reads the stack's keys, where it has any.
function seal:ready()
  if self.stored then return end
  local bytes = self.backend:read(SEAL)
  if not bytes then return end
  local where = self.backend:at(SEAL)
  self.ring = ring.open(json.decode(bytes), self.stack, self.sources, where)
  self.stored, self.head = true, nil
end

local function header(self)
  self.head = self.head or ring.header(self.ring, self.stack)
  return self.head
end

local function store(self)
  self.head = nil
  if not self.backend:replace(SEAL, json.encode(header(self)) .. "\n") then
    failure.raise { what = "somebody else has written the seal", where = self.backend:at(SEAL),
      code = "StateMoved", next = "run the same command again" }
  end
  self.stored = true
end

---The keys in memory, made where the stack is to be sealed and has none.
local function need_ring(self)
  if self.ring or not self.method then return self.ring end
  self.ring = ring.new(self.method, self.stack, self.sources)
  self.ring.plain = self.saw_plain or #self.backend:history() > 0 or nil
  return self.ring
end

---Before the first write, under the lock: from now on the folder says that it is sealed.
function seal:start()
  if not self.stored and need_ring(self) then store(self) end
end

local function about(self, kind, id)
  return { stack = self.stack, kind = kind, key_id = id, key = self.ring.keys[id] }
end

---The bytes of a file as they are written.
---@param kind string  "state", "identity", "plan"
---@param bytes string
---@return string
function seal:close(kind, bytes)
  if not need_ring(self) then return bytes end
  local to = about(self, kind, self.ring.current)
  to.seal = header(self)
  return box.file(to, bytes)
end

local function refuse_plain(self, path)
  self.saw_plain = true
  if not self.ring or self.ring.plain then return end
  failure.raise { what = "this is not sealed, and everything of its stack is: somebody has put it"
    .. " there", where = path, next = "put back a copy of this file" }
end

local function changed(path)
  failure.raise { what = "what is sealed does not open: it was changed, or is another file's",
    where = path, next = "put back a copy of this file" }
end

-- The key of this id; a file brings its own ring along, for where the seal file is not at hand.
local function find_key(self, id, head, path)
  if not (self.ring and self.ring.keys[id]) and head then
    local other = ring.open(head, self.stack, self.sources, path)
    self.ring = self.ring or other
    if self.ring ~= other then return other.keys[id] or changed(path) end
  end
  return self.ring and self.ring.keys[id] or changed(path)
end

---What the bytes of a file say.
---@param kind string
---@param bytes string
---@param path string  for messages
---@return string
function seal:open(kind, bytes, path)
  if not box.is_file(bytes) then
    refuse_plain(self, path)
    return bytes
  end
  local head = box.header(bytes) or changed(path)
  if head.version > box.VERSION then
    failure.raise { what = "this file was sealed by a newer version of mrun", where = path,
      next = "use a newer mrun" }
  end
  local key = find_key(self, head.key, head.seal, path)
  return box.text({ stack = self.stack, kind = kind, key = key }, bytes, head) or changed(path)
end

---A record as the line that is appended to the journal.
---@param record table
---@return string
function seal:line(record)
  if not need_ring(self) then return journal.line(record) end
  return journal.line(box.record(about(self, "journal", self.ring.current), json.encode(record)))
end

local function open_record(self, record, path)
  if record.sealed == nil then
    -- Who ends the lock of somebody else need not have the key.
    if record.kind ~= "closed" then refuse_plain(self, path) end
    return record
  end
  local key = find_key(self, record.key, nil, path)
  local text = box.record_text({ stack = self.stack, key = key }, record) or changed(path)
  return json.decode(text)
end

---The records of a journal as they were written.
---@param records table[]
---@param path string
---@return table[]
function seal:records(records, path)
  local opened = {}
  for at, record in ipairs(records) do opened[at] = open_record(self, record, path) end
  return opened
end

local function resealed(self, kind, bytes, path)
  if kind ~= "journal" then return self:close(kind, self:open(kind, bytes, path)) end
  local lines = {}
  for at, record in ipairs(self:records(journal.parse(bytes) or {}, path)) do
    lines[at] = record.kind == "closed" and journal.line(record) or self:line(record)
  end
  return table.concat(lines)
end

-- All files of the stack but the journal, with their kinds.
local function files_of(self)
  local files = { ["state.json"] = "state", identity = "identity" }
  for _, name in ipairs(self.backend:history()) do
    files["history/" .. name] = name:match "^state%-" and "state" or "journal"
  end
  return files
end

---New keys, from a new passphrase or by KMS, and everything sealed with them. The seal file comes
---first and knows the old keys too, so that all is readable whenever this is cut off; the same
---command then goes on. The journal has been taken into the state before.
---@return integer files  that were sealed anew
function seal:rekey()
  local by = self.ring and self.ring.by
  local method = self.method
    or by and (by.kind == "kms" and { kms = by.key, region = by.region } or by.kind)
  if not method then
    failure.raise { kind = "usage", what = "this stack is not sealed, and nothing says that it is"
      .. " to be", next = 'write "encryption": "passphrase" into mrun.json beside the recipe' }
  end
  if self.ring then
    self.ring = ring.renewed(self.ring, method, self.stack, self.sources)
  else
    self.ring = ring.new(method, self.stack, self.sources)
    self.ring.plain = true
  end
  store(self)
  local count = 0
  for name, kind in pairs(files_of(self)) do
    local bytes = self.backend:read(name)
    if bytes then
      self.backend:replace(name, resealed(self, kind, bytes, self.backend:at(name)))
      count = count + 1
    end
  end
  local current = self.ring.current
  self.ring.keys, self.ring.plain = { [current] = self.ring.keys[current] }, nil
  store(self)
  return count
end

return { new = new }
