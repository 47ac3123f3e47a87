-- A world for the engine's specs: the real engine, the provider in memory, a clock that moves only
-- when everybody waits, a state that survives a crash as a file would.
--
--   local world = World.new()
--   world:apply { World.thing("a", { Size = 3 }) }
--   assert.are.same({}, world:plan 'local mem = provider "memory"; mem.Thing "a" { Size = 3 }')
--
-- world:kill_at(n, "before" | "executed" | "answered"): the process dies at the n-th call that
-- changes something: before it leaves, after it was done and not answered, after its answer and
-- before anything more can be written.
local apply = require "engine.apply"
local changes = require "spec.support.changes"
local cloud = require "spec.support.memory.cloud"
local failure = require "engine.failure"
local graph = require "engine.graph"
local memory = require "spec.support.memory"
local network = require "spec.support.network"
local plan = require "engine.plan"
local store = require "spec.support.store"
local tasks = require "engine.tasks"
local text = require "spec.support.text"
local value = require "engine.value"

local World = {}
World.__index = World

local CHANGES = { Create = true, Set = true, Tag = true, Delete = true }

--- A declared resource; options may stand beside the properties.
---@return table
function World.resource(type, name, properties, options)
  return { name = name, type = "Memory::" .. type, provider = "memory",
    properties = properties or {}, options = options or {},
    place = memory.place { Region = options and options.region,
      Profile = options and options.profile }, source = "recipe.lua:1" }
end

function World.thing(name, properties, options)
  return World.resource("Thing", name, properties, options)
end

--- The Ref of a resource, or one of its attributes.
function World.ref(name, attribute)
  return value.attribute(name, attribute or "Ref")
end

local function die(world)
  world.dead = true
  error("killed", 0)
end

local function counted(world, request)
  if not CHANGES[request.memory.call] then return false end
  world.changes = world.changes + 1
  return world.changes == world.kill_call
end

local function ports_of(world)
  local ports = network.new(function(request)
    local answer = world.cloud:handle(request.memory)
    if request.last and world.kill_point == "executed" then die(world) end
    if request.last and world.kill_point == "answered" then world.dying = true end
    return answer
  end)
  local send, poll = ports.send, ports.poll
  function ports.send(request)
    if world.dead or world.dying then die(world) end
    if counted(world, request) then
      if world.kill_point == "before" then die(world) end
      request.last = true
    end
    return send(request)
  end
  function ports.poll(ms)
    if world.dead or world.dying then die(world) end
    return poll(ms)
  end
  function ports.random(bytes)
    world.randoms = world.randoms + 1
    return (text.digest("random", tostring(world.randoms))):rep(4):sub(1, bytes * 2)
  end
  ports.digest, ports.json = text.digest, text.json
  ports.match = function() return nil end
  ports.emit = function(event) world.events[#world.events + 1] = event end
  ports.journal = world.store:port(function()
    if world.dead or world.dying then die(world) end
  end)
  return ports
end

---@param options { stack: string, id: string, cloud: table, providers: table }|nil
function World.new(options)
  options = options or {}
  local world = setmetatable({ randoms = options.seed or 0, events = {}, changes = 0 }, World)
  world.store = store.new(options.stack or "demo", options.id)
  local clock = options.clock or { time = 1000000 }
  world.providers = { memory = memory }
  for name, provider in pairs(options.providers or {}) do world.providers[name] = provider end
  world.cloud = options.cloud or cloud.new(function() return world.ports.time end)
  world.ports = ports_of(world)
  world.ports.time = clock.time
  memory.now = function() return world.ports.time end
  return world
end

function World:evaluated(resources, more)
  local result = { stack = self.store.stack, resources = resources, outputs = {}, inputs = {},
    notices = {}, types = {} }
  for key, member in pairs(more or {}) do result[key] = member end
  return result
end

local PATH = "recipe.lua"

--- What a recipe is given: the providers of the world, and nothing else to read.
local function host_of(self, recipe, options)
  local names = value.keys(self.providers)
  return {
    providers = names, params = options.params or {}, json = { encode = text.json },
    schema = function(provider, type) return self.providers[provider].schema(type) end,
    types = function(provider) return self.providers[provider].types() end,
    place = function(provider, given) return self.providers[provider].place(given) end,
    call = function(provider, place, lookup) return self.providers[provider].call(place,
      lookup) end,
    read_file = function(path) return path == PATH and recipe or nil end,
    realpath = function(path) return path end, env = function() end,
    digest = text.digest, random = function(bytes) return ("5a"):rep(bytes) end,
    regex = function() return true end,
    limits = { instructions = 1e8, memory_bytes = 1e8, cpu_ms = 1e5 },
  }
end

--- The text of a recipe, evaluated; a list of resources as it is.
local function declared(self, resources, options)
  if type(resources) ~= "string" then return self:evaluated(resources, options.evaluated) end
  return require "recipe".load(host_of(self, resources, options), PATH)
end

local function make(self, resources, options)
  local nothing = options.destroy or options.forget or options.drift or options.back
  local g = not nothing and graph.build(declared(self, resources, options),
    { schema = function(provider, type) return self.providers[provider].schema(type) end })
  return plan.make(self.ports, { graph = g, state = self.store:load(), stack = self.store.stack,
    providers = self.providers, destroy = options.destroy, settle = options.settle,
    update_inputs = options.update_inputs, new = options.new, only = options.only,
    except = options.except, replace = options.replace, forget = options.forget,
    refresh = options.refresh, drift = options.drift,
    back = options.back, rolling = options.rolling, places = options.places,
    alone = options.alone })
end

--- The whole plan.
function World:plan_of(resources, options)
  return tasks.run(self.ports, make, self, resources, options or {})
end

--- The changes of a plan, as they are shown.
function World:plan(resources, options)
  return setmetatable(plan.public(self:plan_of(resources, options)).changes, nil)
end

--- "action name" of each.
function World:planned(resources, options)
  return changes.lines(self:plan(resources, options))
end

local function plan_and_apply(self, resources, options)
  options.settle = true
  local made = make(self, resources, options)
  local outcome = apply.run(self.ports, made)
  outcome.plan = made
  return outcome
end

--- Plans and applies; a failure of a change is raised unless `options.fails`.
function World:apply(resources, options)
  options = options or {}
  self.changes = 0
  local outcome = tasks.run(self.ports, plan_and_apply, self, resources, options)
  self.store:save()
  if outcome.failed and not options.fails then
    for _, one in pairs(outcome.results) do
      if one.error and one.result == "failed" then error(one.error, 0) end
    end
  end
  return outcome
end

function World:destroy(options)
  options = options or {}
  options.destroy = true
  return self:apply(nil, options)
end

--- Lets the process die at the n-th changing call of what is done next.
function World:kill_at(n, point)
  self.kill_call, self.kill_point, self.changes = n, point, 0
end

--- The next process: nothing in memory, everything on disk and in the cloud. Says whether the one
--- before had died.
function World:restart()
  local died = self.dead or self.dying or false
  self.dead, self.dying, self.kill_call, self.kill_point = false, false, nil, nil
  local time = self.ports.time
  self.ports = ports_of(self)
  self.ports.time = time + 1
  return died
end

--- Applies, and dies on the way; true when it did.
function World:apply_killed(resources, options)
  local ok, err = pcall(self.apply, self, resources, options)
  if not ok and not (self.dead or self.dying) then error(err, 0) end
  return self:restart()
end

--- "Create a", "Delete a" and so on, as the service saw them.
function World:made()
  local list = {}
  for _, request in ipairs(self.cloud.log) do
    if request.call == "Create" or request.call == "Delete" or request.call == "Set" then
      list[#list + 1] = request.call .. " " .. request.name
    end
  end
  return list
end

--- How many requests of a kind were made.
function World:count(call)
  local n = 0
  for _, request in ipairs(self.cloud.log) do
    if not call or request.call == call then n = n + 1 end
  end
  return n
end

--- Refuses the next requests that fit, with this code.
--- With "cut" as its code the request is carried out and its answer lost.
function World:refuse(call, name, code, status)
  self.cloud.refuse = function(request)
    if request.call == call and (not name or request.name == name) then
      if code == "cut" then
        self.cloud:perform(request)
        return { failure = World.failure.new { what = "connection reset", code = "ECONNRESET" } }
      end
      return { status = status or 400, body = { code = code, message = code } }
    end
  end
end

World.failure = failure

return World
