-- mrun version: what this binary is, and with --verify whether its data is whole.
local failure = require "engine.failure"

local function verify(mrun)
  local ok, why = mrun.data():verify()
  if not ok then failure.raise(failure.from(why)) end
  mrun.print "the data is whole\n"
end

return {
  summary = "print the version; --verify checks the AWS data inside",
  usage = "mrun version [--verify]",
  options = { { name = "verify", help = "read all of the AWS data and check its sums" } },
  run = function(mrun)
    if mrun.options.json then
      mrun.json { version = mrun.VERSION, lua = _VERSION }
    else
      mrun.print(("mrun %s\n"):format(mrun.VERSION))
    end
    if mrun.options.verify then verify(mrun) end
    return 0
  end,
}
