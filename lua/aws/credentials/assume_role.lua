-- Credentials by sts:AssumeRole: a profile with role_arn, from the profile that source_profile
-- names or from credential_source; roles may stand in a chain.
local environment = require "aws.credentials.environment"
local failure = require "engine.failure"
local shared = require "aws.credentials.shared"

local assume_role = {}

local function wrong(name, reason, advice)
  failure.raise {
    what = ("the profile %s %s"):format(name, reason), code = "InvalidProfile",
    next = advice or "correct the AWS config file",
  }
end

local function session_name(session)
  return "mrun-" .. math.floor(session.now() / 1000)
end

---Calls sts:AssumeRole with these credentials.
---@param session table
---@param source table  credentials
---@param role { arn: string, session_name: string?, external_id: string?, duration_s: integer? }
---@return table credentials
function assume_role.call(session, source, role)
  local sts = session:client("sts", { credentials = source })
  local answer = sts:call("AssumeRole", {
    RoleArn = role.arn,
    RoleSessionName = role.session_name or session_name(session),
    ExternalId = role.external_id,
    DurationSeconds = role.duration_s,
  })
  local keys = answer.Credentials or {}
  if not (keys.AccessKeyId and keys.SecretAccessKey and keys.Expiration) then
    failure.raise { what = "sts AssumeRole: the answer holds no credentials", service = "sts",
      operation = "AssumeRole", where = "the role " .. role.arn, code = "UnreadableAnswer",
      next = "see that the endpoint is an AWS API" }
  end
  return {
    access_key = keys.AccessKeyId, secret_key = keys.SecretAccessKey, token = keys.SessionToken,
    expires_ms = keys.Expiration * 1000, account_id = role.arn:match("^arn:[^:]*:iam::(%d+):"),
    source = "the role " .. role.arn,
  }
end

local source_of

local function from_role(session, name, profile, seen)
  if profile.mfa_serial then
    wrong(name, "asks for an MFA code (mfa_serial)",
      ('sign in yourself: eval "$(aws configure export-credentials --profile %s --format env)"')
        :format(name))
  end
  local source = source_of(session, name, profile, seen)
  return assume_role.call(session, source, {
    arn = profile.role_arn, session_name = profile.role_session_name,
    external_id = profile.external_id, duration_s = math.tointeger(profile.duration_seconds),
  })
end

local function from_source(session, name, source)
  if source ~= "Environment" then
    wrong(name, ("takes its credentials from %s, where there are none"):format(source),
      "use credential_source = Environment, or source_profile")
  end
  local found, looked = environment(session)
  return found or wrong(name, "takes its credentials from where there are none: " .. looked)
end

-- A profile with keys and no source of its own ends a chain, whatever else is in it.
local function is_role(profile)
  return profile.role_arn and (profile.source_profile or not profile.aws_access_key_id)
end

-- What the role of a profile is assumed with. A profile that names itself ends the chain with
-- its keys.
function source_of(session, name, profile, seen)
  local next_name, source = profile.source_profile, profile.credential_source
  if next_name and source then wrong(name, "has both source_profile and credential_source") end
  if source then return from_source(session, name, source) end
  if not next_name then wrong(name, "has role_arn without source_profile or credential_source") end
  local next_profile = session.config.profiles[next_name]
  if not next_profile then
    wrong(name, ("has source_profile = %s, which does not exist"):format(next_name))
  end
  if next_name == name then
    return shared.keys(name, profile) or wrong(name, "is its own source_profile and has no keys")
  end
  if seen[next_name] then
    wrong(name, ("and its source_profile %s form a circle"):format(next_name))
  end
  seen[next_name] = true
  if is_role(next_profile) then
    return from_role(session, next_name, next_profile, seen)
  end
  return shared.keys(next_name, next_profile)
    or wrong(next_name, "is a source_profile and holds no credentials")
end

---@param session table
---@return table|nil credentials
---@return string|nil looked
function assume_role.link(session)
  local config = session.config
  local name, profile = config.profile_name, config:profile()
  if not profile.role_arn or profile.web_identity_token_file then return nil end
  return from_role(session, name, profile, { [name] = true })
end

return assume_role
