-- Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
local failure = require "engine.failure"

local LOOKED <const> = "the environment (AWS_ACCESS_KEY_ID)"

---@param session table
---@return table|nil credentials
---@return string|nil looked  where there are none
return function(session)
  local env = session.env
  local access_key, secret_key = env "AWS_ACCESS_KEY_ID", env "AWS_SECRET_ACCESS_KEY"
  if not access_key and not secret_key then return nil, LOOKED end
  if not access_key or not secret_key then
    failure.raise {
      what = ("the environment has %s but not %s"):format(
        access_key and "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY",
        access_key and "AWS_SECRET_ACCESS_KEY" or "AWS_ACCESS_KEY_ID"),
      code = "PartialCredentials", next = "set both, or neither to use a profile",
    }
  end
  return {
    access_key = access_key, secret_key = secret_key, token = env "AWS_SESSION_TOKEN",
    account_id = env "AWS_ACCOUNT_ID", source = "the environment",
  }
end
