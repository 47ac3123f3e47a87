-- The part of JMESPath that paginators use: names, indices, flattening and alternatives, as in
-- "NextMarker || Contents[-1].Key" and "Reservations[].Instances[]".
local path = {}

local function steps_of(text)
  local steps = {}
  for part in text:gmatch("[^.]+") do
    local name, rest = part:match("^%s*([%w_]*)(.-)%s*$")
    if name ~= "" then steps[#steps + 1] = name end
    for index in rest:gmatch("%[([^%]]*)%]") do
      steps[#steps + 1] = index == "" and "[]" or tonumber(index) or "[]"
    end
  end
  return steps
end

local walk

local function flatten(value, steps, at)
  if type(value) ~= "table" then return nil end
  local found = {}
  for _, item in ipairs(value) do
    local inner = walk(item, steps, at)
    if type(inner) == "table" and (inner[1] ~= nil) then
      table.move(inner, 1, #inner, #found + 1, found)
    elseif inner ~= nil then
      found[#found + 1] = inner
    end
  end
  return found
end

function walk(value, steps, at)
  for i = at, #steps do
    local step = steps[i]
    if step == "[]" then return flatten(value, steps, i + 1) end
    if type(value) ~= "table" then return nil end
    if type(step) == "number" then
      step = step < 0 and #value + 1 + step or step + 1
    end
    value = value[step]
  end
  return value
end

local function is_empty(value)
  return not value or value == "" or (type(value) == "table" and next(value) == nil)
end

---@param value any
---@param expression string
---@return any
function path.get(value, expression)
  local found
  for alternative in (expression .. "||"):gmatch("(.-)%|%|") do
    found = walk(value, steps_of(alternative), 1)
    if not is_empty(found) then return found end
  end
  return found
end

---Puts a value where a plain path says, making the tables on the way.
---@param target table
---@param expression string
---@param value any
function path.set(target, expression, value)
  local steps = steps_of(expression)
  for at = 1, #steps - 1 do
    target[steps[at]] = target[steps[at]] or {}
    target = target[steps[at]]
  end
  target[steps[#steps]] = value
end

return path
