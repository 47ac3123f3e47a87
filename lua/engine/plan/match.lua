-- Which row of the state belongs to which declared resource: by name, or by the name it had before.
local failure = require "engine.failure"

local match = {}

local function moved(ctx, resource)
  local from = resource.options.moved_from
  local row = from and ctx.rows[from]
  if not row then return nil end
  local own = ctx.rows[resource.name]
  if own and own.type == row.type and own.identifier == row.identifier then return nil, from end
  if own then
    failure.raise { what = ("%s cannot have moved from %s: the stack has both")
      :format(resource.name, from),
      where = resource.source, next = "take moved_from out" }
  end
  return row
end

--- Splits the rows into those of declared resources and those that have left the recipe.
---@param ctx table with rows and row_names
---@param graph table
---@return table<string, table> matched rows by the declared name
---@return string[] leaving names of rows
---@return string[] stale rows that have moved already: a crash came before the old one was removed
function match.rows(ctx, graph)
  local matched, taken, leaving, stale = {}, {}, {}, {}
  for _, name in ipairs(graph.order) do
    local resource = graph.resources[name]
    local came, left = moved(ctx, resource)
    local row = came or ctx.rows[name]
    if left then
      stale[#stale + 1], taken[left] = left, name
    end
    if row then
      local before = taken[row.name]
      if before then
        failure.raise { what = ("%s and %s are both said to be what was %s")
          :format(before, name, row.name), where = resource.source, next = "keep one of them" }
      end
      matched[name], taken[row.name] = row, name
    end
  end
  for _, name in ipairs(ctx.row_names) do
    if not taken[name] then leaving[#leaving + 1] = name end
  end
  return matched, leaving, stale
end

return match
