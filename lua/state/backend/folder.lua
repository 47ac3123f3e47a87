-- The files of a stack in a folder of this machine: the journal is one file that is appended to,
-- and the lock is the kernel's, so it ends with its process.
local folder = require "state.folder"
local fs = require "native.fs"
local owner = require "state.owner"

local STATE <const>, JOURNAL <const>, HISTORY <const> = "state.json", "journal", "history"

---@class state.backend.folder : state.backend
local backend = { keeps_versions = false }
backend.__index = backend

---@param location state.location
---@param stack string
---@param options { read_state: fun(bytes: string): table }
---@return state.backend.folder
local function open(location, stack, options)
  local at = folder.open(location.path .. "/" .. stack)
  return setmetatable({ folder = at, where = at.path, kept = folder.open(at:at(HISTORY)),
    read_state = options.read_state }, backend)
end

function backend:at(name) return self.folder:at(name) end

function backend:read(name) return self.folder:read(name) end

---The journal first: a save that comes in between leaves one that is known to be taken in.
function backend:snapshot()
  local journal = self.folder:read(JOURNAL)
  local bytes = self.folder:read(STATE)
  return bytes and self.read_state(bytes), journal
end

function backend:replace(name, bytes)
  self.folder:ensure()
  self.folder:replace(name, bytes)
  return true
end

function backend:remove(name)
  self.folder:remove(name)
  self.folder:sync()
end

---A torn journal is cut before it grows.
function backend:continue(good_bytes)
  self.folder:ensure()
  self.handle, self.size = self.folder:append(JOURNAL), good_bytes or 0
  self.fresh, self.damaged = good_bytes == nil, true
  return self.fresh
end

-- After a write that failed half-way (a full disk), the part is cut off first.
function backend:append(lines, synced)
  if self.damaged then self.handle:truncate(self.size) end
  self.damaged = true
  self.handle:write(lines)
  if synced then self.handle:sync() end
  if self.fresh then self.folder:sync() end
  self.damaged, self.fresh, self.size = nil, false, self.size + #lines
end

function backend.position() return nil end

function backend:archive(name)
  if self.handle then self.handle:close() end
  self.handle, self.damaged = nil, nil
  if self.folder:read(JOURNAL) then
    self.folder:rename(JOURNAL, HISTORY .. "/" .. self:free_name(name))
  end
end

---A name that the history does not have yet: nothing there is ever replaced.
function backend:free_name(name)
  self.kept:ensure()
  local copy, tail = 0, ""
  while fs.stat(self.kept:at(name .. tail)) do
    copy = copy + 1
    tail = "." .. copy
  end
  return name .. tail
end

function backend:keep(name, bytes)
  self.kept:replace(self:free_name(name), bytes)
end

function backend:history() return fs.list(self.kept.path) or {} end

function backend:read_history(names)
  local found = {}
  for at, name in ipairs(names) do found[at] = self.kept:read(name) or "" end
  return found
end

function backend:take(card) return owner.take(self.folder, card) end

function backend:unlock() return owner.unlock(self.folder) end

-- Any one of these is enough: the others may be lost.
local TRACES <const> = { STATE, JOURNAL, HISTORY, "identity" }

local function has_trace(path)
  for _, name in ipairs(TRACES) do
    if fs.stat(path .. "/" .. name) then return true end
  end
  return false
end

local function stacks(location)
  local names = {}
  for _, name in ipairs(fs.list(location.path) or {}) do
    if has_trace(location.path .. "/" .. name) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return { open = open, stacks = stacks }
