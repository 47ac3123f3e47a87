-- The steps of an apply and what each has to wait for. A change is one step, a replacement two: the
-- make of the new one and the drop of the old.
--
--   make X            after the makes of all that X depends on
--   drop X (leaving)  after everything that stood on X is gone, or stands on something else
--   drop X (replaced) the same, and after the make of the new X (before it, if deleted first)
local order = require "engine.graph.order"
local replace = require "engine.plan.replace"
local value = require "engine.value"

local steps = {}

local function make_key(name) return "make " .. name end
local function drop_key(name, identifier) return "drop " .. name .. "#" .. identifier end

local function add(build, key, kind, change, name)
  local step = { key = key, kind = kind, change = change, name = name, needs = {}, needed = {} }
  build.steps[key] = step
  build.keys[#build.keys + 1] = key
  return step
end

local function need(build, key, other)
  if key == other or not (build.steps[key] and build.steps[other]) then return end
  table.insert(build.steps[key].needs, other)
end

--- One make for every declared resource, so that order goes through what does not change, too.
local function add_makes(build, plan)
  local changes, pending = {}, {}
  for name, change in pairs(plan.run.untagged or {}) do changes[name] = change end
  for _, change in ipairs(plan.changes) do
    if not change.leftover and change.action ~= "forget" then changes[change.name] = change end
  end
  for _, name in ipairs(plan.pending) do pending[name] = true end
  for _, name in ipairs(plan.graph.order) do
    local change = changes[name]
    local kind = change and "make" or pending[name] and "wait" or "none"
    add(build, make_key(name), kind, change, name)
  end
end

local function add_drops(build, plan)
  for _, change in ipairs(plan.changes) do
    local name = change.name
    if change.action == "delete" then
      local step = add(build, drop_key(name, change.identifier), "drop", change, name)
      step.identifier = change.identifier
    elseif change.action == "replace" then
      local step = add(build, drop_key(name, change.identifier), "drop", change, name)
      step.identifier, step.replaced = change.identifier, true
    elseif change.action == "forget" then
      add(build, drop_key(name, change.identifier), "forget", change, name)
    end
  end
end

--- A check comes after the makes of all that its condition depends on.
local function add_checks(build, plan)
  for i, check in ipairs(plan.checks or {}) do
    local step = add(build, "check " .. i, "check", nil, "check " .. i)
    step.check = check
    for _, name in ipairs(value.names(check.value)) do need(build, step.key, make_key(name)) end
  end
end

--- By row name: which declared name or leaving row stood on it when it was last applied.
local function standing_on(plan)
  local run, result = plan.run, {}
  local note
  function note(row, name, declared)
    for _, other in ipairs(row.depends or {}) do
      result[other] = result[other] or {}
      table.insert(result[other], { name = name, row = row, declared = declared })
    end
    for _, old in ipairs(row.old or {}) do note(old, name, false) end
  end
  for _, name in ipairs(plan.graph.order) do
    local row = run.matched[name]
    if row then note(row, name, true) end
  end
  for _, name in ipairs(run.leaving) do note(run.ctx.rows[name], name, false) end
  return result
end

local function need_who_stands(build, step, standing, late)
  for _, one in ipairs(standing or {}) do
    need(build, step.key, drop_key(one.name, one.row.identifier))
    if one.declared and not late[one.name] then need(build, step.key, make_key(one.name)) end
  end
end

--- Names that can be made only after something has been deleted: nothing that has to be deleted
--- before waits for them.
local function made_late(plan)
  local roots, late = {}, {}
  for _, change in ipairs(plan.changes) do
    if change.order == "delete_first" then roots[#roots + 1] = change.name end
  end
  for name in pairs(plan.run.conflicts) do roots[#roots + 1] = name end
  if #roots == 0 then return late end
  late = replace.below(plan.graph, roots)
  for _, name in ipairs(roots) do late[name] = true end
  return late
end

local function add_needs(build, plan)
  local standing, late = standing_on(plan), made_late(plan)
  for _, name in ipairs(plan.graph.order) do
    for _, other in ipairs(plan.graph.edges[name]) do
      need(build, make_key(name), make_key(other))
    end
  end
  for _, key in ipairs(build.keys) do
    local step = build.steps[key]
    if step.kind == "drop" or step.kind == "forget" then
      local first = step.replaced and step.change.order == "delete_first"
      need_who_stands(build, step, standing[step.name], late)
      if first then
        need(build, make_key(step.name), key)
      else
        need(build, key, make_key(step.name))
      end
    end
  end
  for new, old in pairs(plan.run.conflicts) do
    need(build, make_key(new), drop_key(old, plan.run.ctx.rows[old].identifier))
  end
end

--- How many steps stand on each, at the longest: what holds up most goes first.
local function measure(build, sorted)
  for i = #sorted, 1, -1 do
    local step = build.steps[sorted[i]]
    step.height = step.height or 0
    for _, other in ipairs(step.needs) do
      local needed = build.steps[other]
      needed.height = math.max(needed.height or 0, step.height + (step.kind == "none" and 0 or 1))
      table.insert(needed.needed, step)
    end
  end
end

--- The steps of a plan, each with what it needs and who needs it.
---@param plan table
---@return table[] steps in an order that would do
function steps.of(plan)
  local build = { steps = {}, keys = {} }
  add_makes(build, plan)
  add_drops(build, plan)
  add_checks(build, plan)
  add_needs(build, plan)
  local needs = {}
  for _, key in ipairs(build.keys) do needs[key] = build.steps[key].needs end
  local sorted, cycle = order.sort(build.keys, needs)
  if not sorted then error("the steps wait for each other: " .. table.concat(cycle, ", "), 0) end
  measure(build, sorted)
  local result = {}
  for i, key in ipairs(sorted) do
    result[i] = build.steps[key]
    result[i].waits = #result[i].needs
  end
  return result
end

return steps
