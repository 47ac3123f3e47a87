-- mrun import: takes over what exists, as a resource of a recipe.
local failure = require "engine.failure"

local USAGE <const> = "mrun import [RECIPE] NAME ID [--yes]"

return {
  summary = "take over something that exists as a resource of a recipe",
  usage = USAGE,
  options = { { name = "yes", help = "do not ask" } },
  run = function(mrun)
    local args = mrun.args
    if #args == 3 then return mrun.import_one(args[1], args[2], args[3]) end
    if #args == 2 then return mrun.import_one(nil, args[1], args[2]) end
    failure.raise { kind = "usage", what = "which resource is to take over what?",
      next = "say " .. USAGE }
  end,
}
