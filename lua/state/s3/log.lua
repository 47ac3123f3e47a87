-- The journal as objects, for S3 cannot append: journal/EPOCH-SEQ, each put where nothing is.
--
-- An epoch is one holding of the lock. Its objects are written one after the other, without a gap,
-- so that whoever takes the lock over from a dead holder can write a closing record at the place
-- where that one's next record would go: a holder who was only asleep fails there, before the call
-- that the record announces. Closing records stay for ever. So that the place can be found, the
-- last object of an epoch stays while its holder may go on, though a state has taken it in.
local failure = require "engine.failure"
local journal = require "state.journal"
local owner = require "state.owner"

local FOLDER <const> = "journal/"
local KEY <const> = "^journal/(%d+)%-(%d+)$"
local LOOKS <const> = 10

---@class state.s3.log
---@field lost table|nil  the failure with which every write ends, since the lock was taken over
local log = {}
log.__index = log

local function key_of(epoch, seq) return ("%s%08d-%06d"):format(FOLDER, epoch, seq) end

local function epoch_of(key) return key and tonumber((key:match(KEY))) end

---@param bucket state.s3.bucket
---@param signal fun(): table  an event to wait for (engine.tasks)
---@return state.s3.log
local function new(bucket, signal)
  return setmetatable({ bucket = bucket, signal = signal, parts = {}, left = {} }, log)
end

---All keys, sorted.
---@return string[]
function log:keys() return self.bucket:list(FOLDER) end

local function closing_record(bytes)
  for _, record in ipairs(journal.parse(bytes) or {}) do
    if record.kind == "closed" then return record end
  end
end

-- S3 keeps an object whole or not at all. Where one was cut all the same, it is good as far as its
-- records are, if it is the last of its epoch; in between the gap shows.
local function mend(parts)
  for at, part in ipairs(parts) do
    local after = parts[at + 1]
    local same = after and epoch_of(after.key) == epoch_of(part.key)
    if not same or closing_record(after.bytes) then
      local records, good_bytes = journal.parse(part.bytes)
      if records then part.bytes = part.bytes:sub(1, good_bytes) end
    end
  end
end

-- The keys after a position, and those of its epoch that a state has taken in and that are there.
local function around(keys, position)
  local epoch = epoch_of(position)
  local left, later = {}, {}
  for _, key in ipairs(keys) do
    if not position or key > position then
      later[#later + 1] = key
    elseif epoch_of(key) == epoch then
      left[#left + 1] = key
    end
  end
  return left, later
end

---Reads the objects after a position; nil where one has gone meanwhile.
---@param keys string[]
---@param position string|nil
---@return string|nil
function log:read(keys, position)
  local left, later = around(keys, position)
  local found = self.bucket:get_all(later)
  if not found then return nil end
  self.parts, self.left = {}, left
  for at, key in ipairs(later) do self.parts[at] = { key = key, bytes = found[at] } end
  mend(self.parts)
  local bytes = {}
  for at, part in ipairs(self.parts) do bytes[at] = part.bytes end
  return table.concat(bytes)
end

---The newest epoch and its last number; 0 and 0 where there is none.
---@param keys string[]
---@param epoch integer|nil  look at this one
local function last_of(keys, epoch)
  local newest, last = epoch or 0, 0
  for _, key in ipairs(keys) do
    local its, seq = key:match(KEY)
    its, seq = tonumber(its), tonumber(seq)
    if its and (its == newest or (its > newest and not epoch)) then newest, last = its, seq end
  end
  return newest, last
end

---The newest epoch that there was, as far as can be seen.
---@param position string|nil  up to where a state has taken the journal in
---@return integer
function log:newest_epoch(position)
  local keys = self:keys()
  keys[#keys + 1] = position
  return (last_of(keys))
end

---From here on this process writes, under the lock of this epoch.
---@param epoch integer
function log:start(epoch)
  self.epoch, self.seq, self.lost, self.unsure = epoch, 0, nil, nil
end

---Writes the closing record of an epoch; false where its holder has written just now, and lives.
---It counts only as the last of its epoch: one that fills a place that its holder has cleared since
---the look stops nobody.
---@param epoch integer
---@param card table  of who takes over
---@return boolean
function log:close(epoch, card)
  local line = journal.line { kind = "closed", by = card, at_ms = card.since_ms }
  for _ = 1, LOOKS do
    local _, last = last_of(self:keys(), epoch)
    local bytes = last > 0 and self.bucket:get(key_of(epoch, last))
    if bytes and closing_record(bytes) then return true end
    local key = key_of(epoch, last + 1)
    if not self.bucket:put(key, line, false) then
      if not closing_record(self.bucket:get(key) or "") then return false end
    end
  end
  return false
end

local function raise_lost(self, bytes)
  local record = closing_record(bytes or "")
  self.lost = failure.new {
    what = "the lock was taken over by " .. owner.describe(record and record.by),
    where = self.bucket:at(key_of(self.epoch, self.seq + 1)), code = "LockLost",
    next = "nothing was called since: see mrun history, then run the same command again",
  }
  error(self.lost, 0)
end

-- Puts one object. An earlier one of which nobody knows whether it arrived may be there: what it
-- announced was never done, and it counts.
local function put(self, bytes)
  if self.lost then error(self.lost, 0) end
  local key = key_of(self.epoch, self.seq + 1)
  local unsure
  unsure, self.unsure = self.unsure, bytes
  if not self.bucket:put(key, bytes, false) then
    local there = self.bucket:get(key)
    if not unsure or there ~= unsure then raise_lost(self, there) end
    self.seq, self.parts[#self.parts + 1] = self.seq + 1, { key = key, bytes = there }
    return put(self, bytes)
  end
  self.unsure = nil
  self.seq, self.parts[#self.parts + 1] = self.seq + 1, { key = key, bytes = bytes }
end

---Adds lines; what is added while an object is being written goes into the next one, together.
---@param lines string
function log:append(lines)
  local batch = self.gathering
  if batch then
    batch[#batch + 1] = lines
    local err = batch.done:wait()
    if err then error(err, 0) end
    return
  end
  batch = { lines, done = self.signal() }
  if self.writing then
    self.gathering = batch
    self.writing.done:wait()
    self.gathering = nil
  end
  self.writing = batch
  local ok, err = coroutine.yield { try = function() put(self, table.concat(batch)) end }
  self.writing = nil
  batch.done:fire(not ok and err or nil)
  if not ok then error(err, 0) end
end

---The last key that is known here, and what stands in all of them.
---@return string|nil position
---@return string bytes
function log:taken()
  local bytes = {}
  for at, part in ipairs(self.parts) do bytes[at] = part.bytes end
  local last = self.parts[#self.parts]
  return last and last.key, table.concat(bytes)
end

-- Of what was left there, only a look tells closing records from others.
local function removable(self)
  local keys = {}
  for at, bytes in ipairs(self.bucket:get_all(self.left) or {}) do
    if not closing_record(bytes) then keys[#keys + 1] = self.left[at] end
  end
  for _, part in ipairs(self.parts) do
    if not closing_record(part.bytes) then keys[#keys + 1] = part.key end
  end
  return keys
end

---Removes what has been taken in, but for closing records and the last object of this holding.
function log:clear()
  local keys, last = removable(self), nil
  if self.epoch and epoch_of(keys[#keys]) == self.epoch then last = table.remove(keys) end
  self.parts, self.left = {}, { last }
  self.bucket:remove_all(keys)
end

return { new = new }
