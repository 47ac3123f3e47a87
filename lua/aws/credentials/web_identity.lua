-- Credentials by sts:AssumeRoleWithWebIdentity, with a token in a file: from the environment, as
-- EKS sets it, or from a profile.
local failure = require "engine.failure"
local nested = require "aws.credentials.nested"
local role = require "aws.credentials.role"

local LONGEST_TOKEN <const> = 64 * 1024
local VARIABLES <const> = { web_identity_token_file = "AWS_WEB_IDENTITY_TOKEN_FILE",
  role_arn = "AWS_ROLE_ARN", role_session_name = "AWS_ROLE_SESSION_NAME" }

-- `env` is nil where only the profile counts: one that was asked for by name, or a source of
-- another.
local function find(_, name, settings, env)
  local function get(key)
    return env and env(VARIABLES[key]) or settings[key]
  end
  local path = get "web_identity_token_file"
  if not path then return nil end
  local found = { profile = name, path = path, arn = get "role_arn",
    session_name = get "role_session_name" }
  if not found.arn then
    failure.raise { what = "there is a web_identity_token_file and no role_arn", code =
      "InvalidProfile", where = "the profile " .. name, next = env
      and "set AWS_ROLE_ARN, or role_arn in the profile" or "set role_arn in the profile" }
  end
  return found
end

local function token_of(session, found)
  local token, cause = session.read_file(found.path, LONGEST_TOKEN)
  if token and token ~= "" then return token end
  failure.raise { what = "cannot read the token of the web identity: "
    .. (token and "the file is empty" or tostring(cause.reason or cause.code)),
    where = found.path, code = "WebIdentityToken", next = "see that the file is there" }
end

local function advice(found)
  return function(fault)
    if fault.code == "ExpiredTokenException" or fault.code == "ExpiredToken" then
      return "get a new token into " .. found.path
    end
    if fault.code == "InvalidIdentityToken" or fault.code == "InvalidIdentityTokenException"
      or fault.code == "AccessDenied" then
      return "the role's trust policy must name the identity provider that made the token"
    end
  end
end

local function load(session, found)
  local token = token_of(session, found)
  local sts = nested.client(session, "sts", { arn = found.arn })
  local answer = nested.call(sts, "AssumeRoleWithWebIdentity", {
    RoleArn = found.arn, WebIdentityToken = token,
    RoleSessionName = found.session_name or "mrun-" .. math.floor(session.now() / 1000),
  }, { what = "cannot assume the role " .. found.arn .. " with a web identity",
    next = advice(found) })
  return role.credentials(answer, "AssumeRoleWithWebIdentity", found.arn)
end

return { kind = "web_identity", find = find, load = load }
