-- An order in which everything comes after what it depends on, or the cycle that forbids one.

local order = {}

local function cycle_from(path, name)
  local first = #path
  while path[first].name ~= name do first = first - 1 end
  local cycle = {}
  for i = first, #path do cycle[#cycle + 1] = path[i].name end
  cycle[#cycle + 1] = name
  return cycle
end

--- Walks down from one name; a loop and no recursion, since a chain may be 100,000 long.
local function visit(root, edges, state, result)
  local path = { { name = root, at = 0 } }
  state[root] = "open"
  while #path > 0 do
    local top = path[#path]
    top.at = top.at + 1
    local name = edges[top.name] and edges[top.name][top.at]
    if name == nil then
      state[top.name] = "done"
      result[#result + 1] = top.name
      path[#path] = nil
    elseif state[name] == "open" then
      return cycle_from(path, name)
    elseif state[name] == nil then
      state[name] = "open"
      path[#path + 1] = { name = name, at = 0 }
    end
  end
end

--- Sorts names so that each comes after those it has edges to; otherwise they stay in their order.
---@param names string[]
---@param edges table<string, string[]>
---@return string[]|nil order
---@return string[]|nil cycle the names around it, the first again at the end
function order.sort(names, edges)
  local state, result = {}, {}
  for _, name in ipairs(names) do
    if not state[name] then
      local cycle = visit(name, edges, state, result)
      if cycle then return nil, cycle end
    end
  end
  return result
end

--- The edges the other way round, each list in the order of `names`.
---@param names string[]
---@param edges table<string, string[]>
---@return table<string, string[]>
function order.turned(names, edges)
  local result = {}
  for _, name in ipairs(names) do
    for _, other in ipairs(edges[name] or {}) do
      local list = result[other]
      if not list then
        list = {}
        result[other] = list
      end
      list[#list + 1] = name
    end
  end
  return result
end

return order
