-- Apply: makes a plan so, over the graph, with everything in flight that can be.
--
--   local outcome = apply.run(ports, plan)
--   outcome.results[change.key] = { result = "done" | "failed" | "skipped", error = Failure | nil }
--   outcome.outputs   list of { name, value, secret } in the order of the recipe
--   outcome.checks    the failures of checks that did not hold; nothing more was begun then
--   outcome.failed    whether anything failed; outcome.interrupted
--   outcome.rows      the rows of the state as they are now
--   outcome.before    the rows as they were, of all that was begun (engine.back); and
--   outcome.unrecorded  the names of what that cannot take back
--   outcome.followed  changes that nobody planned: updates of what stood on a changed attribute
--
-- It yields, so it runs inside tasks.run. ports.journal.begin(intents) has to
-- return when they are on disk; ports.journal.finish(results) takes { op, ok, identifier, name,
-- row } (row false: gone; op nil: a row only). A failure stops what depends on it and nothing else.
local checks = require "engine.plan.checks"
local drop = require "engine.apply.drop"
local failure = require "engine.failure"
local follow = require "engine.apply.follow"
local journal = require "engine.apply.journal"
local make = require "engine.apply.make"
local outputs = require "engine.apply.outputs"
local steps = require "engine.apply.steps"
local tasks = require "engine.tasks"
local value = require "engine.value"

local apply = {}

local WORSE = { done = 1, skipped = 2, failed = 3 }

--- A change of two steps is as good as the worse of them.
local function note(run, step, result, err)
  step.result = result
  if step.kind == "check" then return end
  local key = step.change and step.change.key or step.name
  local before = run.results[key]
  if step.kind == "none" or before and WORSE[before.result] >= WORSE[result] then return end
  run.results[key] = { result = result, error = err }
end

local perform = {}

function perform.make(run, step) make.change(run, step.change) end

--- Nothing was to do; something may follow from what was done before it.
function perform.follow(run, step)
  step.change = make.follow(run, step.name)
  if step.change then
    table.insert(run.followed, step.change)
  else
    step.kind = "none"
  end
end

function perform.wait(run, step) make.wait(run, step.name) end
function perform.drop(run, step) drop.delete(run, step) end
function perform.forget(run, step) drop.forget(run, step) end
function perform.check(run, step) checks.after(run.plan.run, step.check) end

local function emit(run, kind, step, fields)
  if step.kind == "none" or step.kind == "check" then return end
  local change = step.change or run.plan.graph.resources[step.name]
  local event = { kind = kind, name = step.name, type = change.type,
    action = step.kind == "drop" and "delete" or change.action or "wait" }
  for key, member in pairs(fields or {}) do event[key] = member end
  run.ctx:emit(event)
end

local function skip(run, step, why)
  local err = failure.new { what = ("%s was not %s: %s"):format(step.name,
    step.kind == "drop" and "deleted" or "made", why), next = "run it again when that is mended" }
  note(run, step, "skipped", err)
  emit(run, "skipped", step, { error = err })
end

local function attempt(run, step)
  local start = run.ctx.ports.now()
  local ok, err = tasks.try(function() return perform[step.kind](run, step) end)
  local elapsed_ms = run.ctx.ports.now() - start
  if ok then
    note(run, step, "done")
    return emit(run, "done", step, { elapsed_ms = elapsed_ms })
  end
  run.failed = true
  run.interrupted = run.interrupted or failure.from(err).kind == "interrupted"
  if step.kind == "check" then
    table.insert(run.checks, failure.from(err))
    step.result = "failed"
    return
  end
  err = failure.add(err, run.ctx:about(step.change or run.plan.graph.resources[step.name]))
  note(run, step, "failed", err)
  emit(run, "failed", step, { elapsed_ms = elapsed_ms, error = err })
end

local function finish(run, step)
  run.left = run.left - 1
  for _, needed in ipairs(step.needed) do
    needed.waits = needed.waits - 1
    if step.result ~= "done" then needed.blocked = needed.blocked or step end
    if needed.waits == 0 then run.free[#run.free + 1] = needed end
  end
  if run.left == 0 then run.ended:fire() end
end

local function stopped(run)
  local asked = run.ctx.ports.interrupted
  run.interrupted = run.interrupted or (asked and asked()) or false
  if run.interrupted then return "interrupted" end
  if #run.checks > 0 then return "a check does not hold" end
  return run.journal.broken and "the journal cannot be written"
end

local release

local function start(run, step)
  local why = stopped(run)
  if step.kind == "none" and not why and not step.blocked and follow.concerns(run, step.name) then
    step.kind = "follow"
  end
  if step.blocked then why = step.blocked.name .. " failed" end
  if step.kind == "none" then
    note(run, step, step.blocked and "skipped" or "done")
    return finish(run, step)
  elseif why then
    skip(run, step, why)
    return finish(run, step)
  end
  tasks.spawn(function()
    attempt(run, step)
    finish(run, step)
    release(run)
  end)
end

local function before(a, b)
  if a.height ~= b.height then return a.height > b.height end
  return a.key < b.key
end

--- Starts the steps that wait for nothing any more: the one that holds up most first. A loop, since
--- a chain of steps with nothing to do may be as long as the recipe.
function release(run)
  if run.releasing then return end
  run.releasing = true
  while #run.free > 0 do
    local free = run.free
    run.free = {}
    table.sort(free, before)
    for _, step in ipairs(free) do start(run, step) end
  end
  run.releasing = false
end

local function new_run(ports, plan)
  return { ctx = plan.context, plan = plan, results = {}, rows = {}, kept = {}, together = {},
    before = {}, unrecorded = {}, touched = {}, followed = {}, checks = {}, failed = false,
    journal = journal.new(ports.journal), ended = tasks.signal() }
end

local function run_steps(run, list)
  run.left, run.free = #list, {}
  for _, step in ipairs(list) do
    if step.waits == 0 then run.free[#run.free + 1] = step end
  end
  release(run)
  if run.left > 0 then run.ended:wait() end
end

--- Rows that the plan found otherwise than the state has them.
local function write_records(run, plan)
  local results = {}
  if run.ctx.rebuilt then
    for _, name in ipairs(run.ctx.row_names) do
      results[#results + 1] = { ok = true, name = name, row = run.ctx.rows[name] }
    end
  end
  for _, row in ipairs(plan.records) do
    results[#results + 1] = { ok = true, name = row.name, identifier = row.identifier, row = row,
      moved = plan.run.renamed[row.name] }
    run.rows[row.name] = row
  end
  for _, name in ipairs(plan.run.stale) do
    results[#results + 1] = { ok = true, name = name, row = false }
  end
  if #results > 0 then run.ctx.ports.journal.finish(results) end
end

--- Makes the plan so; see the top of this file.
---@param ports table
---@param plan table of plan.make
---@return table outcome
function apply.run(ports, plan)
  local run = new_run(ports, plan)
  for name, row in pairs(plan.context.rows) do run.rows[name] = row end
  write_records(run, plan)
  run_steps(run, steps.of(plan))
  return { results = run.results, failed = run.failed, interrupted = run.interrupted or false,
    rows = run.rows, before = run.before, unrecorded = value.keys(run.unrecorded),
    followed = run.followed, checks = run.checks, outputs = outputs.resolve(run) }
end

return apply
