--- The word that somebody probably meant.

local function distance(a, b, limit)
  if math.abs(#a - #b) > limit then return limit + 1 end
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local before = row
    row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + cost)
    end
  end
  return row[#b]
end

--- Words are compared without regard to case; more than a third wrong is another word.
---@param word string
---@param list string[]
---@return string|nil
return function(word, list)
  local low = tostring(word):lower()
  local limit = math.max(1, #low // 3)
  local best, best_distance
  for _, candidate in ipairs(list) do
    local other = candidate:lower()
    local d = other == low and 0 or distance(low, other, limit)
    if d <= limit and (not best or d < best_distance
      or d == best_distance and candidate < best) then
      best, best_distance = candidate, d
    end
  end
  return best
end
