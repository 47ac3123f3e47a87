-- A binary heap: the smallest key first, equal keys in the order they came.

local heap = {}
heap.__index = heap

---@return table heap an empty one
local function new()
  return setmetatable({ count = 0, came = 0 }, heap)
end

local function before(a, b)
  if a.key ~= b.key then return a.key < b.key end
  return a.came < b.came
end

---@param key number
---@param item any
function heap:push(key, item)
  self.came = self.came + 1
  self.count = self.count + 1
  local entry, at = { key = key, came = self.came, item = item }, self.count
  while at > 1 do
    local parent = at // 2
    if not before(entry, self[parent]) then break end
    self[at] = self[parent]
    at = parent
  end
  self[at] = entry
end

local function sink(self, entry)
  local at, count = 1, self.count
  while true do
    local child = at * 2
    if child > count then break end
    if child < count and before(self[child + 1], self[child]) then child = child + 1 end
    if not before(self[child], entry) then break end
    self[at] = self[child]
    at = child
  end
  self[at] = entry
end

---@return number|nil key of the smallest
function heap:first()
  return self[1] and self[1].key
end

---@return any item, number|nil key
function heap:pop()
  local top = self[1]
  if not top then return nil end
  local last = self[self.count]
  self[self.count] = nil
  self.count = self.count - 1
  if self.count > 0 then sink(self, last) end
  return top.item, top.key
end

return { new = new }
