-- mrun history: who changed the stack, when, and what.
local report = require "engine.report"

local function show(mrun, recipe)
  local stack = mrun.existing(recipe)
  local runs = mrun.history(stack)
  if mrun.options.json then
    mrun.json(report.history_document(stack.state, runs))
  else
    mrun.print(report.history(stack.state, runs, mrun.console.out))
  end
  return 0
end

return {
  summary = "show who changed the stack, when, and what",
  usage = "mrun history [RECIPE]",
  options = {},
  show = show,
  run = function(mrun) return show(mrun, mrun.args[1]) end,
}
