-- mrun adopt: takes over all that another tool has made.
local failure = require "engine.failure"

local USAGE <const> = "mrun adopt --cloudformation STACK [--out FILE]"

return {
  summary = "take over a live CloudFormation stack, with its own template",
  usage = USAGE,
  options = {
    { name = "cloudformation", value = "STACK", help = "name or id of the stack" },
    { name = "out", value = "FILE", help = "where to write its template; STACK.yml unless said" },
  },
  run = function(mrun)
    if not mrun.options.cloudformation or #mrun.args > 0 then
      failure.raise { kind = "usage", what = "adopt what?", next = "say " .. USAGE }
    end
    return mrun.adopt_cloudformation(mrun.options.cloudformation)
  end,
}
