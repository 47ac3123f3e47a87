-- The rate limiter of the adaptive retry mode: after the first throttle a client sends no faster
-- than a cubic curve allows, which starts below the rate that was too fast and grows with time.
-- Pure; times are seconds.
local buckets = require "aws.rate.bucket"

local SCALE <const>, BETA <const> = 0.4, 0.7
local SMOOTHING <const>, WINDOW_S <const> = 0.8, 0.5
local LEAST_RATE <const>, MOST_OF_MEASURED <const> = 0.5, 2

local adaptive = {}

---@class aws.adaptive
local limiter = {}
limiter.__index = limiter

---@param now_s number
---@return aws.adaptive
function adaptive.new(now_s)
  return setmetatable({
    max_rate = 0, failed_s = now_s, -- of the curve
    measured = 0, count = 0, window_s = math.floor(now_s), -- of what is sent
    rate = LEAST_RATE, limits = false,
    bucket = buckets.new(1, LEAST_RATE, now_s * 1000),
  }, limiter)
end

---The rate that the curve allows.
---@param max_rate number  the one that was too fast
---@param since_s number  how long ago that was
---@return number
function adaptive.cubic(max_rate, since_s)
  local window = (max_rate * (1 - BETA) / SCALE) ^ (1 / 3)
  return SCALE * (since_s - window) ^ 3 + max_rate
end

---The rate after one that was too fast.
---@param too_fast number
---@return number
function adaptive.reduced(too_fast)
  return too_fast * BETA
end

local function measure(self, now_s)
  local window_s = math.floor(now_s / WINDOW_S) * WINDOW_S
  self.count = self.count + 1
  if window_s <= self.window_s then return end
  local rate = self.count / (window_s - self.window_s)
  self.measured = rate * SMOOTHING + self.measured * (1 - SMOOTHING)
  self.count, self.window_s = 0, window_s
end

---Takes note of an answer.
---@param throttled boolean
---@param now_s number
function limiter:record(throttled, now_s)
  measure(self, now_s)
  local rate
  if throttled then
    self.max_rate = self.limits and math.min(self.measured, self.rate) or self.measured
    self.failed_s, self.limits = now_s, true
    rate = adaptive.reduced(self.max_rate)
  else
    rate = adaptive.cubic(self.max_rate, now_s - self.failed_s)
  end
  rate = math.min(rate, MOST_OF_MEASURED * self.measured)
  self.rate = math.max(rate, LEAST_RATE)
  self.bucket:set(math.max(rate, 1), self.rate, now_s * 1000)
end

---A place for a request; nil while nothing has been throttled.
---@param now_s number
---@return number|nil place
function limiter:ask(now_s)
  return self.limits and self.bucket:ask(1, now_s * 1000) or nil
end

---@param place number
---@param now_s number
---@return number wait_ms
function limiter:wait_ms(place, now_s)
  return self.bucket:wait_ms(place, now_s * 1000)
end

return adaptive
