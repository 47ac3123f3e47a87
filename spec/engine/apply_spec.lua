local World = require "spec.support.world"
local value = require "engine.value"

local thing, ref, resource = World.thing, World.ref, World.resource

local function results(outcome)
  local list = {}
  for name, one in pairs(outcome.results) do list[name] = one.result end
  return list
end

describe("apply", function()
  local world
  before_each(function() world = World.new() end)

  it("makes what is needed first, and puts what came of it into what needs it", function()
    world:apply { thing("b", { Parent = ref "a", Policy = "for " .. ref("a", "Arn") }), thing "a" }
    local b = world.cloud.objects["Memory::Thing/thing-2"].properties
    assert.are.same({ "thing-1", "for arn:thing-1" }, { b.Parent, b.Policy })
  end)

  it("has everything in flight that waits for nothing, with one sync of the journal a turn",
    function()
    local stack = {}
    for i = 1, 20 do stack[i] = resource("Token", "t" .. i) end
    local start = world.ports.time
    world:apply(stack)
    assert.are.equal(1, world.store.syncs)
    assert.are.equal(1, world:count "Read")
    -- identity, tags, create, read back
    assert.are.equal(start + 40, world.ports.time)
  end)

  it("starts what holds up most first", function()
    world:apply { thing "lone", thing "a", thing("b", { Parent = ref "a" }),
      thing("c", { Parent = ref "b" }) }
    assert.are.equal("Create a", world:made()[1])
  end)

  it("waits until it is ready, polling all of a type together", function()
    world.cloud.pending_ms = 5000
    local stack = {}
    for i = 1, 20 do stack[i] = resource("Token", "t" .. i) end
    world:apply(stack)
    assert.is_true(world:count "Read" < 15)
    local waited = 0
    for _, event in ipairs(world.events) do
      if event.kind == "waiting" and event.state == "creating" then waited = waited + 1 end
    end
    assert.is_true(waited > 0)
  end)

  local function making_takes(times)
    local send = world.ports.send
    function world.ports.send(request)
      local asked = request.memory
      if asked.call == "Create" then request.latency_ms = times[asked.name] end
      return send(request)
    end
  end

  it("puts a first look off for others of its type, as long as its own making took", function()
    making_takes { a = 400, b = 700 }
    world:apply { thing "a", thing "b" }
    assert.are.equal(1, world:count "Read")
  end)

  it("puts a first look off no longer than that", function()
    making_takes { a = 400, b = 9000 }
    world:apply { thing "a", thing "b", thing("c", { Parent = ref "a" }) }
    local sent = {}
    for _, entry in ipairs(world.ports.log) do
      local asked = entry.request.memory
      if asked.call == "Create" then sent[asked.name] = entry.sent_at end
    end
    assert.are.equal(400 + 400 + 10, sent.c - sent.a)
  end)

  it("waits no longer than it is told", function()
    world.cloud.pending_ms = 1e9
    local outcome = world:apply({ thing("a", {}, { timeout = 60 }) }, { fails = true })
    assert.matches("a is still creating after 60 s", tostring(outcome.results.a.error))
  end)

  it("waits for what cannot be seen yet", function()
    world.cloud.visible_ms = 3000
    world:apply { thing("a", { Size = 1 }), thing("b", { Parent = ref "a", Policy = "p" }) }
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan { thing("a", { Size = 1 }),
      thing("b", { Parent = ref "a", Policy = "p" }) })
  end)

  it("demands that a change reads back without a difference", function()
    local handle = world.cloud.handle
    function world.cloud:handle(request)
      if request.call == "Create" then request.properties.Size = 99 end
      return handle(self, request)
    end
    local outcome = world:apply({ thing("a", { Size = 1 }) }, { fails = true })
    assert.matches("a reads back otherwise than declared: Size", tostring(outcome.results.a.error))
    assert.are.equal("thing-1", world.store:load().resources.a.identifier)
  end)

  it("updates only what has changed", function()
    world:apply { thing("a", { Size = 1, Name = "n", Tags = { A = "1" } }) }
    world.cloud.log = {}
    world:apply { thing("a", { Size = 2, Name = "n", Tags = { A = "1" } }) }
    assert.are.same({ "Set a" }, world:made())
    assert.are.same({}, world:plan { thing("a", { Size = 2, Name = "n", Tags = { A = "1" } }) })
  end)

  it("updates at once what stands on an attribute that has changed with it", function()
    local function stack(size)
      return { thing("a", { Size = size }), thing("b", { Name = "v" .. ref("a", "Version") }) }
    end
    world:apply(stack(1))
    assert.are.same({ "a" }, { world:plan(stack(2))[1].name })
    local outcome = world:apply(stack(2))
    assert.are.equal("v2", world.cloud.objects["Memory::Thing/thing-2"].properties.Name)
    assert.are.equal("a has changed", outcome.followed[1].because)
    assert.are.equal("done", outcome.results.b.result)
    assert.are.same({}, world:plan(stack(2)))
  end)

  it("leaves to the next plan what would have to be replaced for that", function()
    local function stack(size)
      return { thing("a", { Size = size }), thing("b", { Base = "v" .. ref("a", "Version") }) }
    end
    world:apply(stack(1))
    world:apply(stack(2))
    assert.are.equal("replace", world:plan(stack(2))[1].action)
  end)

  it("stops the dependants of a failure and nothing else", function()
    world:refuse("Create", "b", "NoRoom")
    local outcome = world:apply({ thing "a", thing("b", { Parent = ref "a" }),
      thing("c", { Parent = ref "b" }),
      thing "d", thing("e", { Parent = ref "c" }) }, { fails = true })
    assert.are.same({ a = "done", b = "failed", c = "skipped", d = "done", e = "skipped" },
      results(outcome))
    assert.is_true(outcome.failed)
    assert.matches("c was not made: b failed", tostring(outcome.results.c.error))
    assert.are.equal("NoRoom", outcome.results.b.error.code)
    assert.matches("recipe.lua:1: b", outcome.results.b.error.where)
  end)

  it("goes on where a failure has stopped it", function()
    world:refuse("Create", "b", "NoRoom")
    world:apply({ thing "a", thing("b", { Parent = ref "a" }) }, { fails = true })
    assert.are.same({}, world.store:load().open)
    world.cloud.refuse = nil
    world:apply { thing "a", thing("b", { Parent = ref "a" }) }
    assert.are.equal(2, #world.cloud:all())
  end)

  it("keeps what a failed create has made, and finishes it", function()
    world:refuse("Set", "a", "Denied")
    world:apply({ thing("a", { Policy = "p" }) }, { fails = true })
    assert.are.equal("thing-1", world.store:load().resources.a.identifier)
    world.cloud.refuse = nil
    assert.are.equal("update", world:plan({ thing("a", { Policy = "p" }) })[1].action)
    world:apply { thing("a", { Policy = "p" }) }
    assert.are.equal(1, #world.cloud:all())
  end)

  it("gives a name to what needs one and has none", function()
    world:apply { resource("Named", "role", { Size = 1 }) }
    local name = world.cloud:all()[1].id
    assert.matches("^demo%-role%-%l%l%l%l%l%l%l%l$", name)
    assert.are.same({}, world:plan { resource("Named", "role", { Size = 1 }) })
    world:apply { resource("Named", ("long"):rep(20), { Size = 1 }) }
    assert.are.equal(40, #world.cloud:all()[1].id)
  end)

  it("resolves the outputs", function()
    local outcome = world:apply({ thing "a" }, { evaluated = { outputs = {
      { name = "Id", value = ref "a" }, { name = "Text", value = "arn is " .. ref("a", "Arn") },
      { name = "Plain", value = 3 } } } })
    assert.are.same({ { name = "Id", value = "thing-1", secret = false },
      { name = "Text", value = "arn is arn:thing-1", secret = false },
      { name = "Plain", value = 3, secret = false } }, outcome.outputs)
  end)

  it("leaves out an output of what was not made", function()
    world:refuse("Create", "a", "NoRoom")
    local outcome = world:apply({ thing "a" }, { fails = true,
      evaluated = { outputs = { { name = "Id", value = ref "a" } } } })
    assert.are.same({}, outcome.outputs)
  end)

  it("runs look-ups that wait for an attribute, each once", function()
    world.cloud.parameters = { ["/for/thing-1"] = "found" }
    local place = require "spec.support.memory".place()
    local looked = value.lookup(place, { "parameter", "/for/" .. ref "a" })
    world:apply { thing "a", thing("b", { Name = looked }), thing("c", { Name = looked }) }
    assert.are.equal("found", world.cloud.objects["Memory::Thing/thing-2"].properties.Name)
    assert.are.equal(1, world:count "Parameter")
  end)

  it("destroys everything, who stands on others first, and waits until it is gone", function()
    world.cloud.deleting_ms = 3000
    world:apply { thing "a", thing("b", { Parent = ref "a" }),
      resource("Pair", "p", { Left = ref "a", Right = ref "b" }) }
    world:destroy()
    assert.are.equal(0, #world.cloud:all())
    assert.are.same({}, world.store:load().resources)
  end)

  it("refuses to destroy what is protected, before anything is done", function()
    world:apply { thing("a", {}, { protect = true }), thing "b" }
    assert.is_false((pcall(world.destroy, world)))
    assert.are.equal(2, #world.cloud:all())
  end)

  it("makes no call where the journal cannot be written", function()
    world.ports.journal.begin = function() error(World.failure.new { what = "disk full" }, 0) end
    local outcome = world:apply({ thing "a", thing("b", { Parent = ref "a" }) }, { fails = true })
    assert.are.equal(0, world:count "Create")
    assert.matches("disk full", tostring(outcome.results.a.error))
    assert.are.equal("skipped", outcome.results.b.result)
  end)

  it("starts nothing new when its results cannot be written", function()
    world.ports.journal.finish = function() error(World.failure.new { what = "disk full" }, 0) end
    local stack = { thing "a", thing("b", { Parent = ref "a" }) }
    local outcome = world:apply(stack, { fails = true })
    assert.are.same({ a = "failed", b = "skipped" }, results(outcome))
    world:restart()
    world:apply(stack)
    assert.are.equal(2, #world.cloud:all())
  end)

  it("finishes what is in flight after an interrupt, and starts nothing new", function()
    local handle = world.cloud.handle
    function world.cloud:handle(request)
      if request.call == "Create" then world.ports.asked_to_stop = true end
      return handle(self, request)
    end
    local outcome = world:apply({ thing("a", { Policy = "p" }), thing("b", { Parent = ref "a" }) },
      { fails = true })
    assert.is_true(outcome.interrupted)
    assert.are.equal("p", world.cloud:all()[1].properties.Policy)
    assert.are.equal("skipped", outcome.results.b.result)
    world:restart()
    world.cloud.handle = handle
    world:apply { thing("a", { Policy = "p" }), thing("b", { Parent = ref "a" }) }
    assert.are.equal(2, #world.cloud:all())
  end)

  it("says that it was interrupted where that ended the last thing to do", function()
    world:apply { thing "a" }
    local handle = world.cloud.handle
    function world.cloud:handle(request)
      if request.call == "Delete" then world.ports.asked_to_stop = true end
      return handle(self, request)
    end
    world.cloud.deleting_ms = 60000
    local outcome = world:destroy { fails = true }
    assert.is_true(outcome.interrupted)
    assert.are.same({}, world.store:load().open)
    world:restart()
    world.cloud.handle = handle
    world:destroy()
    assert.are.same({}, world.cloud:all())
  end)

  it("waits for what an earlier run has left pending", function()
    world.cloud.pending_ms = 60000
    world:apply({ thing("a", {}, { timeout = 1 }) }, { fails = true })
    local made = world:plan_of { thing "a" }
    assert.are.same({ "a" }, made.pending)
    local outcome = world:apply { thing "a" }
    assert.are.equal("done", outcome.results.a.result)
  end)

  it("tells what it does", function()
    world:apply { thing "a" }
    local kinds = {}
    for i, event in ipairs(world.events) do kinds[i] = event.kind .. " " .. event.name end
    assert.are.same({ "start a", "done a" }, kinds)
  end)
end)
