-- changes.lua: from a stack to its plan, and from a plan to what was done.
local apply = require "engine.apply"
local failure = require "engine.failure"
local plan = require "engine.plan"
local state = require "state"
local value = require "engine.value"

return function(mrun)
  local self = {}

  local function plan_options(stack, options)
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
  ---@param stack mrun.stack
  ---@param options { destroy: boolean|nil, new: boolean|nil, update_inputs: boolean|nil, settle: boolean|nil }
  ---@return table plan
  function self.plan(stack, options)
    stack.state = stack.store:load()
    if stack.path and not options.destroy then
      stack.address = stack.address or state.recipe_address(stack.path)
      state.check_recipe(stack.state, stack.address)
    end
    mrun.ports.journal = journal_of(stack)
    return mrun.task(function() return plan.make(mrun.ports, plan_options(stack, options)) end)
  end

  ---@param made table a plan
  ---@return boolean
  function self.nothing_to_do(made) return #made.changes == 0 end

  ---Keeps a plan for `mrun apply`; one with nothing to do removes the one kept before.
  function self.save_plan(stack, made)
    if self.nothing_to_do(made) then return stack.store:drop_plan() end
    local evaluated = stack.evaluated
    stack.store:save_plan {
      path = stack.path, address = stack.address, state = mrun.options.state,
      region = mrun.options.region, profile = mrun.options.profile,
      new = mrun.options.new, update_inputs = mrun.options.update_inputs,
      inputs = evaluated.inputs, rests = plan.rests_on(made), plan = plan.public(made),
    }
  end

  ---Takes the stack's lock for this process; the reason is told to whoever comes second.
  function self.lock(stack, reason)
    local held, why = stack.store:lock { reason = reason }
    if not held then failure.raise(why) end
    return held
  end

  ---Refuses before any call where nobody could answer the question that will be asked.
  function self.must_be_able_to_ask(what)
    if mrun.options.yes or mrun.console.can_ask then return end
    failure.raise { kind = "usage", what = ("mrun %s asks before it changes anything, and this is no terminal"):format(what),
      next = "say --yes, or run mrun plan and then mrun apply" }
  end

  local function agreed(made)
    if mrun.options.yes then return true end
    local totals = made.totals
    local loses = totals.delete + totals.replace
    local question = loses > 0
      and ("%d will be destroyed. Do this? Only yes is yes: "):format(loses) or "Do this? [yes/no] "
    local answer = mrun.console.ask(question)
    return answer == "yes" or (loses == 0 and answer == "y")
  end

  local function kept_outputs(stack, outcome)
    local kept = {}
    for _, output in ipairs(outcome.outputs) do
      local plain = output.secret and value.secret(value.reveal(output.value)) or output.value
      kept[output.name] = value.sealed(plain, mrun.ports.digest, stack.state.key)
    end
    return kept
  end

  local function run(stack, made)
    local stop = mrun.show_progress()
    local outcome = mrun.task(function() return apply.run(mrun.ports, made) end)
    stop()
    stack.store:save { recipe = stack.address, outputs = kept_outputs(stack, outcome) }
    stack.store:drop_plan()
    return mrun.show_outcome(made, outcome)
  end

  ---Shows a plan, asks unless --yes, and makes it so.
  ---@return integer exit code
  function self.confirm_and_apply(stack, made)
    mrun.show_before_asking(made)
    if not self.nothing_to_do(made) and not agreed(made) then
      mrun.note "Nothing was changed.\n"
      return 1
    end
    return run(stack, made)
  end

  local function saved_plan()
    local name = mrun.options.stack or state.last ".mrun"
    local store = name and state.open { root = mrun.options.state or ".mrun", local_root = ".mrun",
      stack = name, now = mrun.ports.now, random = mrun.ports.random }
    local saved = store and store:load_plan()
    if saved then return saved, name end
    failure.raise { what = "there is no saved plan here", next = "run mrun plan RECIPE first" }
  end

  ---Runs the plan saved last: the same sources with the same inputs, if nothing has moved since.
  ---@return integer exit code
  function self.apply_saved()
    local saved, name = saved_plan()
    local options = mrun.options
    options.region, options.profile = options.region or saved.region, options.profile or saved.profile
    options.state, options.stack = options.state or saved.state, name
    local stack = mrun.load(saved.path, saved.inputs)
    stack.address = saved.address
    local held <close> = self.lock(stack, "apply")
    stack.store:load_plan()
    local made = self.plan(stack, { new = saved.new, update_inputs = saved.update_inputs })
    local moved = plan.moved(saved.rests, made)
    if moved then failure.raise(moved) end
    return run(stack, made)
  end

  return self
end
