-- What one evaluation may cost: steps, and the size of what it builds. A list that holds one list
-- many times is small in memory and endless on paper, so what was built is weighed, each time.
local fault = require "aws.jmespath.fault"

local MOST <const> = 20000000
local BYTES_A_STEP <const> = 16

---@class jmespath.run
local run = {}
run.__index = run

---@param expression string
---@return jmespath.run
function run.new(expression)
  return setmetatable({ expression = expression, left = MOST, weights = {} }, run)
end

---@param steps integer
function run:spend(steps)
  self.left = self.left - steps
  if self.left < 0 then
    fault("limit", "it takes too many steps or makes too much", self.expression)
  end
end

---@param bytes integer
function run:spend_bytes(bytes)
  self:spend(bytes // BYTES_A_STEP)
end

---@param value any
---@return integer
function run:weight(value)
  return self.weights[value] or 1
end

---Takes note of what was built of these.
---@param built table
---@return table built
function run:weigh(built)
  local weights, total = self.weights, 1
  for _, value in next, built do
    total = total + (type(value) == "table" and weights[value] or 1)
    if total > MOST then break end
  end
  weights[built] = total
  self:spend(total)
  return built
end

---@param kind string
---@param what string
function run:fail(kind, what)
  fault(kind, what, self.expression)
end

return run
