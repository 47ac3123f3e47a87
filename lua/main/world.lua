-- world.lua: the ports, the providers and the loop of one run of mrun.
local fs = require "native.fs"
local ports = require "main.ports"
local project = require "main.project"
local providers = require "main.providers"
local tasks = require "engine.tasks"

return function(mrun)
  local self, calls, listener, on_turn = {}, 0, nil, nil

  local function emit(event)
    if event.kind == "call" then calls = calls + 1 end
    if listener then listener(event) end
  end

  self.ports = ports.new {
    user_agent = "mrun/" .. mrun.VERSION, emit = emit,
    turn = function() if on_turn then on_turn() end end,
  }

  function self.place_options()
    return { region = mrun.options.region, profile = mrun.options.profile }
  end

  self.providers = providers.new(self.ports, {
    region = mrun.options.region, profile = mrun.options.profile,
    aws = project.settings(fs.realpath ".").aws or {},
  })

  ---Runs a function as the main task of the loop, and returns what it returns.
  function self.task(fn) return tasks.run(self.ports, fn) end

  ---How many requests went to the providers' services since the start.
  function self.api_calls() return calls end

  ---Who is told of the engine's events, and of each turn of the loop, from here on; nil: nobody.
  function self.listen(event, turn) listener, on_turn = event, turn end

  return self
end
