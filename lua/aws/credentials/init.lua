-- Where a session's credentials come from: the first link of the chain that has some.
local assume_role = require "aws.credentials.assume_role"
local environment = require "aws.credentials.environment"
local failure = require "engine.failure"
local shared = require "aws.credentials.shared"

local REFRESH_EARLY_MS <const> = 5 * 60 * 1000
local WAIT_MS <const> = 50

-- Ways to sign in that the AWS CLI can turn into plain credentials.
local FOREIGN <const> = { "sso_session", "sso_start_url", "credential_process", "login_session",
  "web_identity_token_file" }

local credentials = {}

local function advice(config)
  local profile = config:profile()
  for _, key in ipairs(FOREIGN) do
    if profile[key] then
      return ('the profile signs in with %s: eval "$(aws configure export-credentials --profile %s '
        .. '--format env)"'):format(key, config.profile_name)
    end
  end
  return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run aws configure"
end

-- A profile that was asked for by name stands above the environment.
local function chain(session)
  if session.config.explicit then return { assume_role.link, shared.link } end
  return { environment, assume_role.link, shared.link }
end

local function from_chain(session)
  local looked = {}
  for _, link in ipairs(chain(session)) do
    local found, where = link(session)
    if found then return found end
    looked[#looked + 1] = where
  end
  failure.raise {
    what = "there are no AWS credentials", code = "NoCredentials",
    where = "looked in " .. table.concat(looked, ", then "), next = advice(session.config),
  }
end

local function fetch(session)
  local found = from_chain(session)
  if not session.assume_role then return found end
  return assume_role.call(session, found, { arn = session.assume_role })
end

local function is_fresh(session, found)
  return found and (not found.expires_ms or found.expires_ms - REFRESH_EARLY_MS > session.now())
end

-- Somebody else is asking already: their answer, or their failure, is ours too.
local function wait_for_other(session)
  local flight = session.flight
  while not flight.ended do coroutine.yield { until_ms = session.now() + WAIT_MS } end
  if flight.failure then error(flight.failure, 0) end
end

---The session's credentials, fetched or refreshed where needed, once for all who wait.
---@param session table
---@return { access_key: string, secret_key: string, token: string|nil, expires_ms: number|nil }
function credentials.get(session)
  if session.given_credentials then return session.given_credentials end
  if session.flight then wait_for_other(session) end
  if is_fresh(session, session.credentials) then return session.credentials end
  local flight = {}
  session.flight = flight
  -- Caught to be handed on: a coroutine that dies of an error would leave the others waiting.
  local ok, found = pcall(fetch, session)
  session.flight, flight.ended = nil, true
  if not ok then
    flight.failure = found
    error(found, 0)
  end
  session.credentials = found
  return found
end

---Forgets credentials that the service said have expired; true when new ones can be had.
---@param session table
---@param used table
---@return boolean
function credentials.expired(session, used)
  if session.given_credentials or not used.expires_ms then return false end
  if session.credentials == used then session.credentials = nil end
  return true
end

return credentials
