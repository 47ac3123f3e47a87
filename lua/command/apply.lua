-- mrun apply: makes the saved plan so; with a recipe it plans, shows and asks first.
return {
  summary = "make the saved plan so, or plan, show, ask and apply a recipe",
  usage = "mrun apply [RECIPE [--yes] [--only GLOB] [--replace NAME]] [--rollback]",
  options = {
    { name = "yes", help = "do not ask" },
    { name = "rollback", help = "take back what was done when something fails" },
    "choosing", "replacing", "limiting", "refreshing",
    { name = "new", help = "begin a second stack of this name beside the one that is tagged" },
    { name = "update-inputs", help = "take the newest value of each SSM parameter" },
  },
  run = function(mrun)
    if not mrun.args[1] then return mrun.apply_saved() end
    mrun.must_be_able_to_ask "apply RECIPE"
    local stack = mrun.load(mrun.recipe())
    local held <close> = mrun.lock(stack, "apply")
    return mrun.confirm_and_apply(stack, mrun.plan(stack, { settle = true }))
  end,
}
