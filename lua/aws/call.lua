-- One call of one operation: built once, signed and sent as often as the retry rules allow, and
-- read.
--
-- Waiting is left to whoever drives the coroutine: { http = request } is answered with a
-- response or { failure = ... }, { until_ms = t } with nothing.
local endpoint = require "aws.endpoint"
local errors = require "aws.errors"
local failure = require "engine.failure"
local protocol = require "aws.protocol"
local rate = require "aws.rate"
local retry = require "aws.retry"
local sign = require "aws.sign"
local time = require "native.time"
local token = require "aws.token"
local url = require "aws.url"

local TIMEOUT_MS <const>, CONNECT_TIMEOUT_MS <const> = 60000, 10000
local MAX_BODY_BYTES <const> = 256 * 1024 * 1024
local LARGE_SKEW_MS <const> = 4 * 60 * 1000

-- Operations that make another thing when they are carried out twice, unless a token tells.
local MAKING <const> = { "^Create", "^Allocate", "^Run", "^Request", "^Import", "^Copy",
  "^Register", "^Send", "^Publish", "^Invoke", "^Purchase", "^Submit", "^Execute", "^Provision" }

local function is_repeatable(call, options, has_token)
  if options.repeatable ~= nil then return options.repeatable end
  if has_token or call.operation.idempotent then return true end
  for _, pattern in ipairs(MAKING) do
    if call.operation.name:match(pattern) then return false end
  end
  return true
end

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

-- An operation may have a host of its own before the endpoint's, as in "data-".
local function prefixed(base, call)
  local operation = call.operation
  local prefix = (operation.endpoint or {}).hostPrefix
  -- With this the endpoint rules have put the account before the host already.
  if (operation.staticContextParams or {}).RequiresAccountId then prefix = nil end
  local parsed = prefix and url.parse(base)
  if not prefix or url.is_loopback(parsed.host) or url.is_ipv4(parsed.host) then return base end
  prefix = prefix:gsub("{([^}]*)}", function(name)
    local value = tostring(call.params[name] or "")
    if not value:match("^[%w-]+$") or #value > 63 then
      invalid(call, { faults = { { path = name, what = "must be fit for a host's name" } } })
    end
    return value
  end)
  return (base:gsub("^(%a+://)", "%1" .. prefix:gsub("%%", "%%%%")))
end

local function address(base, path)
  if path == "" or path == "/" then return base:match("^[^/]+//[^/]+$") and base .. "/" or base end
  return base:gsub("/$", "") .. path
end

local function headers_of(request, found)
  local headers = {}
  for name, value in pairs(request.headers) do headers[name] = value end
  for name, values in pairs(found.headers) do headers[name:lower()] = table.concat(values, ",") end
  return headers
end

local function is_anonymous(operation)
  if operation.authtype == "none" then return true end
  return operation.auth and operation.auth[1] == "smithy.api#noAuth" or false
end

local function wait_for_token(session, call)
  local limits = session.options.rate_limits
  if limits == "none" or (call.endpoint.custom and limits ~= "aws") then return end
  local now_ms = session.now()
  local wait_ms = rate.take(session.buckets,
    { service = call.service.name, operation = call.operation.name, params = call.params }, now_ms)
  if wait_ms > 0 then coroutine.yield { until_ms = now_ms + wait_ms } end
end

local function ready(session, call)
  if not is_anonymous(call.operation) then call.credentials = session:get_credentials() end
  call.endpoint = endpoint.resolve(session, call)
  if not call.request then
    local request, cause = call.protocol.request(call)
    if not request then invalid(call, cause) end
    call.request = request
  end
end

local function send(session, call)
  local options = session.options
  local request = {
    method = call.request.method, body = call.request.body,
    url = address(prefixed(call.endpoint.url, call), call.request.path),
    headers = headers_of(call.request, call.endpoint),
  }
  request.headers["amz-sdk-invocation-id"] = call.invocation
  request.headers["amz-sdk-request"] =
    ("attempt=%d; max=%d"):format(call.attempt, call.max_attempts)
  if call.credentials then
    request = sign(request, call.credentials, call.endpoint.auth, session:aws_now_ms())
  end
  request.timeout_ms = options.timeout_ms or TIMEOUT_MS
  request.connect_timeout_ms = options.connect_timeout_ms or CONNECT_TIMEOUT_MS
  request.max_body_bytes, request.resend = MAX_BODY_BYTES, call.repeatable
  local response = coroutine.yield { http = request }
  if session.on_call then
    session.on_call { service = call.service.name, operation = call.operation.name,
      attempt = call.attempt, status = response.status }
  end
  return response
end

-- Reads an answer: its result, or what retrying and the user have to know about the failure.
local function read(call, response)
  if response.failure then
    return nil, { failure = response.failure }
  end
  call.request_id = response.headers["x-amzn-requestid"] or response.headers["x-amz-request-id"]
    or call.request_id
  if response.status >= 200 and response.status < 300 then
    local result, more = call.protocol.result(call, response)
    if not result then
      return nil, { status = response.status, unreadable = more, headers = response.headers }
    end
    call.request_id = call.request_id or (type(more) == "string" and more or nil)
    return result
  end
  local parsed = response.status >= 400 and call.protocol.error(call, response) or nil
  if parsed then call.request_id = parsed.request_id or call.request_id end
  return nil, { status = response.status, code = parsed and parsed.code, parsed = parsed,
    headers = response.headers }
end

-- Whether it may have been carried out all the same. A request that never left was not.
local function is_ambiguous(outcome)
  if outcome.failure then return outcome.failure.sent ~= false end
  return outcome.unreadable ~= nil or outcome.status >= 500
end

local function raise(call, response, outcome)
  if outcome.failure then
    error(errors.unreachable(call, outcome.failure, is_ambiguous(outcome)), 0)
  elseif outcome.parsed then
    local fault = errors.answered(call, response, outcome.parsed)
    fault.ambiguous = is_ambiguous(outcome) or nil
    error(fault, 0)
  end
  local fault = errors.unreadable(call, response, outcome.unreadable)
  fault.ambiguous = is_ambiguous(outcome) or nil
  error(fault, 0)
end

-- AWS says what time it is: where ours is far off, the next signature is made with AWS's. Once.
local function corrects_clock(session, call, outcome)
  if call.clock_corrected or not outcome.code or not errors.may_be_clock(outcome.code) then
    return false
  end
  local seconds = time.parse(outcome.headers.date or "")
  if not seconds then return false end
  local skew_ms = seconds * 1000 - session.now()
  if math.abs(skew_ms - session.skew_ms) < LARGE_SKEW_MS then return false end
  session.skew_ms, call.clock_corrected = skew_ms, true
  return true
end

local function renews_credentials(session, call, outcome)
  if call.renewed or not outcome.code or not errors.is_expired(outcome.code) then return false end
  call.renewed = true
  return call.credentials ~= nil and session:credentials_expired(call.credentials)
end

-- Waits where the call is to be sent again; false where it is not.
local function goes_on(session, call, outcome)
  if corrects_clock(session, call, outcome) or renews_credentials(session, call, outcome) then
    return true
  end
  if not call.repeatable and outcome.failure and is_ambiguous(outcome) then return false end
  if call.never_twice and is_ambiguous(outcome) and retry.kind(outcome) ~= "throttling" then
    return false
  end
  local delay_s, pause_s = retry.judge(call.books, outcome)
  local wait_s = delay_s or pause_s
  if wait_s then coroutine.yield { until_ms = session.now() + wait_s * 1000 } end
  return delay_s ~= nil
end

local function begin(session, service, operation, params, options)
  local filled, has_token = token.fill(operation, params)
  local call = {
    service = service, operation = operation, params = filled, attempt = 1,
    protocol = protocol.of(service), invocation = token.uuid(),
    max_attempts = session:max_attempts(service.name), never_twice = options.repeatable == false,
  }
  if not call.protocol then
    failure.raise { what = ("%s speaks %s, which mrun does not"):format(service.name,
      tostring(service.metadata.protocol)), service = service.name, operation = operation.name,
      next = "use another tool for this service" }
  end
  call.repeatable = is_repeatable(call, options, has_token)
  call.books = { quota = session:quota(service.name), service = service.name,
    operation = operation.name, max_attempts = call.max_attempts }
  return call
end

-- The operation's own errors, as retrying wants to know them.
local function modeled_errors(operation)
  local found = {}
  for at, shape in ipairs(operation.errors or {}) do
    local traits = shape:traits()
    found[at] = { name = shape.name, code = traits.error and traits.error.code,
      retryable = traits.retryable }
  end
  return found
end

---@param session aws.session
---@param service table  a record of native.pack
---@param operation table  a record of native.pack
---@param params table
---@param options { repeatable: boolean|nil }|nil  false: not sent again where it may have been done
---@return table result
---@return { status: integer, request_id: string|nil, attempts: integer } about
local function run(session, service, operation, params, options)
  local call = begin(session, service, operation, params, options or {})
  while true do
    ready(session, call)
    wait_for_token(session, call)
    local response = send(session, call)
    local result, outcome = read(call, response)
    call.books.attempt, call.books.random = call.attempt, session.random()
    if result then
      retry.judge(call.books, { status = response.status })
      return result, { status = response.status, request_id = call.request_id,
        attempts = call.attempt, headers = response.headers }
    end
    outcome.service, outcome.errors = service.name, modeled_errors(operation)
    if not goes_on(session, call, outcome) then raise(call, response, outcome) end
    call.attempt = call.attempt + 1
  end
end

return run
