-- Credentials written in a profile: of the credentials file, or of the config file.
local failure = require "engine.failure"

local shared = {}

---Whether a profile's settings hold keys, be they whole or not.
---@param settings table<string, string>
---@return boolean
function shared.has_keys(settings)
  return settings.aws_access_key_id ~= nil or settings.aws_secret_access_key ~= nil
end

-- Those of one profile in one file.
local function keys(name, settings)
  if not shared.has_keys(settings) then return nil end
  local access_key, secret_key = settings.aws_access_key_id, settings.aws_secret_access_key
  if not access_key or not secret_key then
    failure.raise {
      what = ("the profile %s has %s but not %s"):format(name,
        access_key and "aws_access_key_id" or "aws_secret_access_key",
        access_key and "aws_secret_access_key" or "aws_access_key_id"),
      code = "PartialCredentials", next = "set both in the credentials file",
    }
  end
  return {
    access_key = access_key, secret_key = secret_key,
    token = settings.aws_session_token or settings.aws_security_token,
    source = "the profile " .. name,
  }
end

local function load(_, found) return found end

-- Keys of one file are never completed from the other, which may hold those of another day.
local function of_file(which)
  return {
    kind = which .. "_file",
    find = function(config, name, settings)
      local found = keys(name, config.files[which][name] or {})
      if found then found.account_id = settings.aws_account_id end
      return found
    end,
    load = load,
  }
end

shared.credentials_file, shared.config_file = of_file "credentials", of_file "config"

return shared
