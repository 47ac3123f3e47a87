--- Paths and pointers: `BlockDeviceMappings[1].Ebs` against "BlockDeviceMappings/*/Ebs".
local hidden = require "engine.value.hidden"

local path = {}

--- "/properties/A/*/B" as "A/*/B": the words that only JSON Schema needs are left out.
---@param pointer string
---@return string
function path.pattern(pointer)
  local steps = {}
  for step in pointer:gmatch("[^/]+") do
    if step == "items" then step = "*" end
    if step ~= "properties" then steps[#steps + 1] = step end
  end
  return table.concat(steps, "/")
end

--- The steps of a path; an index or a key in brackets is a step of its own.
---@param text string
---@return string[]
function path.steps(text)
  local steps, at = {}, 1
  while at <= #text do
    local bracket = text:match("^%[[^%]]*%]", at)
    local step = bracket or text:match("^[^.%[]+", at)
    if step then steps[#steps + 1] = step end
    at = at + (step and #step or 1)
  end
  return steps
end

local function split(pattern)
  local steps = {}
  for step in pattern:gmatch("[^/]+") do steps[#steps + 1] = step end
  return steps
end

--- Whether a pattern stands for the path or for something that the path lies in. Where the path
--- stops above the pattern's end, the steps still to go are returned instead.
---@param pattern string
---@param steps string[]
---@return boolean covers
---@return string[]|nil rest
function path.covers(pattern, steps)
  local wanted = split(pattern)
  for i, step in ipairs(wanted) do
    local own = steps[i]
    if not own then return false, table.move(wanted, i, #wanted, 1, {}) end
    local is_index = own:sub(1, 1) == "["
    if step ~= own and not (step == "*" and is_index) then return false end
  end
  return true
end

--- What stands at the end of these steps, once for every item on the way.
---@param v any
---@param steps string[]
---@param from integer|nil
---@param found any[]|nil
---@return any[]
function path.pick(v, steps, from, found)
  from, found = from or 1, found or {}
  if from > #steps or hidden.kind(v) then
    found[#found + 1] = v
  elseif type(v) == "table" then
    if steps[from] == "*" then
      for _, item in ipairs(v) do path.pick(item, steps, from + 1, found) end
    else
      path.pick(rawget(v, steps[from]), steps, from + 1, found)
    end
  end
  return found
end

return path
