-- mrun diff: declared against live, attribute by attribute, as a unified diff.
return {
  summary = "show declared against live, attribute by attribute",
  usage = "mrun diff RECIPE [--only GLOB] [--except GLOB] [--exit-code]",
  options = {
    "choosing", "refreshing",
    { name = "exit-code", help = "exit 2 when there are differences" },
  },
  run = function(mrun)
    local stack = mrun.load(mrun.recipe())
    local plan = mrun.plan(stack, {})
    mrun.show_diff(plan)
    return mrun.options.exit_code and not mrun.nothing_to_do(plan) and 2 or 0
  end,
}
