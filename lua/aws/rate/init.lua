-- Client-side token buckets with the numbers that AWS publishes for an account and region, so that
-- a big plan does not reach the throttle. All sessions of a process that share a clock share them.
local buckets = require "aws.rate.bucket"

local rate = {}

local shared = setmetatable({}, { __mode = "k" })

local ALPHABET <const> = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

-- The account that an access key says it is of; keys that say none are accounts of their own.
local function account_of(credentials)
  if not credentials then return "" end
  if credentials.account_id then return credentials.account_id end
  local digits = credentials.access_key:match("^A[KS]IA([A-Z2-7]+)$")
  if not digits or #digits ~= 16 then return credentials.access_key end
  local bits = 0
  for at = 1, 10 do bits = bits << 5 | ALPHABET:find(digits:sub(at, at), 1, true) - 1 end
  return ("%012d"):format(bits >> 9 & (1 << 40) - 1) -- 50 bits: one, the account's 40, nine more
end

---The buckets of an account and region.
---@param now fun(): number  the clock
---@param credentials table|nil
---@param region string
---@return table
function rate.of(now, credentials, region)
  local all = shared[now] or {}
  shared[now] = all
  local key = account_of(credentials) .. "/" .. region
  all[key] = all[key] or {}
  return all[key]
end

---Places in the queues of all buckets that a call takes from.
---@param set table
---@param wanted table[]  as aws.rate.limits says
---@param now_ms number
---@return table places
function rate.ask(set, wanted, now_ms)
  local places = {}
  for at, limit in ipairs(wanted) do
    local bucket = set[limit.name] or buckets.new(limit.size, limit.refill, now_ms)
    set[limit.name] = bucket
    places[at] = { bucket = bucket, place = bucket:ask(limit.cost, now_ms) }
  end
  return places
end

---How long to wait before sending; 0 mostly.
---@param places table
---@param now_ms number
---@return number wait_ms
function rate.wait_ms(places, now_ms)
  local longest = 0
  for _, each in ipairs(places) do
    longest = math.max(longest, each.bucket:wait_ms(each.place, now_ms))
  end
  return longest
end

---What the server said to the call: after a throttle all who come behind wait longer.
---@param places table
---@param throttled boolean
---@param now_ms number
function rate.settle(places, throttled, now_ms)
  for _, each in ipairs(places) do
    if throttled then each.bucket:drain(now_ms) else each.bucket:recover(now_ms) end
  end
end

return rate
