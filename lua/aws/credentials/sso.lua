-- Credentials of IAM Identity Center (SSO): a role of an account, for who has signed in.
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local nested = require "aws.credentials.nested"
local sso_token = require "aws.credentials.sso_token"

local SESSION_KEYS <const> = { "sso_start_url", "sso_region" }
local NAMES <const> = { access_key = "accessKeyId", secret_key = "secretAccessKey",
  token = "sessionToken" }

local sso = { kind = "sso" }

local function wrong(name, reason, advice)
  failure.raise { what = ("the profile %s %s"):format(name, reason), code = "InvalidProfile",
    next = advice or "correct the AWS config file, or run aws configure sso" }
end

-- The settings of the sso-session that a profile names, which may repeat them and not differ.
local function session_of(config, name, settings)
  local session_name = settings.sso_session
  local found = config.sso_sessions[session_name]
  if not found then
    wrong(name, ("has sso_session = %s, which does not exist"):format(session_name))
  end
  for _, key in ipairs(SESSION_KEYS) do
    if settings[key] and found[key] and settings[key] ~= found[key] then
      wrong(name, ("and its sso-session %s differ in %s"):format(session_name, key))
    end
  end
  return found
end

---The session that a profile signs in with; nil where it has none.
---@param config aws.config
---@param name string
---@param settings table<string, string>
---@return { profile: string, session_name: string|nil, start_url: string, region: string }|nil
function sso.session(config, name, settings)
  if not settings.sso_session and not settings.sso_start_url then return nil end
  local from = settings.sso_session and session_of(config, name, settings) or settings
  for _, key in ipairs(SESSION_KEYS) do
    if not from[key] then wrong(name, "signs in with SSO and has no " .. key) end
  end
  return { profile = name, session_name = settings.sso_session, start_url = from.sso_start_url,
    region = from.sso_region }
end

function sso.find(config, name, settings)
  local account_id, role = settings.sso_account_id, settings.sso_role_name
  if not account_id and not role then return nil end
  if not account_id or not role then
    wrong(name, "signs in with SSO and has no "
      .. (account_id and "sso_role_name" or "sso_account_id"))
  end
  local found = sso.session(config, name, settings)
    or wrong(name, "signs in with SSO and has neither sso_session nor sso_start_url")
  found.account_id, found.role = account_id, role
  return found
end

local function keys_of(answer, source)
  local found = answer.roleCredentials or {}
  local made = document.credentials(found, NAMES, source)
  made.expires_ms = tonumber(found.expiration)
  return made
end

function sso.load(session, found)
  local source = ("SSO as %s in %s"):format(found.role, found.account_id)
  local token = sso_token.get(session, found)
  local client = nested.client(session, "sso", { region = found.region })
  local answer = nested.call(client, "GetRoleCredentials", {
    roleName = found.role, accountId = found.account_id, accessToken = token.token,
  }, { what = "no credentials from " .. source, next = function(fault)
    if fault.code == "UnauthorizedException" then
      return "aws sso login --profile " .. found.profile
    elseif fault.code == "ForbiddenException" or fault.code == "ResourceNotFoundException" then
      return "see that sso_account_id and sso_role_name are among your own"
    end
  end })
  local made = keys_of(answer, source)
  made.account_id = found.account_id
  return made
end

return sso
