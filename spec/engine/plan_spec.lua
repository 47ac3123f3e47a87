local World = require "spec.support.world"
local changes_of = require "spec.support.changes"
local refused = require "spec.support.refused"

local thing, ref, resource = World.thing, World.ref, World.resource
local lines, paths = changes_of.lines, changes_of.paths

describe("plan", function()
  local world
  before_each(function() world = World.new() end)

  local function planned(resources, options) return world:planned(resources, options) end

  it("creates what is not there, what is needed first", function()
    local changes = world:plan { thing("b", { Parent = ref "a" }), thing("a", { Size = 3 }) }
    assert.are.same({ "create a", "create b" }, lines(changes))
    assert.are.same({ path = "Parent", new = { ["$deferred"] = "a" }, replaces = false },
      changes[2].properties[1])
    assert.are.equal("recipe.lua:1", changes[1].source)
    assert.are.same({ account = "111", region = "here" }, changes[1].place)
  end)

  it("keeps what is declared false beside what is not known yet", function()
    local changes = world:plan { thing("b", { Parent = ref "a", Flag = false }), thing "a" }
    assert.are.same({ "Flag", "Parent" }, paths(changes[2]))
  end)

  it("is empty right after its own apply", function()
    local stack = { thing("a", { Size = 3, Words = { "x", "y" }, Password = "p",
      Tags = { Name = "a" } }),
      resource("Pair", "p", { Left = ref "a", Right = "right" }) }
    world:apply(stack)
    assert.are.same({}, world:plan(stack))
  end)

  it("reads everything of one type with one call, and nothing else", function()
    local stack = { thing "a", thing "b", thing "c", resource("Token", "t") }
    world:apply(stack)
    world.cloud.log = {}
    world:plan(stack)
    assert.are.equal(2, world:count "Read")
    assert.are.equal(3, world:count())
  end)

  it("updates in place what can be", function()
    world:apply { thing("a", { Size = 3, Tags = { Name = "x", Old = "1" } }) }
    local changes = world:plan { thing("a", { Size = 4, Tags = { Name = "y" } }) }
    assert.are.same({ "update a" }, lines(changes))
    assert.are.same({ "Size", "Tags.Name", "Tags.Old" }, paths(changes[1]))
    assert.are.equal(3, changes[1].properties[1].old)
  end)

  it("sees what somebody else has changed, and leaves alone what was never declared", function()
    world:apply { thing("a", { Size = 3 }) }
    world.cloud:all()[1].properties.Size = 9
    world.cloud:all()[1].properties.Name = "theirs"
    assert.are.same({ "Size" }, paths(world:plan { thing("a", { Size = 3 }) }[1]))
  end)

  it("creates again what somebody else has deleted", function()
    world:apply { thing("a", { Size = 3 }), thing("b", { Parent = ref "a" }) }
    world.cloud.objects["Memory::Thing/thing-1"] = nil
    world.cloud.order = { "Memory::Thing/thing-2" }
    local changes = world:plan { thing("a", { Size = 3 }), thing("b", { Parent = ref "a" }) }
    assert.are.same({ "create a", "update b" }, lines(changes))
    assert.matches("deleted it", changes[1].because)
  end)

  it("replaces for a create-only property, and says which", function()
    world:apply { thing("a", { Color = "red" }) }
    local changes = world:plan { thing("a", { Color = "blue" }) }
    assert.are.same({ "replace a" }, lines(changes))
    assert.are.same({ "Color!" }, paths(changes[1]))
    assert.are.equal("Color", changes[1].because)
    assert.are.equal("create_first", changes[1].order)
  end)

  it("says so when only AWS knows whether it replaces", function()
    world:apply { thing("a", { Shape = "round" }) }
    local change = world:plan({ thing("a", { Shape = "flat" }) })[1]
    assert.are.equal("replace", change.action)
    assert.matches("may replace", change.because)
  end)

  it("updates who stands on a replaced one, and replaces who cannot be updated, with the cause",
    function()
    local function stack(color)
      return { thing("a", { Color = color }), thing("soft", { Parent = ref "a" }),
        thing("hard", { Base = ref "a" }), thing("free", {}, { depends_on = { "a" } }) }
    end
    world:apply(stack "red")
    local changes = world:plan(stack "blue")
    assert.are.same({ "replace a", "update soft", "replace hard" }, lines(changes))
    assert.are.equal("Base: a is replaced", changes[3].because)
  end)

  describe("orders a replacement", function()
    local function order_of(before, after, options)
      world:apply { thing("a", before, options) }
      return world:plan({ thing("a", after, options) })[1].order
    end

    it("the old one first when it holds what only one can hold", function()
      assert.are.equal("delete_first", order_of({ Slot = "1", Color = "red" },
        { Slot = "1", Color = "blue" }))
    end)

    it("the new one first when that changes too", function()
      assert.are.equal("create_first", order_of({ Slot = "1", Color = "red" },
        { Slot = "2", Color = "blue" }))
    end)

    it("as the recipe says", function()
      assert.are.equal("delete_first", order_of({ Color = "red" }, { Color = "blue" },
        { replace = "delete_first" }))
    end)

    it("the old one first of whoever stands on one that is deleted first", function()
      local function stack(color)
        return { thing("a", { Slot = "1", Color = color }), thing("b", { Base = ref "a" }) }
      end
      world:apply(stack "red")
      local changes = world:plan(stack "blue")
      assert.are.equal("delete_first", changes[2].order)
    end)
  end)

  it("deletes what left the recipe, who stands on others first", function()
    world:apply { thing "a", thing("b", { Parent = ref "a" }), thing("c", { Parent = ref "b" }) }
    assert.are.same({ "delete c", "delete b" }, planned { thing "a" })
  end)

  it("forgets what is retained, and what is gone already", function()
    world:apply { thing("a", {}, { retain = true }), thing "b" }
    world.cloud.objects["Memory::Thing/thing-2"].gone = true
    local changes = world:plan {}
    assert.are.same({ "forget b", "forget a" }, lines(changes))
    world:apply {}
    assert.are.equal(1, #world.cloud:all())
    assert.are.same({}, world.store:load().resources)
  end)

  it("follows a resource that has another name now", function()
    world:apply { thing("a", { Size = 1 }) }
    local stack = { thing("b", { Size = 1 }, { moved_from = "a" }) }
    local changes = world:plan(stack)
    assert.are.same({ "update b" }, lines(changes))
    assert.are.equal("it was a before", changes[1].because)
    world:apply(stack)
    assert.are.equal(1, #world.cloud:all())
    assert.are.equal("b", world.cloud:all()[1].properties.Tags["mrun:resource"])
    assert.are.same({}, world:plan(stack))
    assert.is_nil(world.store:load().resources.a)
  end)

  it("follows a move whose end was cut off by a crash", function()
    world:apply { thing("a", { Size = 1 }) }
    local stack = { thing("b", { Size = 1 }, { moved_from = "a" }) }
    local finish = world.ports.journal.finish
    world.ports.journal.finish = function(results)
      if results[1].name == "a" then error(World.failure.new { what = "killed" }, 0) end
      finish(results)
    end
    world:apply(stack, { fails = true })
    world:restart()
    assert.is_truthy(world.store:load().resources.a)
    assert.are.same({}, world:plan(stack))
    world:apply(stack)
    assert.is_nil(world.store:load().resources.a)
    assert.are.equal(1, #world.cloud:all())
  end)

  it("stops at a natural name that somebody else has, and says how to take it over", function()
    World.new { stack = "other", cloud = world.cloud }:apply { resource("Named", "x",
      { Name = "role" }) }
    refused(function() world:plan { resource("Named", "a", { Name = "role" }) } end,
      'identifier = "role"')
  end)

  it("stops at what is protected, and takes a protection away only when that is said", function()
    world:apply { thing("a", { Color = "red" }, { protect = true }) }
    refused(function() world:plan { thing("a", { Color = "blue" }, { protect = true }) } end,
      "a is protected, and this plan would replace it")
    refused(function() world:plan {} end, "would delete it")
    refused(function() world:plan { thing("a", { Color = "blue" }) } end, "is protected")
    world:apply { thing("a", { Color = "red" }, { protect = false }) }
    assert.are.same({ "delete a" }, planned {})
  end)

  it("stops at tagged stacks of its name without a state; --new begins a second one", function()
    World.new { id = "0ther", cloud = world.cloud }:apply { thing "x" }
    refused(function() world:plan { thing "x" } end, "demo/0ther in here %(1 tagged%)")
    world:apply({ thing "x" }, { new = true })
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan { thing "x" })
  end)

  it("goes on where of such a stack only the tags are left", function()
    World.new { id = "0ther", cloud = world.cloud }:apply { thing "x" }
    world.cloud.objects["Memory::Thing/thing-1"].created = world.ports.time + 1e9
    world.cloud.tags_outlive = true
    world:plan { thing "x" }
  end)

  it("does not take a lost state for an empty stack where no recipe says its places", function()
    world:apply { thing "a" }
    world.store.base = require "spec.support.text".written { resources = {}, open = {} }
    world.store.records, world.store.lost = {}, true
    refused(function() world:plan_of(nil, { destroy = true }) end, "the state was lost")
    refused(function() world:plan_of(nil, { drift = true }) end, "the state was lost")
    assert.are.equal(1, #world.cloud:all())
  end)

  it("rebuilds a lost state from the ownership tags", function()
    local stack = { thing("a", { Size = 1 }),
      resource("Named", "n", { Name = "n", Parent = ref "a" }),
      resource("Pair", "p", { Left = ref "a", Right = "r" }) }
    world:apply(stack)
    world.store.base, world.store.records = "{[\"resources\"]={},[\"open\"]={}}", {}
    world.store.lost = true
    local made = world:plan_of(stack)
    assert.matches("rebuilt from the ownership tags", made.notices[1])
    world:apply(stack)
    assert.are.equal(3, #world.cloud:all())
    assert.are.same({}, world:plan(stack))
  end)

  it("takes the declared type where the tags leave it open", function()
    world:apply { thing("a", { Size = 1 }) }
    world.store.base, world.store.records = "{[\"resources\"]={},[\"open\"]={}}", {}
    world.store.lost = true
    world.cloud.owned_types = { "Memory::Token", "Memory::Thing" }
    assert.are.same({}, world:plan { thing("a", { Size = 1 }) })
  end)

  it("keeps the applied value of a parameter that moves, and says that there is a newer one",
    function()
    local function inputs(v)
      return { inputs = { latest = { { param = "Ami", path = "/ami/latest", value = v } } } }
    end
    world:apply({ thing("a", { Image = "ami-1" }) }, { evaluated = inputs "ami-1" })
    local made = world:plan_of({ thing("a", { Image = "ami-2" }) }, { evaluated = inputs "ami-2" })
    assert.are.same({}, made.changes)
    assert.matches("newer Ami available: ami%-2", made.notices[1])
    assert.are.same({ "replace a" }, planned({ thing("a", { Image = "ami-2" }) },
      { evaluated = inputs "ami-2", update_inputs = true }))
    assert.are.same({ "replace a" }, planned { thing("a", { Image = "ami-3" }) })
  end)

  it("leaves alone what it is told to ignore", function()
    local options = { ignore_changes = { "Size", "Tags.Seen" } }
    world:apply { thing("a", { Size = 1, Tags = { Seen = "a" } }, options) }
    world.cloud:all()[1].properties.Size = 7
    world.cloud:all()[1].properties.Tags.Seen = "b"
    assert.are.same({}, world:plan { thing("a", { Size = 1, Tags = { Seen = "a" } }, options) })
  end)

  it("says what is no longer managed, once", function()
    world:apply { thing("a", { Size = 1, Name = "n" }) }
    local made = world:plan_of { thing("a", { Size = 1 }) }
    assert.are.same({}, made.changes)
    assert.matches("a.Name: no longer managed %(stays n%)", made.notices[1])
    world:apply { thing("a", { Size = 1 }) }
    assert.are.same({}, world:plan_of({ thing("a", { Size = 1 }) }).notices)
  end)

  it("leaves to other resources of the stack what they add to a list", function()
    local stack = { thing("a", { Rules = { "own" } }),
      resource("Rule", "r", { Owner = ref "a", Text = "theirs" }) }
    world:apply(stack)
    assert.are.same({}, world:plan(stack))
    table.insert(world.cloud:all()[1].properties.Rules, "stray")
    assert.are.same({ "update a" }, planned(stack))
    world:apply(stack)
    assert.are.same({ "own", "theirs" }, world.cloud:all()[1].properties.Rules)
  end)

  it("leaves them what they were until now, and nothing of what they add elsewhere", function()
    local function stack(text)
      return { thing("a", { Rules = { "own" } }), thing("b", { Rules = {} }),
        resource("Rule", "r", { Owner = ref "b", Text = text }, { depends_on = { "a" } }) }
    end
    world:apply(stack "one")
    assert.are.same({ "replace r" }, planned(stack "two"))
    table.insert(world.cloud:all()[1].properties.Rules, "one")
    assert.are.same({ "update a" }, planned(stack "one"))
  end)

  it("refuses another account than the state's before it reads anything", function()
    world:apply { thing "a" }
    world.cloud.account, world.cloud.log = "222", {}
    refused(function() world:plan { thing "a" } end, "account 111, .* account 222")
    assert.are.equal(1, world:count())
  end)

  it("keeps what is live as secret as what was declared", function()
    local value = require "engine.value"
    local function stack(word) return { thing("a", { Name = value.secret(word) }) } end
    world:apply(stack "hunter2")
    world.cloud:all()[1].properties.Name = "of somebody else"
    local old = world:plan(stack "hunter2")[1].properties[1].old
    assert.are.equal("(secret)", old)
    assert.are.equal("(secret)", world:plan({ thing("a", { Name = "open" }) })[1].properties[1].old)
    world:apply(stack "hunter3")
    assert.are.same({}, world:plan(stack "hunter3"))
    local kept = table.concat(world.store.records) .. world.store.base
    assert.is_nil(kept:find "hunter")
    assert.is_nil(kept:find "somebody")
  end)

  it("hides secrets, and sees that one has changed", function()
    local value = require "engine.value"
    world:apply { resource("Token", "t", { Secret = value.secret "hush" }) }
    assert.are.same({}, world:plan { resource("Token", "t", { Secret = value.secret "hush" }) })
    local change = world:plan({ resource("Token", "t", { Secret = value.secret "new" }) })[1]
    assert.are.same({ "(secret)", "(secret)" },
      { change.properties[1].old, change.properties[1].new })
    assert.is_nil(world.store.base:find("hush", 1, true))
  end)

  it("replaces what has failed", function()
    world:apply { thing("a", { Size = 1 }) }
    world.cloud:all()[1].broken = "no room"
    local change = world:plan({ thing("a", { Size = 1 }) })[1]
    assert.are.equal("replace", change.action)
    assert.are.equal("it failed: no room", change.because)
  end)

  it("replaces what is of another type or in another place now", function()
    world:apply { thing("a", { Size = 1 }), thing "b" }
    local changes = world:plan { resource("Token", "a", { Size = 1 }),
      thing("b", {}, { region = "there" }) }
    assert.are.same({ "replace a", "replace b" }, lines(changes))
    assert.are.equal("its type was Memory::Thing", changes[1].because)
    assert.are.equal("it moves from here", changes[2].because)
  end)

  it("settles by reading alone, and plans on the answer", function()
    world:kill_at(1, "executed")
    world:apply_killed { thing("a", { Size = 1 }) }
    local before = #world.store.records
    local made = world:plan_of { thing("a", { Size = 1 }) }
    assert.are.same({}, made.changes)
    assert.are.equal("a: made (thing-1) by the run that was interrupted; going on",
      made.notices[1])
    assert.are.equal(before, #world.store.records)
  end)
end)
