-- How a call is signed where it goes: the scheme that its endpoint asks for, or the service's.
local failure = require "engine.failure"

local auth = {}

-- S3 Express's is SigV4 too, with the keys of a session (aws.express).
local MADE <const> = { sigv4 = true, ["sigv4-s3express"] = true }

-- The first that we make; if none, the first of all, so that the signer can name it.
local function chosen(schemes)
  for _, scheme in ipairs(schemes) do
    if MADE[scheme.name] then return scheme end
  end
  return schemes[1] or {}
end

---@param session table
---@param service table
---@param properties table  of the endpoint
---@return { scheme: string, name: string, region: string|nil, region_set: string[]|nil,
---  double_encode: boolean }
function auth.of(session, service, properties)
  local metadata = service.metadata
  local schemes = type(properties.authSchemes) == "table" and properties.authSchemes or {}
  local scheme = chosen(schemes)
  return {
    scheme = scheme.name or "sigv4",
    name = scheme.signingName or metadata.signingName or metadata.endpointPrefix,
    region = scheme.signingRegion or session:find_region(),
    region_set = scheme.signingRegionSet,
    double_encode = not scheme.disableDoubleEncoding and metadata.serviceId ~= "S3",
  }
end

---Raises: a signature is wanted that is not made.
---@param call { service: table, operation: table }
---@param scheme string
---@param next string|nil
function auth.refuse(call, scheme, next)
  failure.raise {
    what = ("%s %s wants the signature %s, which mrun does not make"):format(
      call.service.name, call.operation.name, scheme),
    service = call.service.name, operation = call.operation.name, code = "UnsupportedSignature",
    next = next,
  }
end

---Raises where the endpoint demands a signature that is not made.
---@param call { service: table, operation: table, endpoint: table }
function auth.demand_sigv4(call)
  local scheme = call.endpoint.auth.scheme
  if not MADE[scheme] then auth.refuse(call, scheme, "use an endpoint of one region") end
end

return auth
