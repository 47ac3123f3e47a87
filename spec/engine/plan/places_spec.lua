local World = require "spec.support.world"

local thing = World.thing

describe("places of a plan", function()
  local world
  before_each(function() world = World.new() end)

  it("takes another profile of the account for the same place", function()
    world:apply { thing("a", { Size = 1 }) }
    assert.are.same({}, world:plan { thing("a", { Size = 1 }, { profile = "other" }) })
    world:apply { thing("a", { Size = 2 }, { profile = "other" }) }
    assert.are.equal(2, world.cloud:all()[1].properties.Size)
    assert.are.equal(1, #world.cloud:all())
  end)

  it("deletes what was left in a place where nothing is declared any more", function()
    world:apply { thing "a" }
    world:refuse("Delete", "a", "Denied")
    world:apply({ thing("a", {}, { region = "there" }) }, { fails = true })
    assert.are.equal(2, #world.cloud:all())
    world.cloud.refuse = nil
    world:apply { thing("a", {}, { region = "there" }) }
    assert.are.equal(1, #world.cloud:all())
  end)
end)
