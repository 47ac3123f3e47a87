-- What a rule set has answered. A run asks for its parameters one by one, and what it asks next
-- hangs on the answers alone; so the questions form a tree, and an answer that comes again is
-- found at its leaf. Parameters that were not asked for (an object's key) make no difference.
local memo = {}
memo.__index = memo

local NOTHING <const> = {}

---@param most integer  results that are kept; with one more it begins again
---@return table
function memo.new(most)
  return setmetatable({ most = most, count = 0, root = {} }, memo)
end

local function key_of(value)
  if value == nil then return NOTHING end
  if type(value) ~= "table" then return value end
  local parts = {}
  for at, item in ipairs(value) do parts[at] = #item .. ":" .. item end
  return table.concat(parts, ",")
end

---@param values table<string, any>
---@return any result  nil where there is none yet
function memo:find(values)
  local node = self.root
  while node.asks do
    node = node.after[key_of(values[node.asks])]
    if not node then return nil end
  end
  return node.result
end

---@param asked string[]  what the run asked for, in its order
---@param values table<string, any>
---@param result any
function memo:keep(asked, values, result)
  if self.count >= self.most then self.count, self.root = 0, {} end
  local node = self.root
  for _, name in ipairs(asked) do
    if not node.asks then node.asks, node.after = name, {} end
    local key = key_of(values[name])
    node.after[key] = node.after[key] or {}
    node = node.after[key]
  end
  node.result, self.count = result, self.count + 1
end

return memo
