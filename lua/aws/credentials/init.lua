-- A session's credentials: found once, renewed before they expire, once for all who wait.
local chain = require "aws.credentials.chain"
local failure = require "engine.failure"
local role = require "aws.credentials.role"

-- From the first on new ones are fetched by whoever comes by, and the old ones are good enough;
-- from the second on everybody waits. Never more than that part of the time that they were good
-- for when they came.
local ADVISORY_MS <const>, ADVISORY_PART <const> = 15 * 60 * 1000, 1 / 4
local MANDATORY_MS <const>, MANDATORY_PART <const> = 10 * 60 * 1000, 1 / 6
-- After a fetch that failed while the old ones were good enough; and with ones that came expired
-- already, which AWS may take all the same (a clock may be wrong).
local AGAIN_MS <const> = 60 * 1000
local WAIT_MS <const> = 50

local credentials = {}

local function fetch(session)
  local found = chain(session)
  if not session.assume_role then return found end
  return role.assume(session, found, { arn = session.assume_role })
end

-- When to renew what came just now.
local function renewal(session, found)
  if not found.expires_ms then return { advisory_ms = math.huge, mandatory_ms = math.huge } end
  local now_ms = session:aws_now_ms()
  local left_ms = found.expires_ms - now_ms
  if left_ms <= 0 then
    return { advisory_ms = now_ms + AGAIN_MS, mandatory_ms = now_ms + AGAIN_MS }
  end
  return {
    advisory_ms = found.expires_ms - math.min(ADVISORY_MS, left_ms * ADVISORY_PART),
    mandatory_ms = found.expires_ms - math.min(MANDATORY_MS, left_ms * MANDATORY_PART),
  }
end

-- Somebody else is asking already: their answer, or their failure, is ours too.
local function wait_for_other(session, flight)
  while not flight.ended do coroutine.yield { until_ms = session.now() + WAIT_MS } end
  if flight.failure then error(flight.failure, 0) end
end

local function fly(session)
  local held, flight = session.held, {}
  held.flight = flight
  -- Caught to be handed on: a coroutine that dies of an error would leave the others waiting.
  local ok, found = pcall(fetch, session)
  held.flight, flight.ended = nil, true
  if not ok then
    flight.failure = found
    return nil, found
  end
  held.found, held.renewal = found, renewal(session, found)
  return found
end

-- The old ones are good enough: nobody waits, and a failure is told to nobody but an interrupt.
local function renew_early(session)
  local held = session.held
  local old, when = held.found, held.renewal
  if held.flight then return old end
  local found, cause = fly(session)
  if found then return found end
  if failure.is(cause) and cause.kind == "interrupted" then error(cause, 0) end
  when.advisory_ms = session:aws_now_ms() + AGAIN_MS
  return old
end

---The session's credentials, fetched or refreshed where needed, once for all who wait: for all
---sessions that came of the same one, too.
---@param session table
---@return aws.credentials
function credentials.get(session)
  if session.given_credentials then return session.given_credentials end
  local held = session.held
  while true do
    local when, now_ms = held.found and held.renewal, session:aws_now_ms()
    if when and now_ms < when.advisory_ms then return held.found end
    if when and now_ms < when.mandatory_ms then return renew_early(session) end
    if not held.flight then break end
    wait_for_other(session, held.flight)
  end
  local found, cause = fly(session)
  return found or error(cause, 0)
end

---Forgets credentials that the service said have expired; true when new ones can be had.
---@param session table
---@param used table
---@return boolean
function credentials.expired(session, used)
  if session.given_credentials or not used.expires_ms then return false end
  if session.held.found == used then session.held.found = nil end
  return true
end

return credentials
