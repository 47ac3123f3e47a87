--- The machine of the AWS provider on answers that a spec writes, with a clock of its own.
local failure = require "engine.failure"
local machine = require "provider.aws.machine"
local handler = require "provider.aws.handler"
local pack = require "native.pack"
local tasks = require "engine.tasks"

local fake = {}

--- A failure as the client raises it.
function fake.error(code, message)
  return failure.new { what = code, code = code, message = message or code }
end

local data

--- `answers[operation]` is a table, or a function of the parameters that returns one or raises.
---@param answers table<string, table|function>
---@return table world calls, place, job(type), run(fn)
function fake.new(answers)
  data = data or assert(pack.open())
  local world = { calls = {}, now = 1000000,
    place = { key = "here", display = "here", account = "111" } }
  local client = {}
  function client.call(_, operation, params, options)
    world.calls[#world.calls + 1] = { operation, params, options }
    local answer = answers[operation]
    if answer == nil then error("nobody answers " .. operation, 0) end
    if type(answer) == "function" then return answer(params) end
    return answer
  end
  client.all = client.call
  world.machine = machine.new {
    data = data, signal = tasks.signal, now = function() return world.now end,
    client = function() return client end,
    handlers = function(type_name)
      return require("provider.aws.type." .. type_name:gsub("^AWS::", ""):gsub("::", "."))
    end,
  }
  local ports = {
    now = function() return world.now end,
    interrupted = function() return world.stop_at ~= nil and world.now >= world.stop_at end,
    poll = function(ms) world.now = world.now + ms return {} end,
  }
  function world.job(type_name, identifier, want)
    return { machine = world.machine, place = world.place,
      handler = handler.kind(world.machine:handler(type_name), identifier, want) }
  end
  function world.run(fn, ...) return tasks.run(ports, fn, ...) end
  --- Names of the operations called, in order.
  function world.operations()
    local names = {}
    for i, call in ipairs(world.calls) do names[i] = call[1] end
    return names
  end
  return world
end

return fake
