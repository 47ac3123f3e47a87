-- The state as a graph: every row declared as it was applied last. What differs from it was changed
-- by somebody else.
local order = require "engine.graph.order"
local value = require "engine.value"

--- What of a row can be compared with what is there; and what cannot, beside what is ignored: where
--- a secret stands there is a digest.
local function wanted(row)
  local want, ignored = {}, value.copy((row.options or {}).ignore_changes or {})
  for _, property in ipairs(value.keys(row.last or {})) do
    if value.hides(row.last[property]) then
      ignored[#ignored + 1] = property
    else
      want[property] = row.last[property]
    end
  end
  return want, #ignored > 0 and ignored or nil
end

local function resource_of(name, row)
  local want, ignored = wanted(row)
  return { name = name, type = row.type, provider = row.provider, place = row.place,
    source = row.source, want = want, properties = {}, awaits = {},
    options = { ignore_changes = ignored } }
end

---@param stack string
---@param rows table<string, table>
---@return table graph
return function(stack, rows)
  local names, edges, resources, attributes = value.keys(rows), {}, {}, {}
  for _, name in ipairs(names) do
    resources[name], edges[name], attributes[name] = resource_of(name, rows[name]), {}, {}
    for _, other in ipairs(rows[name].depends or {}) do
      if rows[other] then table.insert(edges[name], other) end
    end
    for attribute in pairs(rows[name].attributes or {}) do attributes[name][attribute] = true end
  end
  return { stack = stack, resources = resources, order = order.sort(names, edges) or names,
    edges = edges, attributes = attributes, outputs = {}, checks = {}, inputs = {}, notices = {} }
end
