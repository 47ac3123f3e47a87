-- A state that was lost: where it is looked for, and what is gone on with.
local World = require "spec.support.world"

local thing, ref = World.thing, World.ref

local function refused(fn, pattern)
  local ok, err = pcall(fn)
  assert.is_false(ok)
  assert.matches(pattern, err.what)
end

describe("a lost state", function()
  local world

  before_each(function() world = World.new() end)

  it("looks where the stack has been before it destroys what no state tells of", function()
    world:apply { thing "a" }
    local was = { destroy = true, places = { World.thing("a").place } }
    world.store.base = require "spec.support.text".written { resources = {}, open = {} }
    world.store.records, world.store.fresh = {}, true
    refused(function() world:plan_of(nil, was) end, "a stack of this name exists")
    world.store.retired = "0ther"
    assert.are.same({}, world:plan(nil, was))
    world.store.fresh, world.store.lost = nil, true
    assert.are.equal(1, #world:plan(nil, was))
  end)

  local function lose()
    world:restart()
    world.store.base = require "spec.support.text".written { resources = {}, open = {} }
    world.store.records, world.store.lost = {}, true
  end

  it("goes on with a replacement that was cut off when the state is lost after it", function()
    local red = { thing("a", { Color = "red" }), thing("b", { Parent = ref "a" }) }
    local blue = { thing("a", { Color = "blue" }), thing("b", { Parent = ref "a" }) }
    world:apply(red)
    world:kill_at(2, "before")
    pcall(world.apply, world, blue)
    lose()
    assert.are.equal(0, world:plan_of(blue).totals.replace)
    lose()
    assert.are.equal(0, world:plan_of(red).totals.replace)
    world:apply(red)
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan(red))
    -- Tags outlive what they were on: the one that was replaced is gone.
    world:kill_at(2, "before")
    pcall(world.apply, world, blue)
    for _, object in ipairs(world.cloud:all()) do
      if object.properties.Color == "red" then object.created = world.ports.time + 1e9 end
    end
    world.cloud.tags_outlive = true
    lose()
    for _, change in ipairs(world:plan(blue)) do assert.are.equal("update b", change.action ..
      " " .. change.name) end
  end)

  local function pair(left, right)
    return World.resource("Pair", "pair", { Left = ref(left), Right = ref(right) })
  end

  it("finds what carries no tag by what it stands on", function()
    local recipe = { thing "a", thing "b", pair("a", "b") }
    world:apply(recipe)
    lose()
    assert.are.same({}, world:plan(recipe))
    world:apply(recipe)
    assert.is_nil(world.store.lost)
    assert.are.same({}, world:plan(recipe))
  end)

  it("takes it away from what is replaced, however far the replacement was", function()
    local function recipe(color)
      return { thing "a", thing("b", { Color = color }), pair("a", "b") }
    end
    for n = 1, 8 do
      for _, point in ipairs { "before", "executed" } do
        world = World.new()
        world:apply(recipe "red")
        world:kill_at(n, point)
        pcall(world.apply, world, recipe "blue")
        lose()
        world:apply(recipe "blue")
        assert.are.equal(3, #world.cloud:all())
        assert.are.same({}, world:plan(recipe "blue"))
      end
    end
  end)

  it("looks for nothing more where the state was not lost", function()
    world:apply { thing "a", thing "b" }
    local before = world:count "Find"
    assert.are.same({ "create pair" }, world:planned { thing "a", thing "b", pair("a", "b") })
    assert.are.equal(before, world:count "Find")
  end)
end)
