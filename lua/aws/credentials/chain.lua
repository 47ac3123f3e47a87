-- Where credentials are looked for, in the order of the AWS CLI: the first link that has some.
local container = require "aws.credentials.container"
local environment = require "aws.credentials.environment"
local failure = require "engine.failure"
local imds = require "aws.credentials.imds"
local profile = require "aws.credentials.profile"

local function from_profile(session)
  local config = session.config
  local name = config.profile_name
  local plan = profile.plan(config, name, not config.explicit and session.env or nil)
  if plan then return profile.load(session, plan) end
  return nil, ("the profile %s of %s"):format(name, table.concat(config.looked, " and "))
end

-- Each returns credentials, or nil and where it looked. A profile that was asked for by name
-- stands above the environment.
local LINKS <const> = {
  { load = environment, unless_explicit = true },
  { load = from_profile },
  { load = container },
  { load = imds },
}

local function advice(config)
  if config:profile().sso_session or config:profile().sso_start_url then
    return ("the profile %s signs in with SSO: add sso_account_id and sso_role_name to it")
      :format(config.profile_name)
  end
  return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run aws configure"
end

---@param session table
---@return aws.credentials
return function(session)
  local looked = {}
  for _, link in ipairs(LINKS) do
    if not (link.unless_explicit and session.config.explicit) then
      local found, where = link.load(session)
      if found then return found end
      looked[#looked + 1] = where
    end
  end
  failure.raise {
    what = "there are no AWS credentials", code = "NoCredentials",
    where = "looked in " .. table.concat(looked, ", then "), next = advice(session.config),
  }
end
