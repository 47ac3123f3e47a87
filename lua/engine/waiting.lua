-- How long to wait between looks at something that is not there yet: soon at first, then less
-- often.
local waiting = {}

local SHORTEST_MS, LONGEST_MS = 200, 6400

--- When to look again at something waited for since `start`. The times lie on a grid of powers of
--- two, so that those who wait for things of one type look together and share a call.
---@param start number
---@param now number
---@return number time
function waiting.next_look(start, now)
  local step = SHORTEST_MS
  while step < LONGEST_MS and (now - start) >= step * 5 do step = step * 2 end
  return (now // step + 1) * step
end

-- The looks for something made a moment ago that cannot be seen yet, in ms after its making.
local VISIBILITY = { 200, 500, 1000, 2000 }

--- When to look again for what was made at `made` and is invisible so far; nil when it is time
--- to give up.
---@param made number
---@param now number
---@param visible_ms number how long it may take to be seen
---@return number|nil time
function waiting.next_sight(made, now, visible_ms)
  local last = made + visible_ms
  if now >= last then return nil end
  for _, delay in ipairs(VISIBILITY) do
    if made + delay > now then return math.min(made + delay, last) end
  end
  local seconds = (now - made) // 1000
  return math.min(made + (seconds + math.max(1, seconds // 4)) * 1000, last)
end

return waiting
