-- Waiting for one's turn: the limits that AWS publishes, and the adaptive mode's own.
local adaptive = require "aws.adaptive"
local limits = require "aws.rate.limits"
local rate = require "aws.rate"

local NONE <const> = {}

local turn = {}

local function wait_until(session, wait_ms)
  while true do
    local now_ms = session.now()
    local left_ms = wait_ms(now_ms)
    if left_ms <= 0 then return end
    coroutine.yield { until_ms = now_ms + left_ms }
  end
end

-- Not where the user names the endpoint: that may be anything.
local function published(session, call)
  local choice = session.options.rate_limits
  if choice == "none" or (call.endpoint.custom and choice ~= "aws") then return NONE end
  local wanted = limits.of(call.service.name, call.operation.name, call.params)
  if #wanted == 0 then return NONE end
  local set = rate.of(session.now, call.credentials, session:region())
  return rate.ask(set, wanted, session.now())
end

---Waits until the call may be sent.
---@param session aws.session
---@param call table
---@return table taken  for turn.settle
function turn.wait(session, call)
  local taken = { places = published(session, call) }
  if #taken.places > 0 then
    wait_until(session, function(now_ms) return rate.wait_ms(taken.places, now_ms) end)
  end
  if session:retry_mode() ~= "adaptive" then return taken end
  taken.limiter = session:limiter(call.service.name, adaptive.new)
  local place = taken.limiter:ask(session.now() / 1000)
  if place then
    wait_until(session, function(now_ms) return taken.limiter:wait_ms(place, now_ms / 1000) end)
  end
  return taken
end

---Takes note of what came of it.
---@param session aws.session
---@param taken table
---@param throttled boolean
function turn.settle(session, taken, throttled)
  local now_ms = session.now()
  rate.settle(taken.places, throttled, now_ms)
  if taken.limiter then taken.limiter:record(throttled, now_ms / 1000) end
end

return turn
