-- Rows that change without a change of the resource: other options, other dependencies, a property
-- that is no longer managed, a new name, what was rebuilt or settled.
local order = require "engine.graph.order"
local owner = require "engine.owner"
local rows = require "engine.rows"
local value = require "engine.value"

local records = {}

--- The row that a resource should have now.
---@param run table
---@param name string
---@param row table the one that it has
---@return table
function records.row(run, name, row)
  local resource = run.graph.resources[name]
  local result = rows.copy(row)
  result.name = name
  result.options = owner.options(resource, row)
  result.source = resource.source
  result.depends = run.graph.edges[name]
  result.place = run.ctx.places[resource.place.key]
  result.last = run.ctx:applied(resource, run.wants[name])
  result.inputs = run.used[name] or row.inputs
  result.adopted, result.ours = nil, nil
  return result
end

local COMPARED = { "name", "options", "depends", "last", "inputs" }

local function differs(a, b)
  for _, key in ipairs(COMPARED) do
    if not value.equal(a[key], b[key]) then return true end
  end
  return false
end

--- Whether a row plainly needs no new one: the case of nearly all of them.
local function stays(run, name, row)
  local options = run.graph.resources[name].options
  return row.name == name and not next(options) and not next(row.options or {})
    and run.used[name] == nil and value.equal(row.depends, run.graph.edges[name])
    and run.as_applied[name]
end

--- The rows to write although nothing has to be done to their resources.
---@param run table
---@return table[] rows
function records.changed(run)
  local result = {}
  for _, name in ipairs(run.order) do
    local row = run.matched[name]
    if row and not run.changes[name] and (run.ctx.rebuilt or not stays(run, name, row)) then
      local now = records.row(run, name, row)
      if run.ctx.rebuilt or differs(row, now) then
        if run.ctx.rebuilt then now.attributes = run.ctx:sealed(run.live[name].have) end
        result[#result + 1] = now
      end
    end
  end
  return result
end

--- The leaving rows in the order in which they can go: who depends on something before it.
---@param run table
---@return string[]
function records.deletion_order(run)
  local edges, leaves = {}, {}
  for _, name in ipairs(run.leaving) do leaves[name] = true end
  for _, name in ipairs(run.leaving) do
    local list = {}
    for _, other in ipairs(run.ctx.rows[name].depends or {}) do
      if leaves[other] then list[#list + 1] = other end
    end
    edges[name] = list
  end
  local sorted = order.sort(run.leaving, edges) or run.leaving
  local result = {}
  for i = #sorted, 1, -1 do result[#result + 1] = sorted[i] end
  return result
end

return records
