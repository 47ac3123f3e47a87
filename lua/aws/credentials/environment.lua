-- Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local trim = require "aws.trim"

local LOOKED <const> = "the environment (AWS_ACCESS_KEY_ID)"
local SOURCE <const> = "the environment"

-- A variable of nothing but spaces is one that was not set.
local function read(session, name)
  local value = trim(session.env(name) or "")
  return value ~= "" and value or nil
end

---@param session table
---@return aws.credentials|nil
---@return string|nil looked  where there are none
return function(session)
  local access_key = read(session, "AWS_ACCESS_KEY_ID")
  local secret_key = read(session, "AWS_SECRET_ACCESS_KEY")
  if not access_key and not secret_key then return nil, LOOKED end
  if not access_key or not secret_key then
    failure.raise {
      what = ("the environment has %s but not %s"):format(
        access_key and "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY",
        access_key and "AWS_SECRET_ACCESS_KEY" or "AWS_ACCESS_KEY_ID"),
      code = "PartialCredentials", next = "set both, or neither to use a profile",
    }
  end
  local expires = read(session, "AWS_CREDENTIAL_EXPIRATION")
  return {
    access_key = access_key, secret_key = secret_key,
    token = read(session, "AWS_SESSION_TOKEN") or read(session, "AWS_SECURITY_TOKEN"),
    account_id = read(session, "AWS_ACCOUNT_ID"), source = SOURCE,
    expires_ms = expires and document.moment_ms(expires, "AWS_CREDENTIAL_EXPIRATION"),
  }
end
