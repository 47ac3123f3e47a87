-- A plan of one resource alone: what an import shows and does. What it stands on is read, and has
-- to be there; all others stay as they are, in the world and in the state.
local failure = require "engine.failure"

local ACTIONS <const> = { "create", "update", "replace", "delete", "adopt", "forget" }

local alone = {}

local function needs(graph, name, found)
  for _, other in ipairs(graph.edges[name]) do
    if not found[other] then
      found[other] = true
      needs(graph, other, found)
    end
  end
  return found
end

--- The graph of one resource and of what it stands on.
---@param graph table
---@param rows table<string, table> of the state
---@param name string a declared resource
---@return table graph
function alone.graph(graph, rows, name)
  local needed, order = needs(graph, name, {}), {}
  for _, other in ipairs(graph.order) do
    if needed[other] and not rows[other] then
      failure.raise {
        what = ("%s stands on %s, which is not in this stack yet"):format(name, other),
        where = graph.resources[other].source,
        next = ("import %s first, or apply the recipe"):format(other) }
    end
    if needed[other] or other == name then order[#order + 1] = other end
  end
  return setmetatable({ order = order, outputs = {} }, { __index = graph })
end

--- The plan without what it says of the others.
---@param plan table
---@param name string
---@return table plan
function alone.plan(plan, name)
  local totals, changes = { unchanged = 0 }, {}
  for _, action in ipairs(ACTIONS) do totals[action] = 0 end
  for _, change in ipairs(plan.changes) do
    if change.name == name then
      changes[#changes + 1] = change
      totals[change.action] = totals[change.action] + 1
    end
  end
  if #changes == 0 then totals.unchanged = 1 end
  local result = {}
  for key, member in pairs(plan) do result[key] = member end
  result.changes, result.totals, result.unchanged = changes, totals, totals.unchanged
  result.records, result.pending, result.run.stale = {}, {}, {}
  result.run.untagged = {}
  return result
end

return alone
