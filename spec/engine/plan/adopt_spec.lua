local World = require "spec.support.world"
local changes_of = require "spec.support.changes"
local refused = require "spec.support.refused"

local thing = World.thing
local lines, paths = changes_of.lines, changes_of.paths

describe("taking over", function()
  local world
  before_each(function() world = World.new() end)

  local function planned(resources, options) return world:planned(resources, options) end

  -- Nobody's any more: as if made by hand.
  local function let_go(its)
    for _, object in ipairs(its.cloud:all()) do object.properties.Tags = nil end
  end

  it("takes over what is named by its identifier", function()
    local other = World.new { stack = "other", cloud = world.cloud,
      clock = { time = world.ports.time } }
    world.cloud.now = function() return world.ports.time end
    other:apply { thing("x", { Size = 1, Color = "red" }) }
    world.cloud.now = function() return world.ports.time end
    let_go(world)
    local stack = { thing("a", { Size = 2, Color = "red" }, { identifier = "thing-1" }) }
    local changes = world:plan(stack, { new = true })
    assert.are.same({ "adopt a" }, lines(changes))
    assert.are.same({ "Size" }, paths(changes[1]))
    world:apply(stack, { new = true })
    assert.are.equal("demo/5eed", world.cloud:all()[1].properties.Tags["mrun:stack"])
    assert.are.same({}, world:plan(stack))
  end)

  it("does not take over what it would have to replace", function()
    World.new { stack = "other", cloud = world.cloud }:apply { thing("x", { Color = "red" }) }
    let_go(world)
    refused(function()
      world:plan { thing("a", { Color = "blue" }, { identifier = "thing-1" }) }
    end, "cannot be taken over")
  end)

  it("does not take over what is another stack's, nor one thing twice", function()
    World.new { stack = "other", cloud = world.cloud }:apply { thing "x" }
    refused(function() world:plan { thing("a", {}, { identifier = "thing-1" }) } end,
      "belongs to the stack other/5eed.*mrun forget x")
    let_go(world)
    refused(function()
      world:plan { thing("a", {}, { identifier = "thing-1" }),
        thing("b", {}, { identifier = "thing-1" }) }
    end, "a and b are both said to be thing%-1")
  end)

  it("does not take over what the stack has already under another name", function()
    world:apply { thing "x" }
    refused(function() world:plan { thing("a", {}, { identifier = "thing-1" }) } end,
      'thing%-1 is in this stack already, as x.*moved_from = "x"')
    refused(function()
      world:plan { thing "x", thing("a", {}, { identifier = "thing-1" }) }
    end, "x and a are both said to be thing%-1")
  end)

  it("stops where a resource of the stack is said to be another one", function()
    world:apply { thing "a" }
    refused(function() world:plan { thing("a", {}, { identifier = "thing-9" }) } end,
      "a is thing%-1 in this stack, and is to take over thing%-9")
    assert.are.same({}, planned { thing("a", {}, { identifier = "thing-1" }) })
  end)

  it("goes on with what has come in the place of something taken over", function()
    World.new { stack = "other", cloud = world.cloud }:apply { thing("x", { Color = "red" }) }
    let_go(world)
    world:apply { thing("a", { Color = "red" }, { identifier = "thing-1" }) }
    local stack = { thing("a", { Color = "blue" }, { identifier = "thing-1" }) }
    assert.are.same({ "replace a" }, planned(stack))
    world:apply(stack)
    assert.are.same({}, planned(stack))
  end)

  it("stops when what is to be taken over is not there", function()
    refused(function()
      world:plan { thing("a", {}, { identifier = "thing-99" }) }
    end, "thing%-99")
  end)
end)
