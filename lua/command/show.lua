-- mrun show: what the stack owns, as the state remembers it.
return {
  summary = "show what the stack owns, as the state remembers it",
  usage = "mrun show [RECIPE]",
  options = {},
  run = function(mrun)
    mrun.show_state(mrun.looked_at(mrun.args[1]))
    return 0
  end,
}
