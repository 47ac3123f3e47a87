-- mrun plan: what would change, and why. Reads only; saves the plan for `mrun apply`.
return {
  summary = "show what would change, and save it for `mrun apply`",
  usage = "mrun plan RECIPE [--only GLOB] [--except GLOB] [--replace NAME] [--exit-code]",
  options = {
    "choosing", "replacing", "limiting", "refreshing",
    { name = "new", help = "begin a second stack of this name beside the one that is tagged" },
    { name = "update-inputs", help = "take the newest value of each SSM parameter" },
    { name = "exit-code", help = "exit 2 when there are changes" },
  },
  run = function(mrun)
    local stack = mrun.load(mrun.recipe())
    local plan = mrun.plan(stack, {})
    mrun.show_and_save(stack, plan)
    return mrun.options.exit_code and not mrun.nothing_to_do(plan) and 2 or 0
  end,
}
