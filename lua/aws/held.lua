-- What is fetched once for all who wait for it, and renewed before it ends: credentials, sessions
-- with buckets, addresses that a service tells.
local failure = require "engine.failure"

local WAIT_MS <const> = 50
local MOST <const> = 100 -- of one store and credentials
local NOBODY <const> = {}

local held = {}

---How one kind of it is fetched and renewed. From advisory_ms before the end on, a new one is
---fetched by whoever comes by, and the old one is good enough; from mandatory_ms on everybody
---waits. Never more than that part of the time that it was good for when it came.
---@class aws.held.kind
---@field fetch fun(session: table, subject: any): table  expires_ms: good until then; nil: for ever
---@field advisory_ms number
---@field advisory_part number
---@field mandatory_ms number
---@field mandatory_part number
---@field again_ms number  after a fetch that failed while the old one was good enough; and with one
---  that came at its end already, which may be taken all the same (a clock may be wrong)

---A place for one thing that is held.
---@class aws.held.holder
---@field found table|nil
---@field renewal { advisory_ms: number, mandatory_ms: number }|nil
---@field flight table|nil

-- When to renew what came just now.
local function renewal(session, kind, found)
  if not found.expires_ms then return { advisory_ms = math.huge, mandatory_ms = math.huge } end
  local now_ms = session:aws_now_ms()
  local left_ms = found.expires_ms - now_ms
  if left_ms <= 0 then
    return { advisory_ms = now_ms + kind.again_ms, mandatory_ms = now_ms + kind.again_ms }
  end
  return {
    advisory_ms = found.expires_ms - math.min(kind.advisory_ms, left_ms * kind.advisory_part),
    mandatory_ms = found.expires_ms - math.min(kind.mandatory_ms, left_ms * kind.mandatory_part),
  }
end

-- Somebody else is asking already: their answer, or their failure, is ours too.
local function wait_for_other(session, flight)
  while not flight.ended do coroutine.yield { until_ms = session.now() + WAIT_MS } end
  if flight.failure then error(flight.failure, 0) end
end

local function fly(holder, kind, session, subject)
  local flight = {}
  holder.flight = flight
  -- Caught to be handed on: a coroutine that dies of an error would leave the others waiting.
  local ok, found = pcall(kind.fetch, session, subject)
  holder.flight, flight.ended = nil, true
  if not ok then
    flight.failure = found
    return nil, found
  end
  holder.found, holder.renewal = found, renewal(session, kind, found)
  return found
end

-- The old one is good enough: nobody waits, and a failure is told to nobody but an interrupt.
local function renew_early(holder, kind, session, subject)
  local old, when = holder.found, holder.renewal
  if holder.flight then return old end
  local found, cause = fly(holder, kind, session, subject)
  if found then return found end
  if failure.is(cause) and cause.kind == "interrupted" then error(cause, 0) end
  when.advisory_ms = session:aws_now_ms() + kind.again_ms
  return old
end

---What is held, fetched or renewed where needed, once for all who wait; may wait.
---@param holder aws.held.holder
---@param kind aws.held.kind
---@param session table
---@param subject any  for kind.fetch
---@return table
function held.get(holder, kind, session, subject)
  while true do
    local when, now_ms = holder.found and holder.renewal, session:aws_now_ms()
    if when and now_ms < when.advisory_ms then return holder.found end
    if when and now_ms < when.mandatory_ms then
      return renew_early(holder, kind, session, subject)
    end
    if not holder.flight then break end
    wait_for_other(session, holder.flight)
  end
  local found, cause = fly(holder, kind, session, subject)
  return found or error(cause, 0)
end

---Forgets what is no good, unless another has come in its place.
---@param holder aws.held.holder
---@param used table
function held.forget(holder, used)
  if holder.found == used then holder.found = nil end
end

---A store of holders, which go when the credentials do that they were made for.
---@return table
function held.store()
  return setmetatable({}, { __mode = "k" })
end

local function without_idle(own)
  local kept = { count = 0, holders = {} }
  for key, holder in pairs(own.holders) do
    if holder.flight then kept.holders[key], kept.count = holder, kept.count + 1 end
  end
  return kept
end

---The holder of one thing: each credentials' own.
---@param store table  made by held.store
---@param credentials table|nil
---@param key string
---@return aws.held.holder
function held.holder(store, credentials, key)
  local owner = credentials or NOBODY
  local own = store[owner] or { count = 0, holders = {} }
  if not own.holders[key] then
    if own.count >= MOST then own = without_idle(own) end
    own.holders[key], own.count = {}, own.count + 1
  end
  store[owner] = own
  return own.holders[key]
end

return held
