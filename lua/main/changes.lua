-- changes.lua: from a stack to its plan, and from a plan to what was done.
local apply = require "engine.apply"
local failure = require "engine.failure"
local plan = require "engine.plan"
local state = require "state"
local value = require "engine.value"

local changes = {}

local function plan_options(mrun, stack, options)
  return {
    graph = stack.graph, state = stack.state, providers = mrun.providers.by_name,
    stack = stack.name, destroy = options.destroy, new = options.new,
    update_inputs = options.update_inputs, settle = options.settle,
  }
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
---@param options { destroy: boolean?, new: boolean?, update_inputs: boolean?, settle: boolean? }
---@return table plan
function changes.plan(mrun, stack, options)
  mrun.load_state(stack)
  if stack.path and not options.destroy then
    stack.address = stack.address or state.recipe_address(stack.path)
    state.check_recipe(stack.state, stack.address)
  end
  mrun.ports.journal = journal_of(stack)
  return mrun.task(function()
    return plan.make(mrun.ports, plan_options(mrun, stack, options))
  end)
end

---@param made table a plan
---@return boolean
function changes.nothing_to_do(_, made) return #made.changes == 0 end

---Keeps a plan for `mrun apply`; one with nothing to do removes the one kept before.
---@param mrun table
---@param stack mrun.stack
---@param made table a plan
function changes.save_plan(mrun, stack, made)
  if mrun.nothing_to_do(made) then return stack.store:drop_plan() end
  stack.store:save_plan {
    path = stack.path, address = stack.address, state = mrun.state_location(),
    region = mrun.options.region, profile = mrun.options.profile,
    new = mrun.options.new, update_inputs = mrun.options.update_inputs,
    inputs = stack.evaluated.inputs, rests = plan.rests_on(made), plan = plan.public(made),
  }
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

local function agreed(mrun, made)
  if mrun.options.yes then return true end
  local loses = made.totals.delete + made.totals.replace
  local question = loses > 0
    and ("%d will be destroyed. Do this? Only yes is yes: "):format(loses) or "Do this? [yes/no] "
  local answer = mrun.console.ask(question, false, mrun.tend)
  return answer == "yes" or (loses == 0 and answer == "y")
end

local function kept_outputs(mrun, stack, outcome)
  local kept = {}
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
  local kept = { recipe = stack.address, outputs = kept_outputs(mrun, stack, outcome) }
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
  if not mrun.nothing_to_do(made) and not agreed(mrun, made) then
    mrun.note "Nothing was changed.\n"
    return 1
  end
  return run(mrun, stack, made)
end

local function saved_plan(mrun)
  local name = mrun.options.stack or state.last(mrun.FOLDER)
  local saved = name and mrun.open(name):load_plan()
  if saved then return saved, name end
  failure.raise { what = "there is no saved plan here", next = "run mrun plan RECIPE first" }
end

---Runs the plan saved last: the same sources with the same inputs, if nothing has moved since.
---@param mrun table
---@return integer exit code
function changes.apply_saved(mrun)
  local saved, name = saved_plan(mrun)
  local options = mrun.options
  options.region, options.profile = options.region or saved.region, options.profile or saved.profile
  options.state, options.stack = options.state or saved.state, name
  local stack = mrun.load(saved.path, saved.inputs)
  stack.address = saved.address
  local held <close> = mrun.lock(stack, "apply")
  stack.store:load_plan()
  local made = mrun.plan(stack, { new = saved.new, update_inputs = saved.update_inputs })
  local moved = plan.moved(saved.rests, made)
  if moved then failure.raise(moved) end
  return run(mrun, stack, made)
end

return changes
