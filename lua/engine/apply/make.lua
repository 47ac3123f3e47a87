-- Making a resource as it is declared: create, update, adopt, or the new one of a replacement.
local carry = require "engine.apply.carry"
local confirm = require "engine.apply.confirm"
local decide = require "engine.plan.decide"
local failure = require "engine.failure"
local follow = require "engine.apply.follow"
local owner = require "engine.owner"
local rows = require "engine.rows"
local tasks = require "engine.tasks"
local together = require "engine.apply.together"
local value = require "engine.value"
local whose = require "engine.plan.whose"

local make = {}

local function missing(run, resource, want)
  local names = value.names(want)
  failure.raise { what = ("%s needs a value that %s does not have"):format(resource.name,
    names[1] or "a look-up"), where = run.ctx:about(resource).where,
    next = "mrun show lists what it has" }
end

--- What is wanted, everything known: what it depends on has been made by now. What the plan has
--- decided of the rest (the kept value of a parameter) stays decided.
local function wanted(run, resource)
  local plan_run = run.plan.run
  local planned = plan_run.wants[resource.name]
  if #resource.awaits == 0 then return planned end
  local now, result = decide.wanted(plan_run, resource), {}
  for property, v in pairs(planned) do result[property] = v end
  for _, property in ipairs(resource.awaits) do
    local moves = follow.touched(run, resource) or value.contains_deferred(planned[property])
    if moves then result[property] = now[property] end
  end
  if value.contains_deferred(result) then missing(run, resource, result) end
  return result
end

local LETTERS = "abcdefghijklmnopqrstuvwxyz"

--- STACK-NAME-<8 letters> for a type that goes by a name and was given none.
local function generated_name(run, resource, op)
  local record, letters = run.ctx:record(resource), {}
  for i = 1, 8 do
    local at = tonumber(op:sub(2 * i - 1, 2 * i), 16) % 26 + 1
    letters[i] = LETTERS:sub(at, at)
  end
  local name = (run.ctx.stack.name .. "-" .. resource.name):gsub("[^%w-]+", "-")
  return name:sub(1, (record.name_limit or 64) - 9) .. "-" .. table.concat(letters)
end

--- What the row of a resource has besides its identifier and attributes.
local function new_row(run, resource, want, previous)
  return { provider = resource.provider, last = run.ctx:applied(resource, want),
    depends = run.plan.graph.edges[resource.name],
    options = owner.options(resource, run.plan.run.matched[resource.name]),
    source = resource.source, made = previous and previous.made, old = previous and previous.old,
    inputs = run.plan.run.used[resource.name] }
end

local function intent_of(run, resource, action, fields)
  local ctx, op = run.ctx, run.ctx.ports.random(16)
  local intent = { op = op, stack = ctx.stack, name = resource.name, type = resource.type,
    place = ctx.places[resource.place.key], action = action,
    tags = ctx:ownership(resource.name, op,
      owner.protects(resource, run.plan.run.matched[resource.name])) }
  for key, member in pairs(fields) do intent[key] = member end
  return intent
end

--- Reads back until there is no difference, and puts what is there into the row.
local function confirmed(run, resource, identifier, want, row)
  local ctx, plan_run = run.ctx, run.plan.run
  local have = confirm.ready(run, resource, identifier, {
    wanted = ctx.wanted(ctx:record(resource), want, nil, run.plan.graph.attributes[resource.name]),
    differs = function(have)
      return (decide.difference(plan_run, resource, { last = row.last }, value.like(have, want),
        want))
    end,
  })
  have = value.like(have, want)
  row.attributes = ctx:sealed(have)
  run.touched[resource.name] = true
  plan_run.known[resource.name] = { name = resource.name, type = resource.type, have = have,
    provider = resource.provider, identifier = identifier }
  return have
end

local function create(run, resource, change, want)
  local previous = run.rows[resource.name]
  local row = new_row(run, resource, want)
  if change.gone or not previous then
    row.old = previous and previous.old
  else
    row.old = rows.old_of(previous)
  end
  row.made = run.ctx.ports.now()
  local intent = intent_of(run, resource, "create", { want = want, have = {} })
  local record = run.ctx:record(resource)
  if record.name_property and want[record.name_property] == nil then
    intent.want = value.copy(want)
    intent.want[record.name_property] = generated_name(run, resource, intent.op)
  end
  local answer, kept = carry.out(run, intent, row)
  local done = rows.done(kept, answer.identifier)
  carry.finish(run, { op = intent.op, ok = true, name = resource.name,
    identifier = answer.identifier, row = done })
  together.wait(run, intent)
  confirmed(run, resource, answer.identifier, want, done)
  carry.finish(run, { ok = true, name = resource.name, identifier = answer.identifier, row = done })
end

local function changed_properties(changes)
  local set = {}
  for _, one in ipairs(changes) do set[one.path:match "^[^.%[]+"] = true end
  return value.keys(set)
end

local function ready_before(run, resource, change)
  if not change.pending then return change.have end
  local ctx = run.ctx
  local row = run.plan.run.matched[resource.name]
  return confirm.ready(run, resource, change.identifier, {
    wanted = ctx.wanted(ctx:record(resource), change.want, row.last,
      run.plan.graph.attributes[resource.name]),
    differs = function() return {} end,
  })
end

--- Updates in place; nothing is called where nothing differs any more.
local function update(run, resource, change, want)
  local ctx, plan_run = run.ctx, run.plan.run
  local previous = plan_run.matched[resource.name]
  local have = value.like(ready_before(run, resource, change), want)
  local changes, target = decide.difference(plan_run, resource, previous, have, want)
  for _, one in ipairs(changes) do
    if one.replaces and change.action ~= "replace" then
      failure.raise { what = ("%s has to be replaced after all: %s")
        :format(resource.name, one.path),
        where = ctx:about(resource).where, next = "run it again: it will plan the replacement" }
    end
  end
  local changed = changed_properties(changes)
  local own
  if change.action == "adopt" or change.moved or change.protection or previous.untagged then
    own = owner.take(ctx, resource.name, owner.protects(resource, previous))
  end
  local row = new_row(run, resource, want, previous)
  local intent = intent_of(run, resource, "update", { identifier = change.identifier, want = target,
    have = have, changed = changed, previous = previous.last, own = own,
    takes_over = change.action == "adopt" and not previous.ours })
  local kept, answer
  if #changed > 0 or own then
    answer, kept = carry.out(run, intent, row)
    together.wait(run, intent)
  end
  local identifier = answer and answer.identifier or change.identifier
  local done = rows.done(kept or { name = resource.name, type = resource.type, last = row.last,
    provider = row.provider, place = intent.place, depends = row.depends, options = row.options,
    source = row.source, made = row.made, old = row.old, inputs = row.inputs }, identifier)
  local ok, err = tasks.try(function()
    confirmed(run, resource, identifier, want, done)
  end)
  if not ok then
    if kept then
      local row_now = rows.attempted(previous, kept)
      row_now.name, row_now.identifier = resource.name, identifier
      carry.finish(run, { op = intent.op, ok = false, name = resource.name, row = row_now })
    end
    error(err, 0)
  end
  carry.finish(run, { op = kept and intent.op, ok = true, name = resource.name,
    identifier = identifier, row = done })
  if change.moved then carry.finish(run, { ok = true, name = previous.name, row = false }) end
end

--- Whether a replacement is one still, now that everything is known.
local function still_replaces(run, resource, change, want)
  if change.order == "delete_first" or change.broken or change.asked then return true end
  if not change.target then return true end
  local found = decide.difference(run.plan.run, resource, run.plan.run.matched[resource.name],
    change.have, want)
  for _, one in ipairs(found) do
    if one.replaces then return true end
  end
  return false
end

--- Carries out the make step of a change.
---@param run table
---@param change table
function make.change(run, change)
  local resource = run.plan.graph.resources[change.name]
  local want = wanted(run, resource)
  if change.action == "create" then return create(run, resource, change, want) end
  if change.action == "replace" and still_replaces(run, resource, change, want) then
    return create(run, resource, change, want)
  end
  run.kept[change.name] = true
  return update(run, resource, change, want)
end

--- Updates something that was as declared until what it stands on changed.
---@param run table
---@param name string
---@return table|nil change what had to be done
function make.follow(run, name)
  local resource = run.plan.graph.resources[name]
  local change = follow.change(run, resource)
  if change then
    whose.follows(run.plan.run, change)
    update(run, resource, change, change.want)
  end
  return change
end

--- Waits for something that is as declared and not ready yet.
---@param run table
---@param name string
function make.wait(run, name)
  local resource = run.plan.graph.resources[name]
  local row = run.plan.run.matched[name]
  local done = rows.copy(row)
  confirmed(run, resource, row.identifier, run.plan.run.wants[name], done)
  carry.finish(run, { ok = true, name = name, identifier = row.identifier, row = done })
end

return make
