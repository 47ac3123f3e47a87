-- protect, retain and forget: what the tags of a resource say, with the state and without it.
local World = require "spec.support.world"
local refused = require "spec.support.refused"

local thing, resource = World.thing, World.resource

local function tags_of(world, name)
  for _, object in ipairs(world.cloud:all()) do
    local tags = object.properties.Tags or {}
    if tags["mrun:resource"] == name then return tags end
  end
end

describe("protect", function()
  local world
  before_each(function() world = World.new() end)

  it("is a tag too, from the create on", function()
    world:apply { thing("a", {}, { protect = true }), thing "b" }
    assert.are.equal("true", tags_of(world, "a")["mrun:protect"])
    assert.is_nil(tags_of(world, "b")["mrun:protect"])
  end)

  it("is put on and taken off in place, and shown", function()
    world:apply { thing("a", { Tags = { Own = "1" } }) }
    local protected = { thing("a", { Tags = { Own = "1" } }, { protect = true }) }
    local change = world:plan(protected)[1]
    assert.are.equal("update", change.action)
    assert.are.same({ path = "protect", old = false, new = true, replaces = false },
      change.properties[1])
    world:apply(protected)
    assert.are.equal("true", tags_of(world, "a")["mrun:protect"])
    assert.are.equal("1", tags_of(world, "a").Own)
    assert.are.same({}, world:plan(protected))
    world:apply { thing("a", { Tags = { Own = "1" } }, { protect = false }) }
    assert.is_nil(tags_of(world, "a")["mrun:protect"])
    assert.are.same({}, world:plan { thing("a", { Tags = { Own = "1" } }) })
  end)

  it("stays when the line is removed, however often that is applied", function()
    world:apply { thing("a", { Size = 1 }, { protect = true }) }
    for size = 2, 3 do
      world:apply { thing("a", { Size = size }) }
      refused(function() world:plan {} end, "a is protected")
    end
    assert.are.equal("true", tags_of(world, "a")["mrun:protect"])
  end)

  it("has to be taken off before what it protects is replaced", function()
    world:apply { thing("a", { Color = "red" }, { protect = true }) }
    refused(function()
      world:plan { thing("a", { Color = "blue" }, { protect = false }) }
    end, "protected")
    world:apply { thing("a", { Color = "red" }, { protect = false }) }
    world:apply { thing("a", { Color = "blue" }) }
  end)

  it("outlives the state", function()
    world:apply { thing("a", { Size = 1 }, { protect = true }), resource("Named", "n",
      { Name = "n" }, { protect = true }) }
    world.store.base, world.store.records = require "spec.support.text".written
      { resources = {}, open = {} }, {}
    world.store.lost = true
    refused(function() world:plan { thing "other" } end, "is protected")
    world:apply { thing("a", { Size = 2 }), resource("Named", "n", { Name = "n" }) }
    refused(function() world:plan { thing("a", { Size = 2 }) } end, "n is protected")
  end)

  it("is repeated when a create is sent again", function()
    world:kill_at(1, "before")
    world:apply_killed { thing("a", {}, { protect = true }) }
    world:apply { thing("a", {}, { protect = true }) }
    assert.are.equal("true", tags_of(world, "a")["mrun:protect"])
  end)

  it("is no change of what takes no tags", function()
    local function pair(options)
      return { resource("Pair", "p", { Left = "l", Right = "r" }, options) }
    end
    world:apply(pair())
    assert.are.same({}, world:plan(pair { protect = true }))
    world:apply(pair { protect = true })
    refused(function() world:plan {} end, "p is protected")
  end)
end)

describe("letting go", function()
  local world
  before_each(function() world = World.new() end)

  it("forgets what it is told to: the resource stays, without our tags", function()
    world:apply { thing("a", { Size = 1, Tags = { Own = "1" } }, { protect = true }),
      thing("b", { Parent = World.ref "a" }) }
    world:apply(nil, { forget = { "a" } })
    assert.are.same({ b = true }, { b = world.store:load().resources.b ~= nil,
      a = world.store:load().resources.a })
    assert.are.equal(2, #world.cloud:all())
    assert.is_nil(tags_of(world, "a"))
    assert.are.same({ Own = "1" }, world.cloud:all()[1].properties.Tags)
    assert.are.same({ "a" }, { world:plan { thing("a", {}), thing "b" }[1].name })
  end)

  it("refuses a name that nothing has", function()
    world:apply { thing "a" }
    refused(function() world:plan_of(nil, { forget = { "z" } }) end, "nothing in this stack")
  end)

  it("forgets what is gone already", function()
    world:apply { thing "a", thing "b" }
    world.cloud:all()[1].gone = true
    world:apply(nil, { forget = { "a" } })
    assert.is_nil(world.store:load().resources.a)
  end)

  it("is whole when it was killed on the way", function()
    for n = 1, 2 do
      for _, point in ipairs { "before", "executed", "answered" } do
        local one = World.new()
        one:apply { thing "a", thing "b" }
        one:kill_at(n, point)
        one:apply_killed(nil, { forget = { "a" } })
        if one.store:load().resources.a then one:apply(nil, { forget = { "a" } }) end
        assert.is_nil(one.store:load().resources.a)
        assert.is_nil(tags_of(one, "a"))
        assert.are.equal(2, #one.cloud:all())
      end
    end
  end)

  it("takes our tags off what is retained", function()
    world:apply { thing("a", {}, { retain = true }), thing("c", { Color = "red" },
      { retain = true }) }
    world:apply { thing("c", { Color = "blue" }, { retain = true }) }
    assert.are.equal(3, #world.cloud:all())
    assert.is_nil(tags_of(world, "a"))
    assert.are.equal("blue", (function()
      for _, object in ipairs(world.cloud:all()) do
        if (object.properties.Tags or {})["mrun:resource"] == "c" then
          return object.properties.Color
        end
      end
    end)())
    world:destroy()
    assert.are.equal(3, #world.cloud:all())
    -- Nothing is left that would stop a new stack of this name.
    world.store.fresh = true
    assert.are.equal(1, #world:plan { thing "new" })
  end)

  it("waits for a delete as long as timeout says", function()
    world:apply { thing("a", {}, { timeout = 60 }) }
    world.cloud.deleting_ms = 3600 * 1000
    local outcome = world:apply({}, { fails = true })
    assert.matches("still deleting after 60 s", outcome.results.a.error.what)
  end)
end)
