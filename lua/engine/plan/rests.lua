-- What a plan rests on: the declarations, the state, and the live values that each change was
-- decided from. A saved plan carries them; one made anew must have the same.
local failure = require "engine.failure"
local graphs = require "engine.graph"
local value = require "engine.value"

local rests = {}

--- The part of what is there that a change was decided from: what is or was declared of it.
local function rested_on(plan, change)
  local run, name = plan.run, change.name
  local seen = not change.leftover and (run.live[name] or run.gone[name]) or nil
  if not (seen and seen.have) then return seen, nil end
  local resource, row = plan.graph.resources[name], run.matched[name] or plan.context.rows[name]
  local wanted = plan.context.wanted(plan.context:record(row or resource),
    resource and resource.want, row and row.last, plan.graph.attributes[name])
  local have = {}
  for property in pairs(wanted) do have[property] = seen.have[property] end
  return seen, plan.context:sealed(have)
end

local function live_of(plan, change)
  local ctx = plan.context
  local seen, have = rested_on(plan, change)
  local digest = ctx.ports.digest(ctx.key, ctx.ports.json {
    action = change.action, identifier = change.identifier or "", have = have or {},
    there = seen ~= nil and seen.have ~= false, state = seen and seen.state or {},
  })
  return { digest = digest, action = change.action, identifier = change.identifier,
    name = change.name, have = have, there = seen ~= nil and seen.have ~= false }
end

--- Everything that a plan was decided from: digests to compare, and live values to tell by.
---@param plan table
---@return { graph: string, revision: string|nil, serial: integer|nil, live: table<string, table> }
function rests.on(plan)
  local ctx, live = plan.context, {}
  for _, change in ipairs(plan.changes) do live[change.key] = live_of(plan, change) end
  return { graph = graphs.digest(ctx.ports, plan.graph, ctx.key), revision = ctx.state.revision,
    serial = ctx.state.serial, id = ctx.state.id, live = live }
end

-- What moved, in words -------------------------------------------------------------------

local LONGEST <const> = 60 -- of a value that is told

local function shown(ctx, v)
  v = value.public(v)
  if v == nil then return "(none)" end
  if type(v) == "number" and math.tointeger(v) then return tostring(math.tointeger(v)) end
  local text = type(v) == "table" and ctx.ports.json(v)
    or type(v) == "string" and v ~= "(secret)" and ("%q"):format(v) or tostring(v)
  return #text > LONGEST and text:sub(1, LONGEST - 3) .. "..." or text
end

--- The first place, in order, where two values differ.
local function difference(path, old, new)
  if not (value.is_map(old) and value.is_map(new)) or value.digest_of(old)
    or value.digest_of(new) then
    if not value.equal(old, new) then return { path = path, old = old, new = new } end
    return nil
  end
  local both = {}
  for key in pairs(old) do both[key] = true end
  for key in pairs(new) do both[key] = true end
  for _, key in ipairs(value.keys(both)) do
    local below = path == "" and tostring(key) or path .. "." .. tostring(key)
    local found = difference(below, old[key], new[key])
    if found then return found end
  end
end

--- Why one change does not rest on the same any more.
local function reason(ctx, was, is)
  local name = (is or was).name or "?"
  if not is then return ("nothing is left to do to %s"):format(name) end
  if not was then return ("%s was as declared, and is not now"):format(name) end
  if was.there and not is.there then return ("%s is gone now"):format(name) end
  if is.there and not was.there then return ("%s is there now, and was not"):format(name) end
  if was.identifier ~= is.identifier then
    return ("%s was %s, and is %s now"):format(name, was.identifier, is.identifier)
  end
  local found = difference("", was.have or {}, is.have or {})
  if found then
    return ("%s.%s was %s, and is %s now"):format(name, found.path, shown(ctx, found.old),
      shown(ctx, found.new))
  end
  if was.action ~= is.action then
    return ("%s would be for %s, and is for %s now"):format(name, was.action, is.action)
  end
  return ("%s is not as it was then"):format(name)
end

local function moved(what, where)
  return failure.new { what = what, where = where,
    next = "run mrun plan again, and read what it says" }
end

local MOST <const> = 3 -- resources that are named; the rest is counted

--- All that a saved plan rests on and that is different now, a resource each.
local function moved_changes(saved, now, plan)
  local reasons, first = {}, nil
  for _, change in ipairs(plan.changes) do
    local was, is = saved.live[change.key], now.live[change.key]
    if not was or was.digest ~= is.digest then
      reasons[#reasons + 1] = reason(plan.context, was, is)
      first = first or change
    end
  end
  for _, key in ipairs(value.keys(saved.live)) do
    if not now.live[key] then reasons[#reasons + 1] = reason(plan.context, saved.live[key]) end
  end
  if #reasons == 0 then return nil end
  local text = table.concat(reasons, "; ", 1, math.min(MOST, #reasons))
  if #reasons > MOST then text = ("%s; and %d more"):format(text, #reasons - MOST) end
  return moved("the saved plan is out of date: " .. text,
    first and plan.context:about(first).where)
end

--- Whether something that a saved plan rests on has moved since it was made.
---@param saved table what rests.on gave then
---@param plan table made now
---@return table|nil failure
function rests.moved(saved, plan)
  local now = rests.on(plan)
  if saved.id ~= now.id then return moved "the saved plan is of another stack" end
  if saved.graph ~= now.graph then return moved "the saved plan declares something else" end
  if saved.serial ~= now.serial or saved.revision ~= now.revision then
    return moved "the saved plan is out of date: the stack's state has changed since"
  end
  if #plan.context.open > 0 then
    return moved "the saved plan is void: a change that was begun before is still open"
  end
  return moved_changes(saved, now, plan)
end

return rests
