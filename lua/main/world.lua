-- world.lua: the ports, the providers and the loop of one run of mrun. Made when the first of them
-- is asked for.
local fs = require "native.fs"
local lock = require "main.lock"
local ports = require "main.ports"
local project = require "main.project"
local providers = require "main.providers"
local tasks = require "engine.tasks"
local value = require "engine.value"

---The folder of the recipe at hand, or the current one.
local function folder_of(mrun)
  local path = mrun.args[1] and fs.realpath(mrun.args[1])
  return path and path:match "^(.+)/[^/]+$" or fs.realpath "."
end

---@param mrun table
---@return table the functions and tables of this run
return function(mrun)
  local calls, listener, on_turn, held = 0, nil, nil, nil
  local settings, settings_path = project.settings(folder_of(mrun))

  local made = ports.new {
    user_agent = "mrun/" .. mrun.VERSION,
    emit = function(event)
      if event.kind == "call" then calls = calls + 1 end
      if listener then listener(event) end
    end,
    turn = function() if on_turn then on_turn() end end,
  }
  if mrun.options.debug then
    made = require "main.debug" (made, function(text) mrun.note(value.redact(text)) end)
  end

  local function run(fn)
    return tasks.run(made, held and lock.kept(mrun, held, fn) or fn)
  end

  return {
    ports = made,

    ---What mrun.json says, and its path where there is one.
    settings = settings, settings_path = settings_path,

    providers = providers.new(made, {
      region = mrun.options.region, profile = mrun.options.profile,
      aws = settings.aws or {},
    }),

    ---Runs a function as the main task of the loop, and returns what it returns.
    task = run,

    ---The same; an interrupt does not stop it.
    safely = function(fn)
      return run(function()
        local result = table.pack(tasks.shield(fn))
        if not result[1] then error(result[2], 0) end
        return table.unpack(result, 2, result.n)
      end)
    end,

    ---The lock that every task renews beside its work, from here on; nil: none.
    keep = function(taken) held = taken end,

    ---Renews that lock where no task runs: while a person thinks.
    tend = function()
      if held and held:renew_in_ms() == 0 then tasks.run(made, lock.renewal(held)) end
    end,

    ---How many requests went to the providers' services since the start.
    api_calls = function() return calls end,

    ---Who is told of the engine's events, and of each turn of the loop, from here on; nil: nobody.
    listen = function(event, turn) listener, on_turn = event, turn end,
  }
end
