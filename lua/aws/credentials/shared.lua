-- Credentials written in a profile of the shared credentials or config file.
local failure = require "engine.failure"

---The keys of one profile's settings, or nil.
---@param name string
---@param profile table<string, string>
---@return table|nil
local function keys(name, profile)
  local access_key, secret_key = profile.aws_access_key_id, profile.aws_secret_access_key
  if not access_key and not secret_key then return nil end
  if not access_key or not secret_key then
    failure.raise {
      what = ("the profile %s has %s but not %s"):format(name,
        access_key and "aws_access_key_id" or "aws_secret_access_key",
        access_key and "aws_secret_access_key" or "aws_access_key_id"),
      code = "PartialCredentials", next = "set both in the credentials file",
    }
  end
  return {
    access_key = access_key, secret_key = secret_key, token = profile.aws_session_token,
    account_id = profile.aws_account_id, source = "the profile " .. name,
  }
end

---@param session table
---@return table|nil credentials
---@return string|nil looked
local function link(session)
  local config = session.config
  local found = keys(config.profile_name, config:profile())
  if found then return found end
  return nil, ("the profile %s of %s"):format(config.profile_name,
    table.concat(config.looked, " and "))
end

return { link = link, keys = keys }
