-- Where a call goes and how it is signed there: the user's own endpoint, or the service's rule
-- set.
local failure = require "engine.failure"
local functions = require "aws.endpoint.functions"
local rules = require "aws.endpoint.rules"
local url = require "aws.url"

local endpoint = {}

-- "Elastic Beanstalk" is AWS_ENDPOINT_URL_ELASTIC_BEANSTALK and elastic_beanstalk in a services
-- section.
local function service_key(service)
  return (service.metadata.serviceId or service.name):gsub("[%s-]", "_"):lower()
end

---The endpoint that the user chose for a service, and where: the client's option, the
---environment, the config file; in each the service's own before the one for all.
---@param session table
---@param service table
---@return string|nil url
---@return string|nil where
function endpoint.configured(session, service)
  if session.endpoint_url then return session.endpoint_url, "the option endpoint_url" end
  local config = session.config
  if config:flag("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") then
    return nil
  end
  local key = service_key(service)
  local own = "AWS_ENDPOINT_URL_" .. key:upper()
  for _, variable in ipairs { own, "AWS_ENDPOINT_URL" } do
    if session.env(variable) then return session.env(variable), variable end
  end
  local profile = "the profile " .. config.profile_name
  local from_service = config:service(key).endpoint_url
  if from_service then return from_service, profile .. ", services" end
  local from_profile = config:profile().endpoint_url
  return from_profile, from_profile and profile
end

local BUILT_INS <const> = {
  ["AWS::Region"] = function(session) return session:region() end,
  ["AWS::UseFIPS"] = function(session)
    return session.config:flag("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT") or false
  end,
  ["AWS::UseDualStack"] = function(session)
    return session.config:flag("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT") or false
  end,
  ["SDK::Endpoint"] = function(session, service) return (endpoint.configured(session, service)) end,
  ["AWS::Auth::AccountId"] = function(_, _, credentials)
    return credentials and credentials.account_id
  end,
  ["AWS::Auth::AccountIdEndpointMode"] = function(session)
    return session.config:get("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE")
      or "preferred"
  end,
  ["AWS::S3::ForcePathStyle"] = function(session, service)
    return session.path_style or endpoint.configured(session, service) ~= nil
  end,
}

local function context_params(found, operation, params)
  for name, given in pairs(operation.staticContextParams or {}) do found[name] = given.value end
  if not operation.input then return end
  for _, member in ipairs(operation.input:members()) do
    local context = member.traits.contextParam
    if context then found[context.name] = params[member.name] end
  end
end

local function rule_params(session, ruleset, call)
  local found = {}
  for name, parameter in pairs(ruleset.parameters or {}) do
    local built_in = BUILT_INS[parameter.builtIn]
    if built_in then found[name] = built_in(session, call.service, call.credentials) end
  end
  context_params(found, call.operation, call.params)
  return found
end

local function no_endpoint(session, call, reason)
  failure.raise {
    what = ("%s has no endpoint: %s"):format(call.service.name, reason or "its rule set has none"),
    service = call.service.name, operation = call.operation.name, code = "EndpointError",
    where = "region " .. tostring(session:region()),
    next = "choose another region, or set AWS_ENDPOINT_URL",
  }
end

local function check_scheme(session, found, call, where)
  local parsed = url.parse(found.url)
  if not parsed then
    failure.raise { what = ("%q is not an endpoint URL"):format(found.url), where = where,
      service = call.service.name, next = "write it as https://HOST[:PORT]" }
  end
  if parsed.scheme == "http" and not url.is_loopback(parsed.host) and not session.allow_http then
    failure.raise {
      what = "plain HTTP to " .. parsed.host .. " would show everybody what is sent",
      where = where, service = call.service.name,
      next = "use https, or set allow_http in mrun.json or the provider's options",
    }
  end
end

local function sigv4_of(schemes, call)
  for _, scheme in ipairs(schemes) do
    if scheme.name == "sigv4" or scheme.name == "sigv4-s3express" then return scheme end
  end
  if #schemes > 0 then
    failure.raise {
      what = ("%s %s wants the signature %s, which mrun does not make"):format(
        call.service.name, call.operation.name, schemes[1].name),
      service = call.service.name, operation = call.operation.name, code = "UnsupportedSignature",
      next = "use an endpoint of one region",
    }
  end
  return {}
end

local function auth(session, call, properties)
  local metadata = call.service.metadata
  local scheme = sigv4_of(properties.authSchemes or {}, call)
  return {
    name = scheme.signingName or metadata.signingName or metadata.endpointPrefix,
    region = scheme.signingRegion or session:region(),
    double_encode = not scheme.disableDoubleEncoding and metadata.serviceId ~= "S3",
  }
end

-- The same for every call: no parameter comes from the call or its credentials.
local function is_constant(ruleset)
  for _, parameter in pairs(ruleset.parameters or {}) do
    local built_in = parameter.builtIn
    if not built_in or built_in:match("^AWS::Auth::") then return false end
  end
  return true
end

local function resolve(session, call, ruleset)
  local custom, where = endpoint.configured(session, call.service)
  local library = session.endpoint_library or functions.library(session:record("partitions"))
  session.endpoint_library = library
  local params = rule_params(session, ruleset, call)
  local found, reason = rules.evaluate(ruleset, params, library)
  if not found then no_endpoint(session, call, reason) end
  check_scheme(session, found, call, where or "the rule set of " .. call.service.name)
  return {
    url = found.url, headers = found.headers, custom = custom ~= nil, where = where,
    auth = auth(session, call, found.properties),
  }
end

---The endpoint of one call.
---@param session table
---@param call { service: table, operation: table, params: table, credentials: table|nil }
---@return { url: string, headers: table, auth: table, custom: boolean }
function endpoint.resolve(session, call)
  local name = call.service.name
  if session.endpoints[name] then return session.endpoints[name] end
  local ruleset = session:record("endpoint_rules", name)
  local found = resolve(session, call, ruleset)
  if is_constant(ruleset) then session.endpoints[name] = found end
  return found
end

return endpoint
