-- Bearer tokens, which some services take in place of a signature: from the environment, by the
-- service's signing name, or from the SSO session of the profile.
local failure = require "engine.failure"
local sso = require "aws.credentials.sso"
local sso_token = require "aws.credentials.sso_token"

local bearer = {}

---The variable of the environment that holds a token for a service.
---@param signing_name string  as in "bedrock"
---@return string  AWS_BEARER_TOKEN_BEDROCK
function bearer.variable(signing_name)
  return "AWS_BEARER_TOKEN_" .. signing_name:gsub("[%s-]", "_"):upper()
end

---@param session table
---@param signing_name string|nil
---@return { token: string, expires_ms: number|nil }
function bearer.get(session, signing_name)
  local variable = signing_name and bearer.variable(signing_name)
  local given = variable and session.env(variable)
  if given then return { token = given } end
  local config = session.config
  local name, settings = config.profile_name, config:profile()
  local found = settings.sso_session and sso.session(config, name, settings)
  if found then return sso_token.get(session, found) end
  failure.raise {
    what = "there is no bearer token", code = "NoToken",
    where = ("looked in %sthe profile %s"):format(variable and variable .. " and " or "", name),
    next = "set sso_session in the profile, and sign in: aws sso login --profile " .. name,
  }
end

return bearer
