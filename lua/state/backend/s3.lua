-- The files of a stack in a bucket of S3, below PREFIX/STACK/: every write is conditional on what
-- was read, the journal is one object for each sync, and the lock ends by itself.
local buckets = require "state.s3.bucket"
local failure = require "engine.failure"
local locks = require "state.s3.lock"
local logs = require "state.s3.log"

local STATE <const>, HISTORY <const> = "state.json", "history/"
local LOOKS <const> = 10

---@class state.backend.s3 : state.backend
local backend = { keeps_versions = true }
backend.__index = backend

---@param location state.location
---@param stack string
---@param options table  of state.open: region, profile, session, signal, now, boot_now, random
---@return state.backend.s3
local function open(location, stack, options)
  local bucket = buckets.open(location, options):below(stack)
  local log = logs.new(bucket, options.signal)
  local self = { bucket = bucket, log = log, where = location.text .. "/" .. stack, marks = {},
    read_state = options.read_state }
  self.locks = locks.new(bucket, log, { expiry_s = location.lock_expiry,
    boot_now = options.boot_now, random = options.random,
    position = function() return (self:state() or {}).journal end })
  return setmetatable(self, backend)
end

function backend:at(name) return self.where .. "/" .. name end

function backend:read(name)
  local bytes, mark = self.bucket:get(name)
  self.marks[name] = mark or false
  return bytes
end

function backend:state()
  local bytes = self:read(STATE)
  return bytes and self.read_state(bytes)
end

---The names in the journal first, then the state, then what it has not taken in: one that goes
---away meanwhile went into a newer state.
function backend:snapshot()
  for _ = 1, LOOKS do
    local keys = self.log:keys()
    local state = self:state()
    local journal = self.log:read(keys, state and state.journal)
    if journal then return state, journal ~= "" and journal or nil end
  end
  failure.raise { what = "the state is being written all the time", where = self.where,
    next = "run the same command again" }
end

function backend:replace(name, bytes)
  if self.marks[name] == nil then self:read(name) end
  local mark = self.bucket:put(name, bytes, self.marks[name])
  if not mark then
    if self.lock then self.lock:renew() end
    return false
  end
  self.marks[name] = mark
  return true
end

function backend:remove(name)
  if self.marks[name] == nil then self:read(name) end
  if self.marks[name] then self.bucket:remove(name, self.marks[name]) end
  self.marks[name] = false
end

function backend:continue()
  if not self.lock then
    failure.raise { what = "the journal is written under the lock only", where = self.where,
      next = "this is a fault of mrun: please report it" }
  end
  return true
end

function backend:append(lines)
  if self.lock:is_overdue() then self.lock:renew() end
  self.log:append(lines)
end

function backend:position() return (self.log:taken()) end

function backend:archive(name)
  local position, bytes = self.log:taken()
  if not position then return end
  self:keep(name, bytes)
  self.log:clear()
end

---What is in the history stays as it is; the same again is there already.
function backend:keep(name, bytes)
  local copy, tail = 0, ""
  while not self.bucket:put(HISTORY .. name .. tail, bytes, false) do
    copy = copy + 1
    tail = "." .. copy
  end
end

function backend:history()
  local names = {}
  for at, key in ipairs(self.bucket:list(HISTORY)) do names[at] = key:sub(#HISTORY + 1) end
  return names
end

function backend:read_history(names)
  local keys = {}
  for at, name in ipairs(names) do keys[at] = HISTORY .. name end
  return self.bucket:get_all(keys) or {}
end

function backend:take(card)
  local held, there = self.locks:take(card)
  self.lock = held
  return held, there
end

function backend:unlock(card) return self.locks:unlock(card) end

local function stacks(location, options)
  return buckets.open(location, options):folders()
end

return { open = open, stacks = stacks }
