-- Taking over what exists: named by `identifier` in the recipe, or by an import. It must be nobody
-- else's, and not this stack's already under another name.
local failure = require "engine.failure"
local records = require "engine.plan.records"
local value = require "engine.value"

local adopt = {}

local function identifier_of(run, resource)
  return run.adopt[resource.name] or resource.options.identifier
end

--- The row of something that is to be taken over; nil where nothing says so.
---@param run table
---@param resource table
---@return table|nil row
function adopt.row(run, resource)
  local identifier = identifier_of(run, resource)
  if not identifier then return nil end
  return { name = resource.name, type = resource.type, provider = resource.provider,
    place = run.ctx.places[resource.place.key], identifier = identifier,
    attributes = {}, depends = {}, options = {}, adopted = true }
end

local function key_of(run, row)
  return table.concat({ row.provider, run.ctx.places[row.place.key].key, row.type,
    row.identifier }, "\0")
end

local function stop(run, resource, what, next_step)
  failure.raise { what = what, where = run.ctx:about(resource).where, next = next_step }
end

--- By what it is: the name under which this stack has it.
local function holders(run)
  local result = {}
  for _, name in ipairs(run.ctx.row_names) do
    local row = run.ctx.rows[name]
    if row.identifier then result[key_of(run, row)] = name end
  end
  return result
end

local function check_new(run, resource, row, held)
  local key = key_of(run, row)
  local other = held[key]
  if other and run.graph.resources[other] then
    stop(run, resource, ("%s and %s are both said to be %s"):format(other, resource.name,
      row.identifier), "leave one of them out")
  elseif other then
    stop(run, resource, ("%s is in this stack already, as %s"):format(row.identifier, other),
      ('write moved_from = "%s" in the place of identifier'):format(other))
  end
  held[key] = resource.name
end

--- What is in the stack is what the recipe says, or what has come in its place since.
local function check_known(run, resource, row)
  local said, before = identifier_of(run, resource), row.options and row.options.identifier
  if not said or said == row.identifier or said == before and not run.adopt[resource.name] then
    return
  end
  stop(run, resource, ("%s is %s in this stack, and is to take over %s"):format(resource.name,
    row.identifier, said), ("let go of it first: mrun forget %s"):format(resource.name))
end

--- Raises where something cannot be taken over; whose it is, plan.whose asks.
---@param run table with matched
function adopt.check(run)
  local held = holders(run)
  for _, name in ipairs(run.graph.order) do
    local resource, row = run.graph.resources[name], run.matched[name]
    if row and row.adopted then
      check_new(run, resource, row, held)
    elseif row then
      check_known(run, resource, row)
    end
  end
end

--- The rows of all that a plan would take over, for a state that has it before anything is changed.
--- They are marked: their ownership tags are still to be written.
---@param plan table of plan.make
---@return table[] rows
function adopt.rows(plan)
  local run, result = plan.run, {}
  for _, change in ipairs(plan.changes) do
    if change.action == "adopt" then
      local row = records.row(run, change.name, run.matched[change.name])
      row.attributes = run.ctx:sealed(run.live[change.name].have)
      local carries = run.ctx:record(row).taggable or run.live[change.name].owner ~= nil
      row.untagged = carries or nil
      result[#result + 1] = row
    end
  end
  return result
end

--- Says that tags are still to be written, where nothing else has to be done.
---@param run table
function adopt.tell(run)
  local count = #value.keys(run.untagged)
  if count == 0 then return end
  run.notices[#run.notices + 1] = ("imported or renamed, and not tagged so yet: %d; "
    .. "mrun apply with the recipe writes them"):format(count)
end

return adopt
