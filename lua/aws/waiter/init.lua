-- Waiting until something is so, as the waiters of the models describe it. The first looks come
-- soon, later ones as seldom as the model says.
local acceptor = require "aws.waiter.acceptor"
local failure = require "engine.failure"
local nearest = require "aws.nearest"

local FIRST_S <const>, GROWTH <const> = 1, 2

local waiter = {}

local function find(client, name)
  local data, kind = client.session.data, "waiter:" .. client.service
  local found = data:record(kind, name)
  if found then return found end
  failure.raise {
    what = ("%s has no waiter %s"):format(client.service, name), service = client.service,
    code = "UnknownWaiter",
    next = nearest.advice(name, data:keys(kind), "its waiters are those of AWS's own SDKs"),
  }
end

-- Only what the service answered is for the acceptors; all else is the caller's.
local function look(client, config, params)
  local ok, result, about = pcall(client.call, client, config.operation, params)
  if ok then return { result = result, status = about and about.status } end
  if not failure.is(result) or not result.status then error(result, 0) end
  return { code = result.code, status = result.status, failure = result }
end

local function ended(client, name, outcome, fields)
  local cause = outcome.failure or {}
  fields.what = ("%s %s: %s"):format(client.service, name, fields.what)
  fields.service, fields.operation, fields.status = client.service, fields.operation,
    outcome.status
  fields.request_id, fields.where = cause.request_id, cause.where
  fields.message = cause.message
  failure.raise(fields)
end

local function fail(client, name, config, outcome, rule)
  local seen = acceptor.seen({ rule }, outcome) or acceptor.seen(config.acceptors, outcome)
  local message = outcome.failure and outcome.failure.message
  ended(client, name, outcome, {
    what = ("it will not come to that: %s%s"):format(seen or "the answer says so",
      message and message ~= "" and ": " .. message or ""),
    code = "WaiterFailure", operation = config.operation, reason = outcome.code,
    next = ("mrun aws %s %s shows more"):format(client.service, config.operation),
  })
end

local function give_up(client, name, config, outcome, limit_s)
  ended(client, name, outcome, {
    what = ("not so after %g s: %s"):format(limit_s,
      acceptor.seen(config.acceptors, outcome) or "there is nothing to see yet"),
    code = "WaiterTimeout", operation = config.operation,
    next = "look again later, or wait longer (max_wait_s)",
  })
end

---How long to wait before the next look.
---@param looks integer  how many there have been
---@param longest_s number  the model's delay
---@return number seconds
function waiter.delay_s(looks, longest_s)
  return math.min(FIRST_S * GROWTH ^ math.min(looks - 1, 30), longest_s)
end

---@param client aws.client
---@param name string  the model's name, as in "InstanceRunning"
---@param params table  of the operation that looks
---@param options { max_wait_s: number|nil, delay_s: number|nil }  by default the model's own
---@return table|nil result  the last answer
---@return { looks: integer } about
function waiter.wait(client, name, params, options)
  local config = find(client, name)
  local session, acceptors = client.session, acceptor.list(config.acceptors)
  local limit_s = options.max_wait_s or config.delay * config.maxAttempts
  local last_ms, looks = session.now() + limit_s * 1000, 0
  while true do
    local outcome = look(client, config, params)
    looks = looks + 1
    local state, rule = acceptor.judge(acceptors, outcome)
    if state == "success" then return outcome.result, { looks = looks } end
    if state == "error" then error(outcome.failure, 0) end
    if state == "failure" then fail(client, name, config, outcome, rule) end
    local now_ms = session.now()
    if now_ms >= last_ms then give_up(client, name, config, outcome, limit_s) end
    local delay_ms = waiter.delay_s(looks, options.delay_s or config.delay) * 1000
    coroutine.yield { until_ms = math.min(now_ms + delay_ms, last_ms) }
  end
end

return waiter
