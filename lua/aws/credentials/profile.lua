-- What a profile's credentials come from: a base, and the roles that are assumed from it, one
-- with the other. First found in the settings alone, then fetched.
local container = require "aws.credentials.container"
local environment = require "aws.credentials.environment"
local failure = require "engine.failure"
local imds = require "aws.credentials.imds"
local login = require "aws.credentials.login"
local process = require "aws.credentials.process"
local role = require "aws.credentials.role"
local shared = require "aws.credentials.shared"
local sso = require "aws.credentials.sso"
local web_identity = require "aws.credentials.web_identity"

-- Ways to credentials that a profile may name itself, in the order of the AWS CLI.
local BASES <const> = { web_identity, sso, shared.credentials_file, login, process,
  shared.config_file }

-- Sources that a role's profile may name, spelled as there.
local SOURCES <const> = { Environment = environment, Ec2InstanceMetadata = imds,
  EcsContainer = container }

local profile = {}

local function wrong(name, reason, advice)
  failure.raise {
    what = ("the profile %s %s"):format(name, reason), code = "InvalidProfile",
    next = advice or "correct the AWS config file",
  }
end

local function base_of(config, name, env)
  for _, link in ipairs(BASES) do
    local found = link.find(config, name, config:profile(name), env)
    if found then return { link = link, found = found } end
  end
end

-- Keys in a profile that others are assumed from stand above a role in it.
local function is_role(settings, is_source)
  return settings.role_arn and not settings.web_identity_token_file
    and not (is_source and shared.has_keys(settings))
end

local function seconds(name, text)
  local value = text and math.tointeger(tonumber(text))
  if text and not value then
    wrong(name, ("has duration_seconds = %q, which is no number of seconds"):format(text))
  end
  return value
end

local function role_of(name, settings)
  return {
    profile = name, arn = settings.role_arn, session_name = settings.role_session_name,
    external_id = settings.external_id, mfa_serial = settings.mfa_serial,
    duration_s = seconds(name, settings.duration_seconds),
  }
end

local function named_source(name, source)
  if not SOURCES[source] then
    wrong(name, ("has credential_source = %s, which does not exist"):format(source),
      "use Environment, EcsContainer, Ec2InstanceMetadata, or source_profile")
  end
  return { source = source, profile = name }
end

-- The profile that a role is assumed with.
local function next_name(config, name, settings)
  local source = settings.source_profile
  if source and settings.credential_source then
    wrong(name, "has both source_profile and credential_source")
  end
  if not source then
    wrong(name, "has role_arn without source_profile or credential_source")
  end
  if not config.profiles[source] then
    wrong(name, ("has source_profile = %s, which does not exist"):format(source))
  end
  return source
end

-- A profile may be its own source where it holds keys.
local function own_base(config, name)
  if shared.has_keys(config:profile(name)) then return base_of(config, name) end
  wrong(name, "is its own source_profile and has no keys")
end

---What the profile's settings say; nil where they say nothing of credentials.
---@param config aws.config
---@param name string
---@param env function|nil  the environment, where it may speak of a web identity
---@return { base: table, roles: table[] }|nil  roles: in the order in which they are assumed
function profile.plan(config, name, env)
  local roles, seen = {}, {}
  while true do
    seen[name] = true
    local settings = config:profile(name)
    if not is_role(settings, #roles > 0) then
      local base = base_of(config, name, #roles == 0 and env or nil)
      if not base and #roles > 0 then
        wrong(name, "is a source_profile and holds no credentials")
      end
      return base and { base = base, roles = roles }
    end
    table.insert(roles, 1, role_of(name, settings))
    if settings.credential_source and not settings.source_profile then
      return { base = named_source(name, settings.credential_source), roles = roles }
    end
    local source = next_name(config, name, settings)
    if source == name then return { base = own_base(config, name), roles = roles } end
    if seen[source] then
      wrong(name, ("and its source_profile %s form a circle"):format(source))
    end
    name = source
  end
end

local function load_base(session, base)
  if base.link then return base.link.load(session, base.found) end
  local found, looked = SOURCES[base.source](session)
  return found or wrong(base.profile,
    "takes its credentials from where there are none: " .. looked)
end

---@param session table
---@param plan { base: table, roles: table[] }
---@return aws.credentials
function profile.load(session, plan)
  local found = load_base(session, plan.base)
  for _, each in ipairs(plan.roles) do found = role.assume(session, found, each) end
  return found
end

return profile
