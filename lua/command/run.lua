-- mrun run: a Lua script with every native module, the AWS client and the event loop.
local failure = require "engine.failure"

return {
  summary = "run a Lua script with the AWS client and every native module",
  usage = "mrun run SCRIPT [ARG...]",
  verbatim = true, -- what follows SCRIPT is the script's
  run = function(mrun)
    local script = mrun.args[1]
    if not script then
      failure.raise { kind = "usage", what = "run needs a script",
        next = "mrun run SCRIPT [ARG...]" }
    end
    return mrun.run_script(script, table.move(mrun.args, 2, #mrun.args, 1, {}))
  end,
}
