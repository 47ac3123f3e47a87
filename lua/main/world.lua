-- world.lua: the ports, the providers and the loop of one run of mrun. Made when the first of them
-- is asked for.
local fs = require "native.fs"
local ports = require "main.ports"
local project = require "main.project"
local providers = require "main.providers"
local tasks = require "engine.tasks"

---The folder of the recipe at hand, or the current one.
local function folder_of(mrun)
  local path = mrun.args[1] and fs.realpath(mrun.args[1])
  return path and path:match "^(.+)/[^/]+$" or fs.realpath "."
end

---@param mrun table
---@return table the functions and tables of this run
return function(mrun)
  local calls, listener, on_turn = 0, nil, nil

  local made = ports.new {
    user_agent = "mrun/" .. mrun.VERSION,
    emit = function(event)
      if event.kind == "call" then calls = calls + 1 end
      if listener then listener(event) end
    end,
    turn = function() if on_turn then on_turn() end end,
  }
  if mrun.options.debug then made = require "main.debug" (made, mrun.note) end

  return {
    ports = made,
    providers = providers.new(made, {
      region = mrun.options.region, profile = mrun.options.profile,
      aws = project.settings(folder_of(mrun)).aws or {},
    }),

    ---Runs a function as the main task of the loop, and returns what it returns.
    task = function(fn) return tasks.run(made, fn) end,

    ---How many requests went to the providers' services since the start.
    api_calls = function() return calls end,

    ---Who is told of the engine's events, and of each turn of the loop, from here on; nil: nobody.
    listen = function(event, turn) listener, on_turn = event, turn end,
  }
end
