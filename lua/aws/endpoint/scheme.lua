-- How the caller of an operation proves who it is: with a signature, with a bearer token, or not at
-- all. The models say what a service takes, in the order in which it likes it; a token for it in
-- the environment (AWS_BEARER_TOKEN_BEDROCK) is meant to be used.
local auth = require "aws.endpoint.auth"
local bearer = require "aws.credentials.bearer"

local KNOWN <const> = { ["aws.auth#sigv4"] = "sigv4", ["smithy.api#httpBearerAuth"] = "bearer",
  ["smithy.api#noAuth"] = "none" }
local TYPES <const> = { none = "none", bearer = "bearer" }
local OLD <const> = { v2 = true, v3 = true }

local function of_list(session, name, list)
  local first
  for _, option in ipairs(list) do
    local scheme = KNOWN[option]
    if scheme == "bearer" and session.env(bearer.variable(name)) then return "bearer" end
    first = first or scheme
  end
  return first
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
