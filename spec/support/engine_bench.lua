-- The engine alone: graph, diff and plan of N resources that are all as declared, with a provider
-- that answers from memory. Prints CPU seconds, and the memory of the process at its peak.
--
--   MRUN_MAIN=spec/support/engine_bench.lua mrun 10000
package.path = "./?.lua;" .. package.path
local graph = require "engine.graph"
local plan = require "engine.plan"
local schema = require "engine.schema"
local tasks = require "engine.tasks"
local text = require "spec.support.text"
local types = require "spec.support.memory.types"
local value = require "engine.value"

local TYPE = "Memory::Thing"
local PLACE = { provider = "memory", key = "memory/here", account = "111" }
local record = schema.new(types[TYPE].schema, types[TYPE].handler)

local function properties(i)
  return { Size = i, Name = "name-" .. i, Color = "red", Words = { "a", "b", "c" },
    Tags = { Name = "name-" .. i, Team = "core" } }
end

local provider = {
  schema = function() return record end,
  identity = function() return "111" end,
  owned = function() return {} end,
  read = function(_, _, identifiers)
    local have = {}
    for _, identifier in ipairs(identifiers) do
      local i = math.tointeger(tonumber(identifier:match "%d+"))
      have[identifier] = properties(i)
      have[identifier].Id = identifier
      have[identifier].Parent = i > 1 and i % 10 ~= 0 and "thing-" .. i - 1 or nil
    end
    return have, {}
  end,
}

local function declared(count)
  local list = {}
  for i = 1, count do
    local one = properties(i)
    if i > 1 and i % 10 ~= 0 then one.Parent = value.attribute("r" .. i - 1, "Ref") end
    list[i] = { name = "r" .. i, type = TYPE, provider = "memory", place = PLACE, properties = one,
      options = {}, source = "recipe.lua:" .. i }
  end
  return list
end

local function rows(count)
  local result = {}
  for i = 1, count do
    local last = properties(i)
    local stands = i > 1 and i % 10 ~= 0
    last.Parent = stands and "thing-" .. i - 1 or nil
    result["r" .. i] = { name = "r" .. i, type = TYPE, provider = "memory", place = PLACE,
      identifier = "thing-" .. i, last = last, attributes = {}, options = {},
      depends = stands and { "r" .. i - 1 } or {} }
  end
  return result
end

local ports = { now = function() return 0 end, digest = text.digest, json = text.json,
  poll = function() return {} end, send = function() end }

local count = math.tointeger(tonumber((...)))
local resources, state = declared(count), { stack = "demo", id = "1", key = "k", serial = 1,
  resources = rows(count), open = {} }
collectgarbage()
local before = os.clock()
local made = tasks.run(ports, function()
  local g = graph.build({ stack = "demo", resources = resources, outputs = {} },
    { schema = function() return record end })
  return plan.make(ports, { graph = g, state = state, providers = { memory = provider } })
end)
local seconds = os.clock() - before
local status = io.open("/proc/self/status"):read "a"
local megabytes = status:match "VmHWM:%s*(%d+)" / 1024
assert(#made.changes == 0 and made.unchanged == count)
print(("%d resources: %.2f s CPU, %.0f MB"):format(count, seconds, megabytes))
