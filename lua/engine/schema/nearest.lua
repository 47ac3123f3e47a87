--- The word that somebody probably meant.

local function swapped(a, b, i, j)
  return i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
end

--- How many letters were added, left out, exchanged or swapped with their neighbour.
local function distance(a, b, limit)
  if math.abs(#a - #b) > limit then return limit + 1 end
  local rows = { [0] = {} }
  for j = 0, #b do rows[0][j] = j end
  for i = 1, #a do
    local row, before = { [0] = i }, rows[i - 1]
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + cost)
      if swapped(a, b, i, j) then row[j] = math.min(row[j], rows[i - 2][j - 2] + 1) end
    end
    rows[i] = row
  end
  return rows[#a][#b]
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
