-- The lock of a stack in a bucket: one object that names its holder and ends by itself. The holder
-- renews it; its age is told by S3's clock, or by how long it was seen unchanged, on a clock that
-- goes on while a machine sleeps. Each holding has a number, the epoch, that only grows.
local failure = require "engine.failure"
local json = require "json"
local owner = require "state.owner"
local tables = require "state.tables"

local CARD <const> = "lock.json"
-- S3 tells times in whole seconds.
local GRAIN_MS <const> = 1000
local TRIES <const> = 10

---@class state.s3.lock : state.lock
local lock = {}
lock.__index = lock

local function encode(card) return json.encode(card) .. "\n" end

local function read(self)
  local bytes, mark, age_ms = self.bucket:get(CARD)
  if not bytes then return nil, false, 0 end
  local card = json.decode(bytes)
  if type(card) ~= "table" or math.type(card.epoch) ~= "integer" then
    failure.raise { what = "the lock is damaged", where = self.bucket:at(CARD),
      next = "see that nobody changes this stack, then remove that object" }
  end
  return card, mark, age_ms
end

---@class state.s3.locks
local locks = {}
locks.__index = locks

---@param bucket state.s3.bucket
---@param log state.s3.log
---@param options { expiry_s: number, boot_now: fun(): number, random: fun(bytes): string,
---  position: fun(): string|nil }  position: of the journal, as the state has it
---@return state.s3.locks
local function new(bucket, log, options)
  return setmetatable({ bucket = bucket, log = log, expiry_s = options.expiry_s,
    boot_now = options.boot_now, random = options.random,
    position = options.position, seen = {} }, locks)
end

-- Whether a lock has ended that was not given back.
local function has_ended(self, card, mark, age_ms)
  local now = self.boot_now()
  if self.seen.mark ~= mark then self.seen = { mark = mark, since = now } end
  local expiry_ms = (tonumber(card.expiry_s) or self.expiry_s) * 1000
  return age_ms > expiry_ms + GRAIN_MS or now - self.seen.since > expiry_ms + GRAIN_MS
end

local function hold(self, card, mark)
  self.log:start(card.epoch)
  return setmetatable({ bucket = self.bucket, log = self.log, card = card, mark = mark,
    boot_now = self.boot_now, renewed = self.boot_now(), expiry_ms = card.expiry_s * 1000 }, lock)
end

---Takes the lock, from a holder that has died if need be.
---@param card table  of this process
---@return state.s3.lock|nil
---@return table|nil card  of who has it
function locks:take(card)
  local there, mark, age_ms = read(self)
  if there and not there.released then
    if not has_ended(self, there, mark, age_ms) or not self.log:close(there.epoch, card) then
      return nil, there
    end
  end
  local epoch = (there and there.epoch or self.log:newest_epoch(self.position())) + 1
  local mine = tables.with(card, { epoch = epoch, expiry_s = self.expiry_s, beat = 0,
    token = self.random(8) })
  local written = self.bucket:put(CARD, encode(mine), mark)
  if written then return hold(self, mine, written) end
  return nil, (read(self))
end

local function raise_alive(self)
  failure.raise { what = "the holder of the lock is at work: it renews it and writes all the time",
    where = self.bucket:at(CARD), next = "wait for it, or stop it there and run this again" }
end

---Breaks the lock as if its holder had died; it stops before its next call.
---@param card table  of who does so
---@return table|nil card  of who had it
function locks:unlock(card)
  local had
  for _ = 1, TRIES do
    local there, mark = read(self)
    if not there or there.released or had and there.epoch ~= had.epoch then return had end
    had = there
    local released = encode(tables.with(there, { released = true, by = card }))
    if self.log:close(there.epoch, card) and self.bucket:put(CARD, released, mark) then
      return there
    end
  end
  raise_alive(self)
end

---Says again that its holder lives; raises where the lock is somebody else's by now.
function lock:renew()
  if self.renewing or self.released then return end
  self.renewing = true
  local card = tables.with(self.card, { beat = self.card.beat + 1 })
  local began = self.boot_now()
  local ok, mark = coroutine.yield {
    try = function() return self.bucket:put(CARD, encode(card), self.mark) end,
  }
  self.renewing = false
  if not ok then error(mark, 0) end
  if not mark then self:lose() end
  self.card, self.mark, self.renewed = card, mark, began
end

---The lock is somebody else's; whatever is written from here on fails with this.
function lock:lose()
  local there = read(self)
  local by = there and (there.released and there.by or not there.released and there) or nil
  self.log.lost = failure.new {
    what = there and "the lock was taken over by " .. owner.describe(by)
      or "the lock was taken away",
    where = self.bucket:at(CARD), code = "LockLost",
    next = "nothing was called since: see mrun history, then run the same command again",
  }
  error(self.log.lost, 0)
end

---How long until it is to be renewed: twice may go wrong.
---@return number
function lock:renew_in_ms()
  return math.max(0, self.renewed + self.expiry_ms / 3 - self.boot_now())
end

---Whether it was not renewed for so long that somebody else may have it.
function lock:is_overdue() return self.boot_now() - self.renewed > self.expiry_ms end

function lock:release()
  if self.released then return end
  self.released = true
  if self.log.lost then return end
  self.bucket:put(CARD, encode(tables.with(self.card, { released = true })), self.mark)
end

return { new = new }
