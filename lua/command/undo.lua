-- mrun undo: a plan that takes the last apply back, shown and asked for like any other.
return {
  summary = "take the last apply back: a plan of its own, shown and asked for",
  usage = "mrun undo [RECIPE] [--yes]",
  options = { { name = "yes", help = "do not ask" }, "limiting" },
  run = function(mrun)
    mrun.must_be_able_to_ask "undo"
    local stack = mrun.owning(mrun.args[1])
    local held <close> = mrun.lock(stack, "undo")
    return mrun.confirm_and_apply(stack, mrun.undo_plan(stack))
  end,
}
