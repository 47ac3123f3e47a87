-- changes.lua: from a stack to its plan, and from a plan to what was done.
local apply = require "engine.apply"
local drift = require "engine.drift"
local failure = require "engine.failure"
local plan = require "engine.plan"
local planning = require "main.planning"
local report = require "engine.report"
local state = require "state"
local value = require "engine.value"

local changes = {}

-- Where to look for what a state that is gone knew: as its id, or only its journals, say.
local function former_places(mrun, stack, options)
  local known = stack.state
  if known.lost then return stack.evaluated and known.places or mrun.lost_places(known) end
  local is_gone = known.fresh and not known.retired
  return is_gone and options.destroy and stack.store:told_places() or nil
end

local function plan_options(mrun, stack, options)
  local result = planning.chosen(options.chosen or mrun.options)
  result.graph, result.state, result.stack = stack.graph, stack.state, stack.name
  result.providers = mrun.providers.by_name
  result.destroy, result.settle = options.destroy, options.settle
  result.forget, result.drift = options.forget, options.drift
  result.back, result.rolling = options.back, options.rolling
  result.adopt, result.as_it_is = options.adopt, options.as_it_is
  result.alone = options.alone
  result.places = former_places(mrun, stack, options)
  return result
end

local function journal_of(stack)
  return {
    begin = function(intents) return stack.store:begin(intents) end,
    finish = function(results) return stack.store:finish(results) end,
  }
end

---Makes the plan; `settle` writes what became of open intents to the journal, so it needs the lock.
---@param mrun table
---@param stack mrun.stack
---@param options { destroy: boolean?, settle: boolean?, forget: string[]?, drift: boolean?,
---  back: table?, rolling: boolean?, adopt: table<string, string>?, as_it_is: boolean?,
---  alone: string?, chosen: table? } chosen: what a saved plan was made with; the command line's
---  options otherwise
---@return table plan
function changes.plan(mrun, stack, options)
  mrun.load_state(stack)
  local of_state = options.destroy or options.forget or options.drift or options.back
  if stack.path and not of_state then
    stack.address = stack.address or state.recipe_address(stack.path)
    state.check_recipe(stack.state, stack.address)
  end
  mrun.ports.journal = journal_of(stack)
  local made = mrun.task(function()
    return plan.make(mrun.ports, plan_options(mrun, stack, options))
  end)
  made.alone = options.alone
  return made
end

---@param made table a plan
---@return boolean
function changes.nothing_to_do(_, made) return #made.changes == 0 end

---What others have changed since the last apply.
---@param mrun table
---@param stack mrun.stack
---@return table found of engine.drift
function changes.drift(mrun, stack)
  return drift.of(mrun.plan(stack, { drift = true }))
end

---Brings the state's attributes up to date; under the lock.
---@param mrun table
---@param stack mrun.stack
---@return table found of engine.drift
---@return integer updated how many rows
function changes.refresh(mrun, stack)
  local made = mrun.plan(stack, { drift = true, settle = true })
  local results = {}
  for i, row in ipairs(drift.rows(made)) do
    results[i] = { ok = true, name = row.name, row = row }
  end
  mrun.safely(function()
    if #results > 0 then stack.store:finish(results) end
    stack.store:save()
  end)
  return drift.of(made), #results
end

---Keeps a plan for `mrun apply`; one with nothing to do removes the one kept before.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan
function changes.save_plan(mrun, stack, made)
  if mrun.nothing_to_do(made) then return stack.store:drop_plan() end
  local saved = planning.chosen(mrun.options)
  saved.path, saved.address, saved.state = stack.path, stack.address, mrun.state_location()
  saved.region, saved.profile = mrun.options.region, mrun.options.profile
  saved.max_destroy, saved.destroy_data = mrun.options.max_destroy, mrun.options.destroy_data
  saved.inputs, saved.rests, saved.plan = stack.evaluated.inputs, plan.rests_on(made),
    plan.public(made)
  mrun.task(function() stack.store:save_plan(saved) end)
end

---Refuses a plan that takes away more than it may, that a check does not hold for, or that the
---recipe's policies refuse.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan
---@param ... string|nil limits
function changes.guard(mrun, stack, made, ...)
  planning.check_limit(made, ...)
  if made.failed_checks[1] then error(made.failed_checks[1], 0) end
  local enforce = stack.evaluated and stack.evaluated.enforce
  if enforce then mrun.task(function() enforce(report.plan_document(made)) end) end
end

---Shows a plan; refuses, and keeps none, where it must not be applied.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan
function changes.show_and_save(mrun, stack, made)
  local within, why = pcall(mrun.guard, stack, made, mrun.options.max_destroy)
  if not within then stack.store:drop_plan() end
  if within or not mrun.options.json then mrun.show_plan(made) end
  if not within then error(why, 0) end
  mrun.save_plan(stack, made)
end

---Refuses before any call where nobody could answer the question that will be asked.
---@param mrun table
---@param what string the command
function changes.must_be_able_to_ask(mrun, what)
  if mrun.options.yes or mrun.console.can_ask then return end
  failure.raise { kind = "usage",
    what = ("mrun %s asks before it changes anything, and this is no terminal"):format(what),
    next = what:find "^apply" and "say --yes, or run mrun plan and then mrun apply"
      or "say --yes when you mean it" }
end

--- The name of each thing that loses data has to be typed.
local function named(mrun, made)
  for _, change in ipairs(planning.unagreed(made, mrun.options.destroy_data)) do
    local question = ("%s (%s %s) holds data. To lose it, type its name: ")
      :format(change.name, change.type, change.identifier)
    if mrun.console.ask(question, false, mrun.tend) ~= change.name then return false end
  end
  return true
end

local function agreed(mrun, made)
  if mrun.options.yes then
    planning.refuse_loss(planning.unagreed(made, mrun.options.destroy_data),
      "the same command with")
    return true
  end
  local loses = made.totals.delete + made.totals.replace
  local question = loses > 0
    and ("%d will be destroyed. Do this? Only yes is yes: "):format(loses) or "Do this? [yes/no] "
  local answer = mrun.console.ask(question, false, mrun.tend)
  return (answer == "yes" or (loses == 0 and answer == "y")) and named(mrun, made)
end

--- Outputs to be remembered; those of what nobody looked at stay as they were.
local function kept_outputs(mrun, stack, made, outcome)
  local kept = {}
  if #made.unseen > 0 or made.run.back then
    for name, held in pairs(stack.state.outputs or {}) do kept[name] = held end
  end
  for _, output in ipairs(outcome.outputs) do
    local plain = output.secret and value.secret(value.reveal(output.value)) or output.value
    kept[output.name] = value.sealed(plain, mrun.ports.digest, stack.state.key)
  end
  return kept
end

local function run(mrun, stack, made)
  local stop = mrun.show_progress()
  local outcome = mrun.task(function() return apply.run(mrun.ports, made) end)
  stop()
  local kept = { recipe = stack.address }
  if mrun.options.rollback and outcome.failed and not outcome.interrupted then
    outcome.rollback = mrun.roll_back(stack, outcome)
  elseif not made.alone then
    kept.outputs = kept_outputs(mrun, stack, made, outcome)
  end
  mrun.undone(stack, made, outcome)
  mrun.safely(function() stack.store:save(kept) end)
  stack.store:drop_plan()
  return mrun.show_outcome(made, outcome)
end

---Shows a plan, asks unless --yes, and makes it so.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan
---@return integer exit code
function changes.confirm_and_apply(mrun, stack, made)
  mrun.show_before_asking(made)
  mrun.guard(stack, made, mrun.options.max_destroy)
  if not mrun.nothing_to_do(made) and not agreed(mrun, made) then
    mrun.note "Nothing was changed.\n"
    return 1
  end
  return run(mrun, stack, made)
end

local function saved_plan(mrun)
  local name = mrun.options.stack or state.last(mrun.FOLDER)
  local saved = name and mrun.task(function() return mrun.open(name):load_plan() end)
  if saved then return saved, name end
  failure.raise { what = "there is no saved plan here", next = "run mrun plan RECIPE first" }
end

---Runs the plan saved last: the same sources with the same inputs, if nothing has moved since.
---@param mrun table
---@return integer exit code
function changes.apply_saved(mrun)
  local options = mrun.options
  planning.refuse_with_saved(options)
  local saved, name = saved_plan(mrun)
  options.region, options.profile = options.region or saved.region, options.profile or saved.profile
  options.state, options.stack = options.state or saved.state, name
  local stack = mrun.load(saved.path, saved.inputs)
  stack.address = saved.address
  local held <close> = mrun.lock(stack, "apply")
  mrun.task(function() stack.store:load_plan() end)
  local made = mrun.plan(stack, { chosen = planning.chosen(saved) })
  local moved = plan.moved(saved.rests, made)
  if moved then failure.raise(moved) end
  mrun.guard(stack, made, saved.max_destroy, options.max_destroy)
  planning.refuse_loss(planning.unagreed(made, saved.destroy_data, options.destroy_data),
    "mrun apply")
  return run(mrun, stack, made)
end

return changes
