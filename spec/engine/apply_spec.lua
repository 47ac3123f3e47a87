local World = require "spec.support.world"
local value = require "engine.value"

local thing, ref, resource = World.thing, World.ref, World.resource

local function results(outcome)
  local list = {}
  for name, one in pairs(outcome.results) do list[name] = one.result end
  return list
end

--- "Create a", "Delete a" and so on, as the service saw them.
local function calls(world)
  local list = {}
  for _, request in ipairs(world.cloud.log) do
    if request.call == "Create" or request.call == "Delete" or request.call == "Set" then
      list[#list + 1] = request.call .. " " .. request.name
    end
  end
  return list
end

local function position(list, what)
  for i, one in ipairs(list) do
    if one == what then return i end
  end
  error("no " .. what .. " in " .. table.concat(list, ", "))
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
    assert.are.equal("Create a", calls(world)[1])
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
    assert.are.same({ "Set a" }, calls(world))
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

  it("leaves open what nobody has answered, and settles it with the same op id", function()
    world:kill_at(1, "executed")
    world:apply_killed { thing("a", { Size = 1 }) }
    local op = world.store:load().open[1].op
    world:apply { thing("a", { Size = 1 }) }
    assert.are.equal(1, #world.cloud:all())
    assert.are.equal(op, world.cloud:all()[1].properties.Tags["mrun:op"])
  end)

  it("sends an intent again with the same op id and the same parameters", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Token", "t", { Size = 1, Tags = { Name = "x" } }) }
    local intent = world.store:load().open[1]
    world:apply { resource("Token", "t", { Size = 2, Tags = { Name = "x" } }) }
    local sent = {}
    for _, request in ipairs(world.cloud.log) do
      if request.call == "Create" then sent[#sent + 1] = request end
    end
    assert.are.equal(1, #sent)
    assert.are.equal(intent.op, sent[1].token)
    assert.are.equal(1, sent[1].properties.Size)
    assert.are.same({}, world:plan { resource("Token", "t", { Size = 2, Tags = { Name = "x" } }) })
  end)

  it("takes secrets for that from the recipe, since the journal has none", function()
    local stack = { resource("Token", "t", { Secret = value.secret "hush" }) }
    world:kill_at(1, "before")
    world:apply_killed(stack)
    for _, line in ipairs(world.store.records) do assert.is_nil(line:find("hush", 1, true)) end
    world:apply(stack)
    assert.are.equal("hush", world.cloud:all()[1].properties.Secret)
    assert.are.equal(1, #world.cloud:all())
  end)

  it("leaves open a create whose answer was lost, and finds what it has made", function()
    world:refuse("Create", "a", "cut")
    local outcome = world:apply({ thing("a", { Size = 1 }) }, { fails = true })
    assert.are.equal("failed", outcome.results.a.result)
    assert.are.equal(1, #world.store:load().open)
    world.cloud.refuse = nil
    world:apply { thing("a", { Size = 1 }) }
    assert.are.equal(1, #world.cloud:all())
    assert.are.same({}, world.store:load().open)
  end)

  it("does not take a name that somebody else has taken since", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Named", "role", { Name = "role" }) }
    world.cloud:perform { call = "Create", type = "Memory::Named", properties = { Name = "role" } }
    local ok, err = pcall(world.apply, world, { resource("Named", "role", { Name = "role" }) })
    assert.is_false(ok)
    assert.matches('identifier = "role"', tostring(err))
    assert.are.same({}, world.store:load().open)
  end)

  it("closes an intent that is refused when it is sent again", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Token", "t", { Size = 1 }) }
    world:refuse("Create", "t", "Invalid")
    world:apply({ resource("Token", "t", { Size = 1 }) }, { fails = true })
    world.cloud.refuse = nil
    assert.are.same({}, world.store:load().open)
    world:apply { resource("Token", "t", { Size = 1 }) }
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

  describe("replaces", function()
    local function stack(color, slot)
      return { thing("a", { Color = color, Slot = slot }), thing("soft", { Parent = ref "a" }),
        thing("hard", { Base = ref "a" }) }
    end

    it("with the new one first, then who stands on it, the old one last", function()
      world:apply(stack "red")
      world.cloud.log = {}
      world:apply(stack "blue")
      local list = calls(world)
      assert.is_true(position(list, "Create a") < position(list, "Set soft"))
      assert.is_true(position(list, "Create a") < position(list, "Create hard"))
      assert.is_true(position(list, "Create hard") < position(list, "Delete hard"))
      assert.are.equal("Delete a", list[#list])
      assert.are.equal(3, #world.cloud:all())
      assert.are.same({}, world:plan(stack "blue"))
    end)

    it("with the old one first where it holds what only one can hold", function()
      local function exclusive(color)
        return { thing("a", { Color = color, Slot = "1" }),
          thing("hard", { Base = ref "a", Slot = "2" }) }
      end
      world:apply(exclusive "red")
      world.cloud.log = {}
      world:apply(exclusive "blue")
      assert.are.same({ "Delete hard", "Delete a", "Create a", "Create hard" }, calls(world))
      assert.are.same({}, world:plan(exclusive "blue"))
    end)

    it("and deletes the old one later when that could not be done", function()
      world:apply { thing("a", { Color = "red" }) }
      world:refuse("Delete", "a", "InUse")
      local outcome = world:apply({ thing("a", { Color = "blue" }) }, { fails = true })
      assert.are.equal("failed", outcome.results.a.result)
      world.cloud.refuse = nil
      local changes = world:plan { thing("a", { Color = "blue" }) }
      assert.are.same({ "delete", "a", "thing-1", "it has been replaced" },
        { changes[1].action, changes[1].name, changes[1].identifier, changes[1].because })
      world:apply { thing("a", { Color = "blue" }) }
      assert.are.equal(1, #world.cloud:all())
      assert.are.same({}, world:plan { thing("a", { Color = "blue" }) })
    end)

    it("nothing that need not be replaced after all", function()
      local function named(color)
        return { resource("Named", "n", { Name = "n", Color = color }),
          thing("b", { Base = ref "n" }) }
      end
      world:apply(named "red")
      world.cloud.log = {}
      world:apply(named "blue")
      assert.are.equal("n", world.cloud.objects["Memory::Thing/thing-1"].properties.Base)
      assert.are.same({}, world:plan(named "blue"))
    end)

    it("what has failed, although nothing else is different", function()
      world:apply { thing("a", { Size = 1 }) }
      world.cloud:all()[1].broken = "no room"
      world:apply { thing("a", { Size = 1 }) }
      assert.are.equal("thing-2", world.cloud:all()[1].id)
      assert.are.equal(1, #world.cloud:all())
    end)

    it("what changes its type", function()
      world:apply { thing("a", { Size = 1 }), thing("b", { Parent = ref "a" }) }
      world:apply { resource("Token", "a", { Size = 1 }), thing("b", { Parent = ref "a" }) }
      assert.are.equal(2, #world.cloud:all())
      assert.are.same({}, world:plan { resource("Token", "a", { Size = 1 }),
        thing("b", { Parent = ref "a" }) })
    end)
  end)

  it("deletes before it creates what wants the same", function()
    world:apply { thing("old", { Slot = "1" }), thing("on", { Base = ref "old" }) }
    world.cloud.log = {}
    world:apply { thing("new", { Slot = "1" }), thing("on", { Base = ref "new" }) }
    assert.are.same({ "Delete on", "Delete old", "Create new", "Create on" }, calls(world))
    assert.are.same({}, world:plan { thing("new", { Slot = "1" }),
      thing("on", { Base = ref "new" }) })
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
