-- What a profile's credentials come from, told without fetching them.
local config = require "aws.config"
local profile = require "aws.credentials.profile"
local same = require "same"
local world = require "credentials_config.world"

local function keys(found)
  return "AccessKey", { access_key_id = found.access_key, secret_access_key = found.secret_key,
    session_token = found.token, account_id = found.account_id }
end

-- Each kind of base as these cases write it.
local KINDS <const> = {
  credentials_file = keys,
  config_file = keys,
  web_identity = function(found)
    return "WebIdentityToken", { role_arn = found.arn, web_identity_token_file = found.path,
      role_session_name = found.session_name }
  end,
  sso = function(found)
    return "Sso", { sso_region = found.region, sso_start_url = found.start_url,
      sso_session = found.session_name, sso_account_id = found.account_id,
      sso_role_name = found.role }
  end,
  process = function(found)
    return "CredentialProcess", { command = found.command, account_id = found.account_id }
  end,
  login = function(found) return "LoginSession", { login_session_arn = found.session_arn } end,
}

local function step_of_base(base)
  if base.source then return { NamedSource = base.source } end
  local name, found = KINDS[base.link.kind](base.found)
  return { [name] = found }
end

local function steps_of(plan)
  local steps = { step_of_base(plan.base) }
  for at, role in ipairs(plan.roles) do
    steps[at + 1] = { AssumeRole = { role_arn = role.arn, external_id = role.external_id,
      role_session_name = role.session_name } }
  end
  return steps
end

local function plan_of(case)
  local sections = {}
  for name, settings in pairs(case.input.sso_sessions or {}) do
    sections["sso-session " .. name] = settings
  end
  local files = { ["/home/.aws/config"] = world.ini(case.input.profiles, sections) }
  local env = { HOME = "/home" }
  local found = config.load({ read_file = world.reader(files),
    env = function(name) return env[name] end }, case.input.selected_profile)
  return assert(profile.plan(found, case.input.selected_profile), "it holds no credentials")
end

local function check(case)
  local ok, plan = pcall(plan_of, case)
  if case.output.Error then
    if ok then return "expected an error, came a chain" end
    return nil
  end
  if not ok then return "expected a chain, came " .. tostring(plan) end
  return same.difference(case.output.ProfileChain, steps_of(plan))
end

return function(folder, name, suite)
  for at, case in ipairs(folder:json(name) or {}) do
    suite(("assume-role %d %s"):format(at, case.docs), function() return check(case) end)
  end
end
