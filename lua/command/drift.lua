-- mrun drift: what others have changed since the last apply. Reads only; needs the state alone.
return {
  summary = "show what others have changed since the last apply",
  usage = "mrun drift [RECIPE] [--only GLOB] [--except GLOB]",
  options = { "choosing" },
  run = function(mrun)
    return mrun.show_drift(mrun.drift(mrun.owning(mrun.args[1]))) and 2 or 0
  end,
}
