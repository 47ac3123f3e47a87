-- The name that was probably meant.
local nearest = {}

local function distance(a, b, limit)
  local row = {}
  for at = 0, #b do row[at] = at end
  for i = 1, #a do
    local corner, best = row[0], i
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and corner or corner + 1
      corner = row[j]
      row[j] = math.min(cost, row[j] + 1, row[j - 1] + 1)
      best = math.min(best, row[j])
    end
    if best > limit then return limit + 1 end
  end
  return row[#b]
end

---@param word string
---@param names string[]
---@return string|nil
function nearest.of(word, names)
  local wanted, found = word:lower(), nil
  local least = math.max(2, #word // 3) + 1
  for _, name in ipairs(names) do
    local steps = distance(wanted, name:lower(), least)
    if steps < least then least, found = steps, name end
  end
  return found
end

---A line of advice.
---@param word string
---@param names string[]
---@param otherwise string
---@return string
function nearest.advice(word, names, otherwise)
  local found = nearest.of(word, names)
  return found and ("did you mean %s?"):format(found) or otherwise
end

return nearest
