-- mrun output: the outputs of the last apply, or one of them bare for a shell.
local failure = require "engine.failure"
local report = require "engine.report"

local function one(mrun, outputs, name)
  local held = outputs[name]
  if held == nil then
    failure.raise { what = ("no output %s"):format(name),
      next = "it has: " .. table.concat(report.keys(outputs), ", ") }
  end
  if mrun.options.json then mrun.json(held) else mrun.print(mrun.plain(held) .. "\n") end
  return 0
end

return {
  summary = "print the stack's outputs, or one of them",
  usage = "mrun output [NAME]",
  options = {},
  run = function(mrun)
    local outputs = report.outputs(mrun.existing(nil).state.outputs)
    if mrun.args[1] then return one(mrun, outputs, mrun.args[1]) end
    if mrun.options.json then mrun.json(outputs) return 0 end
    for _, name in ipairs(report.keys(outputs)) do
      mrun.print(("%s = %s\n"):format(name, mrun.plain(outputs[name])))
    end
    return 0
  end,
}
