-- In which order a replacement goes: the new one first, or the old one out of the way first.
local order = require "engine.graph.order"

local replace = {}

local function changed_paths(change)
  local changed = {}
  for _, property in ipairs(change.properties) do
    changed[property.path:match "^[^.%[]+"] = true
  end
  return changed
end

--- Whether it declares something that only one resource can hold, and the new one wants the same.
local function holds_what_is_exclusive(record, change)
  local changed = changed_paths(change)
  local function held(property)
    return change.want[property] ~= nil and not changed[property]
  end
  if record.name_property and held(record.name_property) then return true end
  for _, property in ipairs(record.exclusive) do
    if held(property) then return true end
  end
  return false
end

local function own_order(ctx, graph, change)
  local resource = graph.resources[change.name]
  local record = ctx:record(resource)
  return resource.options.replace or record.replacement
    or (holds_what_is_exclusive(record, change) and "delete_first") or "create_first"
end

--- Gives every replacement its order. Who stands on something that is deleted first and is replaced
--- itself has to be deleted before that; so does who stands on what a new resource takes the
--- place of.
---@param run table with ctx, graph, changes and matched
---@param conflicts table<string, string> name of a new resource -> of the row it needs gone
function replace.orders(run, conflicts)
  local first = {}
  for new, old in pairs(conflicts) do first[new], first[old] = true, true end
  for _, name in ipairs(run.order) do
    local change = run.changes[name]
    if change and change.action == "replace" then
      change.order = own_order(run.ctx, run.graph, change)
      for _, other in ipairs(run.matched[name].depends or {}) do
        if first[other] then change.order = "delete_first" end
      end
      if change.order == "delete_first" then first[name] = true end
      if run.graph.resources[name].options.retain then
        run.notices[#run.notices + 1] = ("%s: the one that is replaced stays: %s (retain)")
          :format(name, change.identifier)
      end
    end
  end
end

--- The names below those given, by the declared edges.
---@param graph table
---@param roots string[]
---@return table<string, boolean>
function replace.below(graph, roots)
  local turned, found = order.turned(graph.order, graph.edges), {}
  local open = table.move(roots, 1, #roots, 1, {})
  while #open > 0 do
    local name = table.remove(open)
    for _, other in ipairs(turned[name] or {}) do
      if not found[other] then
        found[other] = true
        open[#open + 1] = other
      end
    end
  end
  return found
end

return replace
