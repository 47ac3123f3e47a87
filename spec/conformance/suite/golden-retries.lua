-- Retries by AWS's present rules: for each answer of a call whether it is sent again, after how
-- long, and what is left of the quota.
local listed = require "listed"
local outcome = require "aws.outcome"
local pack = require "native.pack"
local retry = require "aws.retry"

local function close(want, came)
  if want == nil or came == nil then return want == came end
  return math.abs(want - came) < 1e-9
end

local function check_step(step, books, errors)
  local given = step["in"]
  local delay_s, pause_s = retry.judge(books, {
    service = books.service, status = given.status, code = given.code, errors = errors,
    headers = given.headers or {}, failure = given.exception and { code = given.exception },
  })
  if step.retry ~= (delay_s ~= nil) then
    return ("expected retry %s, came %s"):format(step.retry, delay_s)
  elseif step.quota ~= books.quota.left then
    return ("expected a quota of %d, came %d"):format(step.quota, books.quota.left)
  elseif not close(step.delay, delay_s) then
    return ("expected a delay of %s, came %s"):format(step.delay, delay_s)
  elseif not close(step.sleep_before_giving_up, pause_s) then
    return ("expected a pause of %s, came %s"):format(step.sleep_before_giving_up, pause_s)
  end
end

local function check(case, data)
  local operation = assert(data:operation(case.service, case.operation), "no such operation")
  local books = {
    quota = retry.quota(case.given.initial_quota), random = case.given.random,
    service = case.service, operation = case.operation,
    max_attempts = retry.max_attempts(case.service, case.given.max_attempts),
  }
  for at, step in ipairs(case.steps) do
    books.attempt = at
    local wrong = check_step(step, books, outcome.errors_of(operation))
    if wrong then return ("step %d: %s"):format(at, wrong) end
  end
end

return listed("golden-retries/retries.json", check, { open = pack.open })
