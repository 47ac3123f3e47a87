-- What has become somebody else's since: it is neither changed nor deleted.
local World = require "spec.support.world"
local drift = require "engine.drift"
local refused = require "spec.support.refused"
local value = require "engine.value"

local thing, resource = World.thing, World.resource

describe("what carries the tags of another stack", function()
  local world
  before_each(function() world = World.new() end)

  local function object(id)
    for _, one in ipairs(world.cloud:all()) do
      if one.id == id then return one end
    end
  end

  local OTHERS <const> = { ["mrun:stack"] = "other/123", ["mrun:resource"] = "x" }

  -- Deleted elsewhere, and made anew by somebody else.
  local function retag(id, tags) object(id).properties.Tags = value.copy(tags) end

  local function entry(name, fields, options)
    fields = fields or {}
    fields.Name = fields.Name or name
    return resource("Entry", name, fields, options)
  end

  local function named(name, fields, options)
    fields = fields or {}
    fields.Name = fields.Name or name
    return resource("Named", name, fields, options)
  end

  -- The state of somebody who has imported one of these and has not applied yet.
  local function import(its, resources)
    local made = its:plan_of(resources, { new = true })
    for _, row in ipairs(require "engine.plan".adopted(made)) do
      its.store:port(function() end).finish { { ok = true, name = row.name, row = row } }
    end
    its.store:save()
  end

  local function changing() return #world:made() + world:count "Tag" end

  describe("and was imported without tags", function()
    local one, two
    local function stack() return { thing("g", {}, { identifier = "thing-1" }) } end

    before_each(function()
      world:apply { thing "x" }
      object "thing-1".properties.Tags = nil
      one = World.new { stack = "one", cloud = world.cloud }
      two = World.new { stack = "two", cloud = world.cloud }
      import(one, stack())
      import(two, stack())
      one:apply(stack())
      assert.are.equal("one/5eed", object "thing-1".properties.Tags["mrun:stack"])
    end)

    it("is not deleted, not tagged and not updated by the other who imported it", function()
      local before = changing()
      local pattern = "g is to take over thing%-1, which belongs to the stack one/5eed"
        .. ".*mrun forget g; or here: mrun forget g"
      refused(function() two:destroy() end, pattern)
      refused(function() two:apply(stack()) end, pattern)
      refused(function() two:apply {} end, pattern)
      refused(function()
        two:plan { thing("g", { Size = 5 }, { identifier = "thing-1" }) }
      end, pattern)
      assert.are.equal(before, changing())
      assert.are.same({}, one:plan(stack()))
    end)

    it("is not taken from it either by letting go of it", function()
      two:apply(nil, { forget = { "g" } })
      assert.are.same({}, two.store:load().resources)
      assert.are.equal("one/5eed", object "thing-1".properties.Tags["mrun:stack"])
      one:destroy()
      assert.are.same({}, world.cloud:all())
    end)

    it("is tagged where it is nobody's", function()
      object "thing-1".properties.Tags = nil
      two:apply(stack())
      assert.are.equal("two/5eed", object "thing-1".properties.Tags["mrun:stack"])
    end)
  end)

  it("stops a plan and a destroy, and says how to go on", function()
    world:apply { named "a", thing "b" }
    for _, case in ipairs { { "a", "a: a" }, { "thing-1", "b: thing%-1" } } do
      local own = object(case[1]).properties.Tags
      retag(case[1], OTHERS)
      local pattern = case[2] .. " belongs to the stack other/123 now"
      refused(function() world:plan { named "a", thing "b" } end, pattern
        .. ".*mrun forget " .. case[2]:sub(1, 1) .. ".*mrun:stack = demo/5eed")
      refused(function() world:plan {} end, pattern)
      refused(function() world:destroy() end, pattern)
      object(case[1]).properties.Tags = own
    end
    retag("a", OTHERS)
    world:apply(nil, { forget = { "a" } })
    assert.are.same(OTHERS, object "a".properties.Tags)
    world:destroy()
    assert.are.equal("a", world.cloud:all()[1].id)
  end)

  it("stops them too where only the tags are missing, of what goes by its name", function()
    world:apply { named "a", thing "b" }
    retag("thing-1", { Own = "1" })
    assert.are.same({}, world:planned { named "a", thing "b" })
    retag("a", { Own = "1" })
    local pattern = "a: a does not carry this stack's tags any more"
    refused(function() world:plan { named "a", thing "b" } end, pattern)
    refused(function() world:destroy() end, pattern)
    assert.are.equal(2, #world.cloud:all())
  end)

  it("may be ours all the same, where we made it a moment ago", function()
    world:apply { named "a" }
    local own, seen = object "a".properties.Tags, world.ports.time + 1000
    retag("a", nil)
    world.cloud.refuse = function()
      if world.ports.time >= seen then retag("a", own) end
    end
    assert.are.same({}, world:planned { named "a" })
    assert.is_true(world.ports.time >= seen)
  end)

  it("may stay where it is retained, and is not looked at where it is let go", function()
    world:apply { named("a", {}, { retain = true }) }
    retag("a", OTHERS)
    world:apply {}
    assert.are.same(OTHERS, object "a".properties.Tags)
    assert.are.same({}, world.store:load().resources)
  end)

  it("is asked for before it is written over or deleted, and not before", function()
    world:apply { entry("a", { Value = "1" }) }
    retag("a", OTHERS)
    world.cloud.log = {}
    assert.are.same({}, world:planned { entry("a", { Value = "1" }) })
    assert.are.equal(1, world:count "Read")
    local pattern = "a: a belongs to the stack other/123 now"
    refused(function() world:plan { entry("a", { Value = "2" }) } end, pattern)
    refused(function() world:plan({ entry("a", { Value = "1" }) }, { replace = { "a" } }) end,
      pattern)
    refused(function() world:plan {} end, pattern)
    refused(function() world:destroy() end, pattern)
    refused(function() world:destroy { refresh = "none" } end, pattern)
    assert.are.equal("a", world.cloud:all()[1].id)
  end)

  it("is asked for too where nothing is read", function()
    world:apply { thing("b", { Color = "red" }) }
    retag("thing-1", OTHERS)
    local none = { refresh = "none" }
    assert.are.same({ "update b" },
      world:planned({ thing("b", { Color = "red", Size = 2 }) }, none))
    local pattern = "b: thing%-1 belongs to the stack other/123 now"
    refused(function() world:plan({ thing("b", { Color = "blue" }) }, none) end, pattern)
    refused(function() world:destroy { refresh = "none" } end, pattern)
  end)

  it("is asked for before an update that follows from another one", function()
    local function stack(size)
      return { thing("a", { Size = size }),
        entry("b", { Value = World.ref("a", "Version"), Name = "b" }) }
    end
    world:apply(stack(1))
    retag("b", OTHERS)
    local outcome = world:apply(stack(2), { fails = true })
    assert.are.equal("failed", outcome.results.b.result)
    assert.matches("belongs to the stack other/123", tostring(outcome.results.b.error.what))
    assert.are.equal("1", object "b".properties.Value)
  end)

  it("is not deleted either where it has been replaced", function()
    world:apply { thing("b", { Color = "red" }) }
    world:refuse("Delete", "b", "DependencyViolation")
    world:apply({ thing("b", { Color = "blue" }) }, { fails = true })
    world.cloud.refuse = nil
    refused(function() world:apply(nil, { forget = { "b" } }) end,
      "the old one is still to be deleted: thing%-1")
    retag("thing-1", OTHERS)
    local pattern = "b: thing%-1, which was replaced and is to be deleted, belongs to the stack "
      .. "other/123 now"
    refused(function() world:apply { thing("b", { Color = "blue" }) } end, pattern)
    refused(function() world:destroy() end, pattern)
    refused(function() world:apply {} end, pattern)
    world:apply(nil, { forget = { "b" } })
    assert.are.equal(2, #world.cloud:all())
    assert.are.same(OTHERS, object "thing-1".properties.Tags)
  end)

  it("is what a drift says of it", function()
    world:apply { entry("a", { Value = "1" }), named "b", thing "c", entry("d") }
    retag("a", nil)
    object "a".properties.Value = "2"
    retag("b", OTHERS)
    retag("thing-1", nil)
    retag("d", OTHERS)
    local plan = world:plan_of(nil, { drift = true })
    local found = drift.of(plan)
    assert.are.equal(3, #found.changes)
    assert.are.equal("a", found.changes[1].name)
    assert.are.equal("d", found.changes[3].name)
    assert.matches("does not carry this stack's tags any more", found.changes[1].other)
    assert.are.equal("belongs to the stack other/123 now", found.changes[2].other)
    assert.are.equal("other/123", found.changes[2].owner)
    object "thing-1".properties.Size = 7
    local rows = drift.rows(world:plan_of(nil, { drift = true }))
    assert.are.same({ "c" }, { rows[1].name, rows[2] })
  end)

  it("does not keep what stands on it from being taken over alone", function()
    world:apply { thing "a" }
    World.new { stack = "own", cloud = world.cloud }:apply { thing "x" }
    retag("thing-1", OTHERS)
    retag("thing-2", nil)
    local stack = { thing "a", thing("b", { Parent = World.ref "a" }, { identifier = "thing-2" }) }
    assert.are.same({ "adopt b" }, world:planned(stack, { alone = "b" }))
  end)

  it("may be what was taken over, and could not be tagged", function()
    world:apply { named "x" }
    retag("x", nil)
    local own = World.new { stack = "own", cloud = world.cloud }
    own:refuse("Set", "a", "Refused")
    local function stack() return { named("a", { Name = "x", Size = 2 }, { identifier = "x" }) } end
    own:apply(stack(), { new = true, fails = true })
    world.cloud.refuse = nil
    own:apply(stack())
    assert.are.equal("own/5eed", object "x".properties.Tags["mrun:stack"])
  end)
end)
