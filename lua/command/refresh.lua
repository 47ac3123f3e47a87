-- mrun refresh: reads everything and brings the state's attributes up to date; no more than that.
return {
  summary = "bring the state up to date with what is there",
  usage = "mrun refresh [RECIPE]",
  options = {},
  run = function(mrun)
    local stack = mrun.owning(mrun.args[1])
    local held <close> = mrun.lock(stack, "refresh")
    local found, updated = mrun.refresh(stack)
    mrun.show_refreshed(found, updated)
    return 0
  end,
}
