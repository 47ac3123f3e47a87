-- Endpoints that a service tells by an operation of its own, where the model says so: asked for
-- once for all who wait, kept as long as the answer says, and asked for anew where the service says
-- that it was the wrong one. `endpoint_discovery_enabled` (AWS_ENABLE_ENDPOINT_DISCOVERY) is auto,
-- the default: where an operation requires it; true: wherever a service has it; or false. Where the
-- user has named an endpoint, nobody is asked for another.
local endpoint = require "aws.endpoint"
local failure = require "engine.failure"
local held = require "aws.held"
local keys_of = require "engine.value".keys
local nested = require "aws.credentials.nested"
local settings = require "aws.endpoint.settings"

local SETTING <const> = "endpoint_discovery_enabled"
-- The one of AWS's reference of settings, and that of botocore and the SDK for Java.
local VARIABLES <const> = { "AWS_ENABLE_ENDPOINT_DISCOVERY", "AWS_ENDPOINT_DISCOVERY_ENABLED" }
local MINUTE_MS <const> = 60 * 1000

local discovery = {}

local function unreadable(subject, what)
  failure.raise { what = ("%s %s: %s"):format(subject.service, subject.operation.name, what),
    service = subject.service, operation = subject.operation.name, code = "UnreadableAnswer",
    next = "see that the endpoint is an AWS API" }
end

local function address_of(session, subject)
  local client = session:client(subject.service)
  local answer = nested.call(client, subject.operation.name, subject.params, {
    what = "cannot discover the endpoint of " .. subject.service })
  local first = (answer.Endpoints or {})[1]
  local address = first and first.Address
  if type(address) ~= "string" or address == "" then
    unreadable(subject, "the answer holds no endpoint")
  end
  local url = address:match "^https?://" and address or "https://" .. address
  endpoint.check(session, url, { service = subject.service, where = subject.where })
  return { url = url, where = subject.where,
    expires_ms = session:aws_now_ms() + (first.CachePeriodInMinutes or 0) * MINUTE_MS }
end

---@type aws.held.kind
local KIND <const> = {
  fetch = address_of,
  advisory_ms = MINUTE_MS, advisory_part = 1 / 4, mandatory_ms = 0, mandatory_part = 0,
  again_ms = MINUTE_MS,
}

-- The operation that tells a service's endpoints, if it has one.
local function asking_operation(session, service)
  local key = "operation that tells the endpoints of " .. service.name
  local found = session.records[key]
  if found == nil then
    found = false
    for _, name in ipairs(session.data:operations(service.name)) do
      local operation = session.data:operation(service.name, name)
      if operation.endpointoperation then found = operation end
    end
    session.records[key] = found
  end
  return found or nil
end

-- What of a call decides its endpoint: the members that are marked so, at any depth.
local function identifiers(shape, params, found)
  for _, member in ipairs(shape:members()) do
    local value = params[member.name]
    if value ~= nil and (member.traits.endpointdiscoveryid
      or member.shape:traits().endpointdiscoveryid) then
      found[member.name] = value
    elseif value ~= nil and member.shape.kind == "structure" then
      identifiers(member.shape, value, found)
    end
  end
  return found
end

-- The parameters of the question; those of the call count only where it has such members and the
-- question takes them.
local function question(call, operation)
  local params, input = {}, operation.input
  local found = call.operation.input and identifiers(call.operation.input, call.params, {}) or {}
  if not input or next(found) == nil then return params end
  if input:member "Operation" then params.Operation = call.operation.name end
  if input:member "Identifiers" then params.Identifiers = found end
  return params
end

-- Who is asked, and for what: the same for all calls of the same region to the same endpoints.
local function key_of(session, call, operation, params)
  local asked = endpoint.resolve(session, { service = call.service, operation = operation,
    params = params, credentials = call.credentials })
  local parts = { call.service.name, asked.url, params.Operation or "" }
  for _, name in ipairs(keys_of(params.Identifiers or {})) do
    local value = tostring(params.Identifiers[name])
    parts[#parts + 1] = ("%s %d:%s"):format(name, #value, value)
  end
  return table.concat(parts, "\n")
end

local function refuse(call)
  failure.raise {
    what = ("%s %s has no endpoint but the one that the service tells, and %s is false"):format(
      call.service.name, call.operation.name, SETTING),
    service = call.service.name, operation = call.operation.name,
    code = "EndpointDiscoveryRequired",
    next = ("set %s to auto, or take it away (or the variable %s)"):format(SETTING, VARIABLES[1]),
  }
end

local function mode_of(session)
  local value = session.options[SETTING]
  if value == nil then
    value = session.config:get(SETTING, session.env(VARIABLES[1]) and VARIABLES[1] or VARIABLES[2])
  end
  return settings.word(SETTING, value, { "auto", "true", "false" })
end

-- Whether a call is to have its endpoint told, and whether it must.
local function wanted(session, call)
  local described = call.operation.endpointdiscovery
  if not described or call.endpoint.custom then return false end
  local mode, required = mode_of(session), described.required == true
  if mode == "false" and required then refuse(call) end
  return required or mode == "true", required
end

-- A service that cannot be asked is not asked again for a while: meanwhile an endpoint that it told
-- before is good enough, or its usual one where that will do.
local function told(session, place, subject, required)
  local now_ms = session.now()
  if now_ms < (place.quiet_until_ms or 0) and (place.found or not required) then
    return place.found
  end
  -- Caught to be told to who needs it alone.
  local ok, found = pcall(held.get, place, KIND, session, subject)
  if ok then return found end
  if failure.is(found) and found.kind == "interrupted" then error(found, 0) end
  place.quiet_until_ms = session.now() + MINUTE_MS
  if not place.found and required then error(found, 0) end
  return place.found
end

---Gives a call the endpoint that the service tells for it, where it has one; may wait.
---@param session aws.session
---@param call table  with its own endpoint already
function discovery.apply(session, call)
  call.discovered = nil
  local is_wanted, required = wanted(session, call)
  local operation = is_wanted and asking_operation(session, call.service)
  if not operation then return end
  local params = question(call, operation)
  local place = held.holder(session.discovered, call.credentials,
    key_of(session, call, operation, params))
  local found = told(session, place, { service = call.service.name, operation = operation,
    params = params, where = "as " .. operation.name .. " says" }, required)
  if not found then return end
  local usual = call.endpoint
  call.discovered = { place = place, found = found }
  call.endpoint = { url = found.url, headers = usual.headers, properties = usual.properties,
    auth = usual.auth, custom = false, where = found.where, discovered = true }
end

---Forgets an endpoint that the service says is the wrong one; true where the call is to be sent
---again. Once a call.
---@param call table
---@param found table  what aws.outcome has found
---@return boolean
function discovery.forget(call, found)
  local used = call.discovered
  if not used or call.rediscovered
    or found.status ~= 421 and found.code ~= "InvalidEndpointException" then
    return false
  end
  held.forget(used.place, used.found)
  call.rediscovered = true
  return true
end

return discovery
