-- How the caller of an operation proves who it is: with a signature, with a bearer token, or not at
-- all. The models say what a service takes, in the order in which it likes it; the user may like
-- another (auth_scheme_preference), and a token for it in the environment
-- (AWS_BEARER_TOKEN_BEDROCK) is meant to be used.
local auth = require "aws.endpoint.auth"
local bearer = require "aws.credentials.bearer"

local KNOWN <const> = { ["aws.auth#sigv4"] = "sigv4", ["smithy.api#httpBearerAuth"] = "bearer",
  ["smithy.api#noAuth"] = "none" }
local TYPES <const> = { none = "none", bearer = "bearer" }
local OLD <const> = { v2 = true, v3 = true }

-- The first of the user's, by the short names ("httpBearerAuth"), that a service takes and we make.
local function preferred(list, wanted)
  for name in (wanted or ""):gmatch "[^,%s]+" do
    for _, option in ipairs(list) do
      if KNOWN[option] and option:match "#(.*)$" == name then return KNOWN[option] end
    end
  end
end

local function of_list(session, name, list)
  local found = preferred(list, session.options.auth_scheme_preference)
  if found then return found end
  for _, option in ipairs(list) do
    local scheme = KNOWN[option]
    if scheme == "bearer" and session.env(bearer.variable(name)) then return "bearer" end
    found = found or scheme
  end
  return preferred(list, session.config:get("auth_scheme_preference",
    "AWS_AUTH_SCHEME_PREFERENCE")) or found
end

---@param session table
---@param call { service: table, operation: table }
---@return "sigv4"|"bearer"|"none"
---@return string name  by which the service is known where it is signed for
return function(session, call)
  local operation, metadata = call.operation, call.service.metadata
  local name = metadata.signingName or metadata.endpointPrefix
  local list, version = operation.auth or metadata.auth, metadata.signatureVersion
  local found = TYPES[operation.authtype] or list and of_list(session, name, list)
    or version == "bearer" and "bearer"
  if not found and OLD[version] then auth.refuse(call, version) end
  return found or "sigv4", name
end
