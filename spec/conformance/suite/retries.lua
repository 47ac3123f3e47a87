-- Retries by the older rules (a retry costs 5), with the numbers that each case gives; and the
-- adaptive mode's rates.
local adaptive = require "aws.adaptive"
local listed = require "listed"
local retry = require "aws.retry"

local WHY <const> = { attempts = "max_attempts_exceeded", quota = "retry_quota_exceeded",
  success = "success", final = "fail" }

local function close(want, came)
  return want == nil or came ~= nil and math.abs(want - came) < 1e-6 * math.max(1, math.abs(want))
end

local function rules_of(given)
  assert(given.exponential_power == 2, "only powers of two are known")
  return { cost = 5, throttling_cost = 5, base_s = given.exponential_base,
    throttling_base_s = given.exponential_base, bases_s = {},
    longest_s = given.max_backoff_time, extra_s = 0 }
end

local function check_standard(case)
  local given = case.given
  local books = { quota = retry.quota(given.initial_retry_tokens), random = 1,
    service = "any", operation = "Any", max_attempts = given.max_attempts,
    rules = rules_of(given) }
  for at, step in ipairs(case.responses) do
    books.attempt = at
    local delay_s, _, why = retry.judge(books, { status = step.response.status_code })
    local want, came = step.expected, delay_s and "retry_request" or WHY[why]
    if want.outcome ~= came then
      return ("step %d: expected %s, came %s"):format(at, want.outcome, came)
    elseif want.retry_quota ~= books.quota.left then
      return ("step %d: expected a quota of %d, came %d"):format(at, want.retry_quota,
        books.quota.left)
    elseif not close(want.delay, delay_s) then
      return ("step %d: expected a delay of %s, came %s"):format(at, want.delay, delay_s)
    end
  end
end

-- The curve by itself, as the specification of the adaptive mode has it.
local function check_cubic(case)
  local most, since, rate = case.given.last_max_rate, case.given.last_throttle_time, nil
  for _, step in ipairs(case.cases) do
    if step.response == "success" then
      rate = adaptive.cubic(most, step.timestamp - since)
    else
      most, since = rate or most, step.timestamp
      rate = adaptive.reduced(most)
    end
    if not close(step.calculated_rate, rate) then
      return ("at %s s: expected a rate of %s, came %s"):format(step.timestamp,
        step.calculated_rate, rate)
    end
  end
end

-- The limiter as a whole: what it measures, and what it lets through.
local function check_whole(case)
  local limiter = adaptive.new(0)
  for _, step in ipairs(case.cases) do
    limiter:record(step.response ~= "success", step.timestamp)
    if not close(step.measured_tx_rate, limiter.measured)
      or not close(step.new_token_bucket_rate, limiter.rate) then
      return ("at %s s: expected the rates %s and %s, came %s and %s"):format(step.timestamp,
        step.measured_tx_rate, step.new_token_bucket_rate, limiter.measured, limiter.rate)
    end
  end
end

local function check(case)
  if case.kind == "standard" then return check_standard(case) end
  local first = case.cases and case.cases[1] or {}
  if first.calculated_rate then return check_cubic(case) end
  if first.new_token_bucket_rate then return check_whole(case) end
  return ("a case of the kind %s is not known"):format(tostring(case.kind))
end

return listed("retries/retry-cases.json", check, { key = "name" })
