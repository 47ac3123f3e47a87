-- Where a call goes and how it is signed there: the user's own endpoint, or the service's rule
-- set.
local auth = require "aws.endpoint.auth"
local compile = require "aws.endpoint.rules"
local configured = require "aws.endpoint.configured"
local context = require "aws.endpoint.context"
local failure = require "engine.failure"
local functions = require "aws.endpoint.functions"
local region = require "aws.region"
local url = require "aws.url"
local usual_rules = require "aws.endpoint.usual_rules"

local endpoint = { configured = configured, demand_sigv4 = auth.demand_sigv4 }

local function no_endpoint(session, call, reason)
  failure.raise {
    what = ("%s has no endpoint: %s"):format(call.service.name, reason), reason = reason,
    service = call.service.name, operation = call.operation.name, code = "EndpointError",
    where = "region " .. tostring(session:find_region()),
    next = "choose another region, or set AWS_ENDPOINT_URL",
  }
end

---Raises where an endpoint is no URL, or one to which nothing may be sent in the open.
---@param session table
---@param address string
---@param about { service: string, where: string }  whose it is, and who says so
function endpoint.check(session, address, about)
  local parsed = url.parse(address)
  local shown = address:gsub("//.*@", "//") -- a password shows itself nowhere
  if not parsed then
    failure.raise { what = ("%q is not an endpoint URL"):format(shown), where = about.where,
      service = about.service, next = "write it as https://HOST[:PORT]" }
  end
  if parsed.scheme == "http" and not url.is_loopback(parsed.host) and not session.allow_http then
    failure.raise {
      what = "plain HTTP to " .. parsed.host .. " would show everybody what is sent",
      where = about.where, service = about.service,
      next = "use https, or set allow_http in mrun.json or the provider's options",
    }
  elseif parsed.authority:find("@", 1, true) then
    failure.raise { what = ("the endpoint URL %q has a user in it, and calls are signed")
      :format(shown), where = about.where, service = about.service,
      next = "write it as https://HOST[:PORT]" }
  end
end

-- Rule sets are compiled once for all sessions that share their records.
local function program_of(session, service)
  local key = "program of endpoint_rules/" .. service.name
  local program = session.records[key]
  if not program then
    local ruleset = session:find_record("endpoint_rules", service.name)
      or usual_rules(service.metadata.endpointPrefix or service.name)
    local library = session.records.endpoint_library or functions(session:record "partitions")
    session.records.endpoint_library = library
    program = compile(ruleset, library)
    session.records[key] = program
  end
  return program
end

local function state_of(session, service)
  local state, known_region = session.endpoints[service.name], session:find_region()
  if not state or state.region ~= known_region then
    local program = program_of(session, service)
    local custom, where = configured(session, service)
    state = { program = program, context = context.new(session, service, program),
      region = known_region, custom = custom ~= nil, where = where,
      resolved = setmetatable({}, { __mode = "k" }), fixed = {} }
    session.endpoints[service.name] = state
  end
  return state
end

-- A service that is the same everywhere (iam) says itself what its region is; others need one.
local function lacks_region(session, found)
  return not session:find_region() and (found.auth.region or "aws-global") == "aws-global"
end

---The endpoint of one call. It is shared and must not be changed. May wait.
---@param session table
---@param call { service: table, operation: table, params: table, credentials: table|nil }
---@return { url: string, headers: table, properties: table, auth: table, custom: boolean }
function endpoint.resolve(session, call)
  local state = state_of(session, call.service)
  local fixed = state.fixed[call.operation.name]
  if fixed then return fixed end
  local values = context.values(state.context, session, call)
  local found, reason = state.program:resolve(values)
  if not found then no_endpoint(session, call, reason) end
  local resolved = state.resolved[found]
  if not resolved then
    local where = state.where
    endpoint.check(session, found.url, { service = call.service.name,
      where = where or "the rule set of " .. call.service.name })
    resolved = { url = found.url, headers = found.headers, properties = found.properties,
      custom = state.custom, where = where, auth = auth.of(session, call.service,
        found.properties) }
    if lacks_region(session, resolved) then
      if session:instance_region() then return endpoint.resolve(session, call) end
      region.missing(session.config)
    end
    state.resolved[found] = resolved
  end
  if context.is_fixed(state.context, call) then
    state.fixed[call.operation.name] = resolved
  end
  return resolved
end

return endpoint
