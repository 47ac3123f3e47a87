-- One attempt of a call: its request, built from the model, signed, sent, and waited for.
local checksum = require "aws.checksum"
local compression = require "aws.compression"
local custom = require "aws.custom"
local discovery = require "aws.discovery"
local endpoint = require "aws.endpoint"
local eventstream = require "aws.eventstream"
local express = require "aws.express"
local failure = require "engine.failure"
local network = require "aws.network"
local payload = require "aws.payload"
local scheme_of = require "aws.endpoint.scheme"
local sign = require "aws.sign"
local stream = require "aws.stream"
local trace = require "aws.trace"
local url = require "aws.url"

local TRACE <const> = "x-amzn-trace-id" -- never signed: those in between may change it
local TIMEOUT_MS <const>, CONNECT_TIMEOUT_MS <const> = 60000, 10000
local SLOWEST_BYTES_A_MS <const> = 64 -- half a megabit a second: a large body takes its time
local LONGEST_MS <const> = 24 * 3600 * 1000 -- of a stream: what stands still ends sooner
local MAX_BODY_BYTES <const> = 256 * 1024 * 1024

local attempt = {}

local function invalid(call, cause)
  local faults = {}
  for at, fault in ipairs(cause.faults or {}) do
    faults[at] = ("%s: %s"):format(fault.path, fault.what)
  end
  local text = #faults > 0 and table.concat(faults, "; ") or tostring(cause)
  failure.raise {
    what = ("%s %s: the parameters are wrong: %s"):format(call.service.name, call.operation.name,
      text),
    service = call.service.name, operation = call.operation.name, code = "ParamValidation",
    next = ("mrun aws %s %s --help"):format(call.service.name, call.operation.name),
  }
end

local function is_unprefixed(session)
  return session.config:flag("disable_host_prefix_injection",
    "AWS_DISABLE_HOST_PREFIX_INJECTION")
end

-- An operation may have a host of its own before the endpoint's, as in "data-".
local function prefixed(base, call, session)
  local operation = call.operation
  local prefix = (operation.endpoint or {}).hostPrefix
  -- What is told is whole; with the other the rules have put the account before the host already.
  if call.endpoint.discovered or (operation.staticContextParams or {}).RequiresAccountId then
    prefix = nil
  end
  if not prefix or url.is_address(url.parse(base).host) or is_unprefixed(session) then
    return base
  end
  prefix = prefix:gsub("{([^}]*)}", function(name)
    local value = tostring(call.params[name] or "")
    if not value:match("^[%w-]+$") or #value > 63 then
      invalid(call, { faults = { { path = name, what = "must be fit for a host's name" } } })
    end
    return value
  end)
  return (base:gsub("^(%a+://)", "%1" .. prefix:gsub("%%", "%%%%")))
end

local function headers_of(request, found)
  -- With room for those that every call has.
  local headers = { host = nil, ["content-type"] = nil, ["amz-sdk-invocation-id"] = nil,
    ["amz-sdk-request"] = nil, ["x-amz-target"] = nil, ["x-amzn-trace-id"] = nil }
  for name, value in pairs(request.headers) do headers[name] = value end
  for name, values in pairs(found.headers) do headers[name:lower()] = table.concat(values, ",") end
  return headers
end

-- All that is wrong with it is told before anybody is asked for anything.
local function new_request(call)
  local request, cause = call.protocol.request(call)
  return request or invalid(call, cause)
end

---Gives a call what signs it, its endpoint and, the first time, its request; may wait.
---@param session aws.session
---@param call table
---@return boolean is_new  whether the request is
function attempt.build(session, call)
  local request = call.request or new_request(call)
  local scheme, name = scheme_of(session, call)
  if scheme == "sigv4" then call.credentials = session:get_credentials() end
  if scheme == "bearer" then call.bearer = session:get_bearer_token(name).token end
  call.endpoint = endpoint.resolve(session, call)
  if call.credentials then endpoint.demand_sigv4(call) end
  express.apply(session, call)
  if call.request then return false end
  custom.request(call, request)
  call.request = request
  return true
end

---Makes a call ready to be sent; may wait.
---@param session aws.session
---@param call table
function attempt.prepare(session, call)
  local is_new = attempt.build(session, call)
  discovery.apply(session, call)
  if not is_new then return end
  compression.apply(session, call, call.request)
  if not stream.protect(session, call, call.request) then
    checksum.apply(session, call, call.request)
  end
end

---The request of a call without what signing adds.
---@param session aws.session
---@param call table
---@return { method: string, url: string, headers: table, body: string }
function attempt.request(session, call)
  return {
    method = call.request.method, body = call.request.body,
    url = url.join(prefixed(call.endpoint.url, call, session), call.request.path),
    headers = headers_of(call.request, call.endpoint),
  }
end

local function timeouts(session, call, request)
  local whole_ms = session.options.timeout_ms or math.tointeger(session.env "MRUN_AWS_TIMEOUT_MS")
    or (call.source or call.target or request.in_parts) and LONGEST_MS
    or TIMEOUT_MS + #(request.body or "") // SLOWEST_BYTES_A_MS
  local connect_ms = session.options.connect_timeout_ms or CONNECT_TIMEOUT_MS
  return whole_ms, math.min(connect_ms, whole_ms)
end

---@param session aws.session
---@param call table
---@return table response
function attempt.send(session, call)
  local request = attempt.request(session, call)
  for name, value in pairs(call.own_headers and call.own_headers(request) or {}) do
    request.headers[name] = value
  end
  request.headers["amz-sdk-invocation-id"] = call.invocation
  request.headers["amz-sdk-request"] =
    ("attempt=%d; max=%d"):format(call.attempt, call.max_attempts)
  if call.bearer then
    request.headers.authorization = "Bearer " .. call.bearer
  elseif call.credentials then
    request.payload_hash = payload.hash(session, call, request)
    request = sign(request, call.signer or call.credentials, call.endpoint.auth,
      session:aws_now_ms())
  end
  request.headers[TRACE] = request.headers[TRACE] or trace(session.env)
  request.in_parts = eventstream.of(call.operation) ~= nil
  request.timeout_ms, request.connect_timeout_ms = timeouts(session, call, request)
  request.max_body_bytes, request.resend = MAX_BODY_BYTES, call.repeatable
  stream.attach(call, request)
  request.proxy = network.proxy(session.env, request.url)
  request.ca_file = network.ca_file(session)
  request.call = call -- for who watches
  local response = coroutine.yield { http = request }
  if response.failure and response.failure.code == "file" then error(response.failure, 0) end
  if response.status and not response.body_bytes then response.body = response.body or "" end
  if session.on_call then
    session.on_call { service = call.service.name, operation = call.operation.name,
      attempt = call.attempt, status = response.status }
  end
  return response
end

return attempt
