-- mrun forget: lets resources go. They stay as they are, without mrun's tags, and are nobody's.
local failure = require "engine.failure"

return {
  summary = "let resources go: they stay, and the stack knows nothing of them any more",
  usage = "mrun forget NAME... [--yes]",
  options = { { name = "yes", help = "do not ask" } },
  run = function(mrun)
    if not mrun.args[1] then
      failure.raise { kind = "usage", what = "forget what?", next = "say mrun forget NAME" }
    end
    mrun.must_be_able_to_ask "forget"
    local stack = mrun.owning(nil)
    local held <close> = mrun.lock(stack, "forget")
    local plan = mrun.plan(stack, { forget = mrun.args, settle = true })
    return mrun.confirm_and_apply(stack, plan)
  end,
}
