-- When a call is sent again and after how long: AWS's standard mode. Pure; the caller waits. The
-- numbers are AWS's present ones; `rules` of a call may be others.
local set = require "aws.words"

local retry = {}

local QUOTA <const>, REWARD <const> = 500, 1

---@class aws.retry.rules
---@field cost integer  of a retry, out of the quota
---@field throttling_cost integer
---@field base_s number  of the first delay
---@field throttling_base_s number
---@field bases_s table<string, number>  of services that are faster
---@field longest_s number
---@field extra_s number  how much later than our own delay a server may ask us to come

---@type aws.retry.rules
local RULES <const> = {
  cost = 14, throttling_cost = 5, base_s = 0.05, throttling_base_s = 1,
  bases_s = { dynamodb = 0.025, dynamodbstreams = 0.025 }, longest_s = 20, extra_s = 5,
}
local MAX_ATTEMPTS <const> = { dynamodb = 4, dynamodbstreams = 4 }

local THROTTLING <const> = set [[
  Throttling ThrottlingException ThrottledException RequestThrottledException
  TooManyRequestsException ProvisionedThroughputExceededException TransactionInProgressException
  RequestLimitExceeded BandwidthLimitExceeded LimitExceededException RequestThrottled SlowDown
  PriorRequestNotComplete EC2ThrottledException
]]
local TRANSIENT <const> = set "RequestTimeout RequestTimeoutException PriorRequestNotComplete"
-- Failures of a connection that the next one would have too.
local LASTING <const> = set "too_large url memory"
local TRANSIENT_STATUS <const> = { [500] = true, [502] = true, [503] = true, [504] = true }

-- Calls that wait at the server: out of quota, they pause before they give up, not to spin.
local LONG_POLLS <const> = {
  sqs = set "ReceiveMessage", sfn = set "GetActivityTask", stepfunctions = set "GetActivityTask",
  swf = set "PollForActivityTask PollForDecisionTask",
  kinesis = set "ReceiveQueueRecords ReceiveDeadLetterQueueRecords",
}

---A retry quota, shared by all calls of a client: failures use it up, successes give it back.
---@param capacity integer|nil
---@return table
function retry.quota(capacity)
  return { left = capacity or QUOTA, capacity = capacity or QUOTA }
end

local function give_back(quota, cost)
  quota.left = math.min(quota.capacity, quota.left + cost)
end

---@param service string
---@param configured integer|nil
---@return integer
function retry.max_attempts(service, configured)
  return configured or MAX_ATTEMPTS[service] or 3
end

local function modeled(outcome)
  for _, shape in ipairs(outcome.errors or {}) do
    if outcome.code and (shape.code or shape.name) == outcome.code then return shape end
  end
end

---What kind of failure this is, seen from retrying.
---@param outcome { service: string|nil, status: integer|nil, code: string|nil, failure: any,
---  errors: table|nil }
---@return "throttling"|"transient"|nil
function retry.kind(outcome)
  local code, status = outcome.code, outcome.status
  if code and THROTTLING[code] then return "throttling" end
  local shape = modeled(outcome)
  if shape and shape.retryable then
    return shape.retryable.throttling and "throttling" or "transient"
  end
  if status == 429 and not shape then return "throttling" end
  if outcome.failure then return not LASTING[outcome.failure.code] and "transient" or nil end
  if TRANSIENT_STATUS[status] or (code and TRANSIENT[code]) then return "transient" end
  -- STS could not reach the identity provider in time.
  if code == "IDPCommunicationError" and outcome.service == "sts" then return "transient" end
  return nil
end

---@param kind "throttling"|"transient"
---@param attempt integer  the one that failed, from 1
---@param options { service: string, random: number, retry_after: string|nil,
---  rules: aws.retry.rules|nil }
---@return number seconds
function retry.delay_s(kind, attempt, options)
  local rules = options.rules or RULES
  local base = kind == "throttling" and rules.throttling_base_s or rules.bases_s[options.service]
    or rules.base_s
  local own = options.random * math.min(base * 2 ^ (attempt - 1), rules.longest_s)
  local asked = tonumber((options.retry_after or ""):match("^%s*%+?(%d+)%s*$"))
  if not asked then return own end
  return math.max(own, math.min(asked / 1000, own + rules.extra_s))
end

local function delay_of(call, kind, outcome)
  return retry.delay_s(kind, call.attempt, {
    service = call.service, random = call.random, rules = call.rules,
    retry_after = outcome.headers and outcome.headers["x-amz-retry-after"],
  })
end

---Judges one answer of a call and keeps the quota's books.
---@param call { quota: table, attempt: integer, max_attempts: integer, service: string,
---  operation: string, random: number, cost: integer|nil, rules: aws.retry.rules|nil }  cost is
---  kept between the attempts
---@param outcome table  service, status, code, failure, errors, headers
---@return number|nil delay_s  nil: do not send it again
---@return number|nil pause_s  how long to wait before giving up
---@return "success"|"final"|"attempts"|"quota"|nil why  it is not sent again
function retry.judge(call, outcome)
  if outcome.status and outcome.status < 300 and not outcome.failure then
    give_back(call.quota, call.cost or REWARD)
    return nil, nil, "success"
  end
  local kind, rules = retry.kind(outcome), call.rules or RULES
  if not kind then return nil, nil, "final" end
  if call.attempt >= call.max_attempts then return nil, nil, "attempts" end
  local cost = kind == "throttling" and rules.throttling_cost or rules.cost
  if call.quota.left < cost then
    local waits = LONG_POLLS[call.service] and LONG_POLLS[call.service][call.operation]
    return nil, waits and delay_of(call, kind, outcome) or nil, "quota"
  end
  call.quota.left, call.cost = call.quota.left - cost, cost
  return delay_of(call, kind, outcome)
end

return retry
