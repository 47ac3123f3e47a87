-- What others have changed since the last apply, and how much a plan reads.
local World = require "spec.support.world"
local drift = require "engine.drift"
local value = require "engine.value"

local thing, ref, resource = World.thing, World.ref, World.resource

local function object(world, name)
  for _, one in ipairs(world.cloud:all()) do
    if (one.properties.Tags or {})["mrun:resource"] == name then return one end
  end
end

local function found(world, options)
  options = options or {}
  options.drift = true
  return drift.of(world:plan_of(nil, options))
end

describe("drift", function()
  local world
  before_each(function()
    world = World.new()
    world:apply { thing("a", { Size = 1, Color = "red", Tags = { Own = "1" } },
      { protect = true }), thing("b", { Parent = ref "a", Words = { "x", "y" } }),
      resource("Token", "t", { Secret = value.secret "s3" }) }
  end)

  it("is nothing right after an apply", function()
    assert.are.same({}, found(world).changes)
    assert.are.equal(3, found(world).same)
    assert.are.same({}, found(world).notices)
  end)

  it("is what others have changed of what was declared, and nothing else", function()
    local a = object(world, "a").properties
    a.Size, a.Name, a.Color, a.Tags.Own, a.Tags.Theirs = 9, "theirs", "blue", "2", "x"
    local changes = found(world).changes
    assert.are.equal(1, #changes)
    assert.are.equal("a", changes[1].name)
    assert.are.same({ { path = "Color", applied = "red", now = "blue" },
      { path = "Size", applied = 1, now = 9 },
      { path = "Tags.Own", applied = "1", now = "2" } }, changes[1].properties)
  end)

  it("is what is gone", function()
    object(world, "b").gone = true
    local changes = found(world).changes
    assert.are.equal("b", changes[1].name)
    assert.is_true(changes[1].gone)
    assert.are.equal(1, #changes)
  end)

  it("is not what the recipe says otherwise by now", function()
    local plan = world:plan { thing("a", { Size = 5, Color = "red", Tags = { Own = "1" } }) }
    assert.is_true(#plan > 0)
    assert.are.same({}, found(world).changes)
  end)

  it("is a changed secret, at any depth, and tells nothing of it", function()
    world:apply { thing("a", { Words = { "open", value.secret "deep" } }),
      thing("b", { Name = value.secret "s3" }) }
    object(world, "a").properties.Words = { "deep", "open" }
    assert.are.same({}, found(world).changes)
    object(world, "a").properties.Words = { "open", "other" }
    object(world, "b").properties.Name = "s4"
    local changes = found(world).changes
    assert.are.same({ { path = "Words", applied = "(secret)", now = "(secret)" } },
      changes[1].properties)
    assert.are.same({ { path = "Name", applied = "(secret)", now = "(secret)" } },
      changes[2].properties)
    object(world, "a").properties.Words = {}
    assert.are.equal("b", found(world).changes[1].name)
  end)

  it("leaves out what is ignored, and what is not chosen", function()
    world:apply { thing("c", { Size = 1 }, { ignore_changes = { "Size" } }), thing("d",
      { Size = 1 }), thing("a", { Size = 1, Color = "red" }) }
    object(world, "c").properties.Size = 7
    object(world, "d").properties.Size = 7
    assert.are.equal(1, #found(world).changes)
    assert.are.same({}, found(world, { only = { "c" } }).changes)
    assert.are.same({ "a", "d" }, found(world, { only = { "c" } }).unseen)
  end)

  it("finds the rows that are out of date", function()
    object(world, "a").properties.Size = 9
    local rows = drift.rows(world:plan_of(nil, { drift = true }))
    assert.are.equal(1, #rows)
    assert.are.equal(9, rows[1].attributes.Size)
    assert.are.equal(1, rows[1].last.Size)
  end)
end)

describe("a plan that does not read everything", function()
  local world
  local function stack(size)
    return { thing("a", { Size = size, Policy = "p" }), resource("Pair", "p", { Left = ref "a",
      Right = "r", Note = "n" }), resource("Token", "t", { Secret = value.secret "s3" }) }
  end

  local function notices(plan) return table.concat(plan.notices, "\n") end

  before_each(function()
    world = World.new()
    world:apply(stack(1))
    world.cloud.log = {}
  end)

  it("reads nothing with none, and says so", function()
    object(world, "a").properties.Size = 9
    local plan = world:plan_of(stack(1), { refresh = "none" })
    assert.are.same({}, plan.changes)
    assert.are.equal(0, world:count "Read")
    assert.matches("3 resources are taken as the state has them", notices(plan))
    plan = world:plan_of(stack(2), { refresh = "none" })
    assert.are.same({ "a" }, { plan.changes[1].name })
    assert.are.same({ { path = "Size", old = 1, new = 2, replaces = false } },
      plan.changes[1].properties)
  end)

  it("sees a changed secret by its digest", function()
    local changed = stack(1)
    changed[3] = resource("Token", "t", { Secret = value.secret "other" })
    local plan = world:plan_of(changed, { refresh = "none" })
    assert.are.equal("t", plan.changes[1].name)
    assert.are.equal(1, #plan.changes)
  end)

  it("leaves out what is a call each with batched, and says so", function()
    object(world, "a").properties.Size = 9
    object(world, "a").properties.Policy = "theirs"
    local plan = world:plan_of(stack(1), { refresh = "batched" })
    assert.are.equal(1, #plan.changes)
    assert.are.equal("Size", plan.changes[1].properties[1].path)
    assert.are.equal(1, #plan.changes[1].properties)
    assert.matches("batched: not read, and taken as the state has it: a %(Policy%), "
      .. "p %(all of it%)", notices(plan))
  end)

  it("still applies to the end", function()
    world:apply(stack(2), { refresh = "none" })
    assert.are.same({}, world:plan(stack(2)))
    world:apply(stack(3), { refresh = "batched" })
    assert.are.same({}, world:plan(stack(3)))
    world:destroy { refresh = "batched" }
    assert.are.same({}, world.cloud:all())
  end)

  it("reads what the state knows nothing of", function()
    world.store.base, world.store.records = require "spec.support.text".written
      { resources = {}, open = {} }, {}
    world.store.lost = true
    world:plan_of({ thing("a", { Size = 1 }) }, { refresh = "none" })
    assert.is_true(world:count "Read" > 0)
  end)
end)
