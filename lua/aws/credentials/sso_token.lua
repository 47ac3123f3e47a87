-- The token of somebody who has signed in with `aws sso login`: read from the CLI's cache, and
-- renewed there before it expires.
local cache_file = require "aws.credentials.cache_file"
local crypto = require "native.crypto"
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local location = require "aws.config.location"
local nested = require "aws.credentials.nested"
local time = require "native.time"

local RENEW_EARLY_MS <const> = 15 * 60 * 1000
local NEEDED <const> = { "refreshToken", "clientId", "clientSecret", "registrationExpiresAt" }

local sso_token = {}

---Raises: sign in again.
---@param wanted { profile: string }
---@param reason string
---@param cause any
function sso_token.sign_in(wanted, reason, cause)
  local where = failure.is(cause) and cause.what or nil
  failure.raise { what = ("the SSO session of the profile %s %s"):format(wanted.profile, reason),
    where = where, code = "SsoSession", next = "aws sso login --profile " .. wanted.profile }
end

local function path_of(session, wanted)
  local key = crypto.hex(crypto.sha1(wanted.session_name or wanted.start_url))
  return location.below_home(session.env, (".aws/sso/cache/%s.json"):format(key))
end

local function can_renew(session, kept)
  for _, name in ipairs(NEEDED) do
    if not cache_file.text(kept, name) then return false end
  end
  return document.moment_ms(kept.registrationExpiresAt, "the SSO cache") > session:aws_now_ms()
end

local function renewed(session, wanted, kept)
  local oidc = nested.client(session, "sso-oidc", { region = wanted.region })
  local answer = nested.call(oidc, "CreateToken", {
    grantType = "refresh_token", clientId = kept.clientId, clientSecret = kept.clientSecret,
    refreshToken = kept.refreshToken,
  }, { what = "cannot renew the SSO session", next = function() end })
  if not answer.accessToken or not answer.expiresIn then
    failure.raise { what = "sso-oidc CreateToken: the answer holds no token",
      code = "UnreadableAnswer" }
  end
  local expires_s = math.floor(session:aws_now_ms() / 1000) + math.floor(answer.expiresIn)
  return {
    startUrl = wanted.start_url, region = wanted.region, accessToken = answer.accessToken,
    expiresAt = time.format(expires_s, "date_time"), clientId = kept.clientId,
    clientSecret = kept.clientSecret, registrationExpiresAt = kept.registrationExpiresAt,
    refreshToken = answer.refreshToken,
  }
end

local function moment_ms(kept)
  return document.moment_ms(kept.expiresAt, "the SSO cache")
end

-- The cached token, or a new one; one that could not be renewed is good until it expires.
local function best(session, wanted, path, kept)
  local left_ms = moment_ms(kept) - session:aws_now_ms()
  -- Sessions written into the profile itself know no way to renew.
  if left_ms >= RENEW_EARLY_MS or (left_ms > 0 and not wanted.session_name) then return kept end
  local cause
  if wanted.session_name and can_renew(session, kept) then
    local ok, new = pcall(renewed, session, wanted, kept)
    if ok then
      cache_file.write(session, path, new)
      return new
    end
    if failure.is(new) and new.kind == "interrupted" then error(new, 0) end
    cause = new
  end
  if left_ms > 0 then return kept end
  sso_token.sign_in(wanted, "has expired", cause)
end

---@param session table
---@param wanted { profile: string, session_name: string|nil, start_url: string, region: string }
---@return { token: string, expires_ms: number }
function sso_token.get(session, wanted)
  local path = path_of(session, wanted)
  local kept = path and cache_file.read(session, path)
  if not kept or not cache_file.text(kept, "accessToken") or not kept.expiresAt then
    sso_token.sign_in(wanted, kept and "cannot be read" or "has not begun")
  end
  local found = best(session, wanted, path, kept)
  return { token = found.accessToken, expires_ms = moment_ms(found) }
end

return sso_token
