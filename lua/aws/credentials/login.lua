-- Credentials of somebody who has signed in with `aws login`: kept by the CLI for minutes at a
-- time, and renewed with a token that only the holder of a key may use.
local cache_file = require "aws.credentials.cache_file"
local crypto = require "native.crypto"
local document = require "aws.credentials.document"
local dpop = require "aws.credentials.dpop"
local failure = require "engine.failure"
local location = require "aws.config.location"
local nested = require "aws.credentials.nested"
local time = require "native.time"

local RENEW_EARLY_MS <const> = 5 * 60 * 1000
local NEEDED <const> = { "clientId", "refreshToken", "dpopKey" }
local NAMES <const> = { access_key = "accessKeyId", secret_key = "secretAccessKey",
  token = "sessionToken", expires = "expiresAt", account_id = "accountId" }
local REASONS <const> = {
  TOKEN_EXPIRED = "has expired",
  USER_CREDENTIALS_CHANGED = "has ended: the password was changed",
  INSUFFICIENT_PERMISSIONS = "cannot be renewed: signin:CreateOAuth2Token is not allowed",
}

local function sign_in(found, reason, cause)
  failure.raise { what = ("the login session of the profile %s %s"):format(found.profile, reason),
    where = failure.is(cause) and cause.what or nil, code = "LoginSession",
    next = "aws login --profile " .. found.profile }
end

local function find(_, name, settings)
  return settings.login_session and { profile = name, session_arn = settings.login_session }
end

local function path_of(session, found)
  local key = crypto.hex(crypto.sha256(found.session_arn)) .. ".json"
  local folder = session.env "AWS_LOGIN_CACHE_DIRECTORY"
  if folder then return location.written(session.env, folder) .. "/" .. key end
  return location.below_home(session.env, ".aws/login/cache/" .. key)
end

local function kept_of(session, found, path)
  local kept = path and cache_file.read(session, path)
  if not kept then sign_in(found, "has not begun") end
  for _, name in ipairs(NEEDED) do
    if not cache_file.text(kept, name) then sign_in(found, "is not whole: no " .. name) end
  end
  if type(kept.accessToken) ~= "table" then sign_in(found, "is not whole: no accessToken") end
  return kept
end

local function credentials_of(found, kept)
  local source = "the login session of the profile " .. found.profile
  local made = document.credentials(kept.accessToken, NAMES, source)
  if not made.expires_ms then sign_in(found, "is not whole: no expiresAt") end
  return made
end

local function proof(session, found, kept)
  return function(request)
    local header = dpop(kept.dpopKey, request, session:aws_now_ms())
    return { dpop = header or sign_in(found, "is not whole: dpopKey is no key") }
  end
end

local function ask_for_new(session, found, kept)
  local client = nested.client(session, "signin", { arn = found.session_arn })
  local answer = nested.call(client, "CreateOAuth2Token", { tokenInput = {
    clientId = kept.clientId, refreshToken = kept.refreshToken, grantType = "refresh_token",
  } }, { what = "cannot renew the login session", headers = proof(session, found, kept),
    next = function() end })
  local output = answer.tokenOutput or {}
  if not (output.accessToken and output.refreshToken and output.expiresIn) then
    failure.raise { what = "signin CreateOAuth2Token: the answer holds no token",
      code = "UnreadableAnswer" }
  end
  return output
end

-- What the cache holds from now on: all that it held, and the new.
local function renewed(session, found, kept)
  local output = ask_for_new(session, found, kept)
  local expires_s = math.floor(session:aws_now_ms() / 1000) + math.floor(output.expiresIn)
  local new = {}
  for name, value in pairs(kept) do new[name] = value end
  new.refreshToken = output.refreshToken
  new.accessToken = {
    accessKeyId = output.accessToken.accessKeyId,
    secretAccessKey = output.accessToken.secretAccessKey,
    sessionToken = output.accessToken.sessionToken,
    accountId = kept.accessToken.accountId, expiresAt = time.format(expires_s, "date_time"),
  }
  return new
end

local function load(session, found)
  local path = path_of(session, found)
  local kept = kept_of(session, found, path)
  local made = credentials_of(found, kept)
  local left_ms = made.expires_ms - session:aws_now_ms()
  if left_ms > RENEW_EARLY_MS then return made end
  local ok, new = pcall(renewed, session, found, kept)
  if ok then
    cache_file.write(session, path, new)
    return credentials_of(found, new)
  end
  if failure.is(new) and new.kind == "interrupted" then error(new, 0) end
  if left_ms > 0 then return made end
  local reason = failure.is(new) and new.fields and REASONS[new.fields.error]
  sign_in(found, reason or "has expired", new)
end

return { kind = "login", find = find, load = load }
