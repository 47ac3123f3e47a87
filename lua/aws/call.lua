-- One call of one operation: built once, signed and sent as often as the retry rules allow, and
-- read.
--
-- Waiting is left to whoever drives the coroutine: { http = request } is answered with a
-- response or { failure = ... }, { until_ms = t } with nothing. What runs several calls at once
-- (aws.transfer) yields { all = { fn, ... } } for the list of their results, and { try = fn,
-- shield = boolean } for true and its results, or false and the failure.
local attempt = require "aws.attempt"
local bucket_region = require "aws.bucket_region"
local checksum = require "aws.checksum"
local cross_region = require "aws.cross_region"
local custom = require "aws.custom"
local discovery = require "aws.discovery"
local errors = require "aws.errors"
local eventstream = require "aws.eventstream"
local express = require "aws.express"
local failure = require "engine.failure"
local outcome = require "aws.outcome"
local protocol = require "aws.protocol"
local retry = require "aws.retry"
local stream = require "aws.stream"
local time = require "native.time"
local token = require "aws.token"
local turn = require "aws.turn"

local LARGE_SKEW_MS <const> = 4 * 60 * 1000

-- Operations that make another thing when they are carried out twice, unless a token tells.
local MAKING <const> = {}
for verb in ([[Create Allocate Run Request Import Copy Register Send Publish Invoke Purchase Submit
  Execute Provision]]):gmatch "%S+" do
  MAKING[verb] = true
end

local function is_repeatable(call, options, has_token)
  if options.repeatable ~= nil then return options.repeatable end
  if has_token or call.operation.idempotent then return true end
  return not MAKING[call.operation.name:match("^%u%l*")]
end

-- AWS says what time it is: where ours is far off, the next signature is made with AWS's. Once.
local function corrects_clock(session, call, found)
  if call.clock_corrected or not found.code or not errors.may_be_clock(found.code) then
    return false
  end
  local seconds = time.parse(found.headers.date or "")
  if not seconds then return false end
  local skew_ms = seconds * 1000 - session.now()
  if math.abs(skew_ms - session.skew_ms) < LARGE_SKEW_MS then return false end
  session.skew_ms, call.clock_corrected = skew_ms, true
  return true
end

local function renews_credentials(session, call, found)
  if call.renewed or call.signer or not found.code or not errors.is_expired(found.code) then
    return false
  end
  call.renewed = true
  return call.credentials ~= nil and session:credentials_expired(call.credentials)
end

-- Waits where the call is to be sent again; false where it is not.
local function goes_on(session, call, found)
  if corrects_clock(session, call, found) or express.forget(call, found)
    or renews_credentials(session, call, found) or bucket_region.learn(session, call, found)
    or discovery.forget(call, found) then
    return true
  end
  if outcome.is_ambiguous(found) then
    call.unsure = true
    if call.never_twice or (found.failure and not call.repeatable) then return false end
  end
  call.books.random = session.random()
  local delay_s, pause_s = retry.judge(call.books, found)
  local wait_s = delay_s or pause_s
  if wait_s then coroutine.yield { until_ms = session.now() + wait_s * 1000 } end
  return delay_s ~= nil
end

local function refuse(call, what, code, next_step)
  failure.raise { what = ("%s %s: %s"):format(call.service.name, call.operation.name, what),
    service = call.service.name, operation = call.operation.name, code = code, next = next_step }
end

local function demand_spoken(call)
  local metadata, input = call.service.metadata, call.operation.input
  if not call.protocol then
    refuse(call, ("the service speaks %s, which mrun does not"):format(tostring(metadata.protocol)),
      "UnsupportedProtocol", "use another tool for this service")
  elseif input and eventstream.member(input) then
    refuse(call, "it takes a stream of events, which mrun does not send", "UnsupportedOperation",
      "use another tool for this operation")
  end
end

local function demand_table(service, operation, params)
  if type(params) == "table" then return end
  refuse({ service = service, operation = operation }, ("the parameters must be a table, not a %s")
    :format(type(params)), "ParamValidation",
    ("mrun aws %s %s --help"):format(service.name, operation.name))
end

local function begin(session, service, operation, params, options)
  demand_table(service, operation, params)
  local whole = cross_region.fill(session, service, operation, params)
  local wanted = checksum.ask(session, operation, custom.params(service, operation, whole))
  local plain, source = stream.source(service, operation, wanted)
  local filled, has_token = token.fill(operation, plain, session.uuid)
  local call = {
    service = service, operation = operation, params = filled, given = params, attempt = 1,
    resends = 0, protocol = protocol.of(service), data = session.data, invocation = token.uuid(),
    max_attempts = session:max_attempts(service.name), never_twice = options.repeatable == false,
    own_headers = options.headers, source = source,
    target = stream.target(service, operation, options),
    -- With room for what comes later, so that it is not made larger step by step.
    repeatable = nil, books = nil, credentials = nil, endpoint = nil, request = nil,
    request_id = nil,
  }
  demand_spoken(call)
  call.repeatable = is_repeatable(call, options, has_token)
  call.books = { quota = session:quota(service.name), service = service.name,
    operation = operation.name, max_attempts = call.max_attempts }
  return call
end

---@param session aws.session
---@param service table  a record of native.pack
---@param operation table  a record of native.pack
---@param params table
---@param options { repeatable: boolean|nil, headers: function|nil, to_file: string|nil,
---  to_offset: integer|nil }|nil  repeatable = false: not sent again where it may have been done;
---  headers: given each request, more of them; to_file: where the answer's body goes, with
---  to_offset into a file that may be there
---@return table result
---@return { status: integer, request_id: string|nil, attempts: integer } about
local function run(session, service, operation, params, options)
  local call = begin(session, service, operation, params, options or {})
  while true do
    attempt.prepare(session, call)
    local taken = turn.wait(session, call)
    local response = attempt.send(session, call)
    if (response.resends or 0) > 0 then
      call.resends, call.unsure = call.resends + response.resends, true
    end
    local result, found = outcome.read(call, response)
    turn.settle(session, taken, not result and retry.kind(found) == "throttling")
    call.books.attempt = call.attempt
    if result then
      retry.judge(call.books, { status = response.status })
      stream.finish(session, call, response, result)
      return result, { status = response.status, request_id = call.request_id,
        attempts = errors.attempts(call), headers = response.headers }
    end
    stream.discard(call)
    if not goes_on(session, call, found) then outcome.raise(call, response, found) end
    call.attempt = call.attempt + 1
  end
end

return run
