-- Runs a function as a task over the network, as `mrun run` runs a script.
local ports = require "main.ports"
local tasks = require "engine.tasks"

---@param fn function
---@return any ...
return function(fn)
  return tasks.run(ports.new { user_agent = "mrun-spec", emit = function() end,
    turn = function() end }, fn)
end
