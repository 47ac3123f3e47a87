-- A token bucket that hands out places in a queue: whoever came first goes first, however the rate
-- changes while they wait, and whoever never comes back only wastes a token. What it has granted
-- grows with time; what was asked for is counted; a place's turn comes when it has been granted.
local bucket = {}
bucket.__index = bucket

local LEAST_SHARE <const> = 1 / 8 -- of the published rate, however often the server throttles
local RECOVERY <const> = 1 / 16   -- of it, for each call that goes well
local NEARLY <const> = 1e-6       -- of a token: what a clock of milliseconds rounds away

---@param size number
---@param refill number  tokens a second
---@param now_ms number
---@return table
function bucket.new(size, refill, now_ms)
  return setmetatable({ size = size, published = refill, refill = refill, at_ms = now_ms,
    granted = size, asked = 0 }, bucket)
end

local function bring_up(self, now_ms)
  local gained = math.max(0, now_ms - self.at_ms) / 1000 * self.refill
  self.granted = math.min(self.granted + gained, self.asked + self.size)
  self.at_ms = now_ms
end

---A place for a call that costs so many tokens.
---@param cost number
---@param now_ms number
---@return number place
function bucket:ask(cost, now_ms)
  bring_up(self, now_ms)
  self.asked = self.asked + cost
  return self.asked
end

---How long until it is this place's turn; 0 when it is. The rate may change, so ask again then.
---@param place number
---@param now_ms number
---@return number wait_ms
function bucket:wait_ms(place, now_ms)
  bring_up(self, now_ms)
  local missing = place - self.granted
  return missing <= NEARLY and 0 or math.ceil(missing / self.refill * 1000)
end

---Another size and rate, from now on.
---@param size number
---@param refill number
---@param now_ms number
function bucket:set(size, refill, now_ms)
  bring_up(self, now_ms)
  self.size, self.refill, self.published = size, refill, refill
  self.granted = math.min(self.granted, self.asked + size)
end

---The server says that there is nothing left: others use the same bucket.
---@param now_ms number
function bucket:drain(now_ms)
  bring_up(self, now_ms)
  self.granted = math.min(self.granted, self.asked)
  self.refill = math.max(self.refill / 2, self.published * LEAST_SHARE)
end

---A call went well: back towards the published rate.
---@param now_ms number
function bucket:recover(now_ms)
  if self.refill == self.published then return end
  bring_up(self, now_ms)
  self.refill = math.min(self.refill + self.published * RECOVERY, self.published)
end

return bucket
