-- mrun destroy: takes away all that a stack owns. It needs the state, not the recipe.
return {
  summary = "take away everything that the stack owns",
  usage = "mrun destroy [RECIPE] [--yes] [--only GLOB] [--except GLOB]",
  options = { { name = "yes", help = "do not ask" }, "choosing", "limiting" },
  run = function(mrun)
    mrun.must_be_able_to_ask "destroy"
    local stack = mrun.owning(mrun.args[1])
    local held <close> = mrun.lock(stack, "destroy")
    local plan = mrun.plan(stack, { destroy = true, settle = true })
    return mrun.confirm_and_apply(stack, plan)
  end,
}
