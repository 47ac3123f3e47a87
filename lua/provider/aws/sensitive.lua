--- What a service model marks as sensitive: where it stands, and as a secret.
local Plan = require "aws.document.plan"
local value = require "engine.value"

local sensitive = {}

local function hide(plan, v)
  if v == nil or not plan then return v end
  if plan.sensitive then return value.secret(v) end
  if type(v) ~= "table" or not plan.composite then return v end
  local result = {}
  for key, member in next, v do result[key] = hide(plan:at(key), member) end
  return setmetatable(result, getmetatable(v))
end

--- An answer with a secret in each place that is sensitive.
---@param shape table|nil of the operation's output
---@param answer table
---@return table
function sensitive.hidden(shape, answer)
  return shape and hide(Plan.new(shape), answer) or answer
end

--- The members of a structure that are sensitive, or have something sensitive in them.
---@param shape table|nil
---@return string[]
function sensitive.members(shape)
  local found = {}
  local function inside(plan, seen)
    if plan.sensitive then return true end
    local name = plan.shape.name
    if not plan.composite or name and seen[name] then return false end
    seen[name or plan] = true
    for _, member in ipairs(plan.shape:members()) do
      if inside(plan:member(member.name), seen) then return true end
    end
    return false
  end
  for _, member in ipairs(shape and shape:members() or {}) do
    if inside(Plan.new(member.shape, member.traits), {}) then found[#found + 1] = member.name end
  end
  return found
end

return sensitive
