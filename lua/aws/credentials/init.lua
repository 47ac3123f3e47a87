-- A session's credentials: found once, renewed before they expire, once for all who wait.
local chain = require "aws.credentials.chain"
local held = require "aws.held"
local role = require "aws.credentials.role"

local MINUTE_MS <const> = 60 * 1000

local credentials = {}

---@type aws.held.kind
local KIND <const> = {
  fetch = function(session)
    local found = chain(session)
    if not session.assume_role then return found end
    return role.assume(session, found, { arn = session.assume_role })
  end,
  advisory_ms = 15 * MINUTE_MS, advisory_part = 1 / 4,
  mandatory_ms = 10 * MINUTE_MS, mandatory_part = 1 / 6,
  again_ms = MINUTE_MS,
}

---The session's credentials, fetched or refreshed where needed, once for all who wait: for all
---sessions that came of the same one, too.
---@param session table
---@return aws.credentials
function credentials.get(session)
  if session.given_credentials then return session.given_credentials end
  return held.get(session.held, KIND, session)
end

---Forgets credentials that the service said have expired; true when new ones can be had.
---@param session table
---@param used table
---@return boolean
function credentials.expired(session, used)
  if session.given_credentials or not used.expires_ms then return false end
  held.forget(session.held, used)
  return true
end

return credentials
