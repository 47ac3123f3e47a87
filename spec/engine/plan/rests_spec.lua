local World = require "spec.support.world"
local plan = require "engine.plan"

local thing = World.thing

describe("a saved plan", function()
  local world
  before_each(function() world = World.new() end)

  local function rests(resources)
    return plan.rests_on(world:plan_of(resources))
  end

  it("holds while nothing has moved", function()
    world:apply { thing("a", { Size = 1 }) }
    local saved = rests { thing("a", { Size = 2 }) }
    assert.is_nil(plan.moved(saved, world:plan_of { thing("a", { Size = 2 }) }))
  end)

  it("is out of date when a live value has moved", function()
    world:apply { thing("a", { Size = 1 }) }
    local saved = rests { thing("a", { Size = 2 }) }
    world.cloud:all()[1].properties.Size = 5
    assert.matches("a is not as it was", plan.moved(saved,
      world:plan_of { thing("a", { Size = 2 }) }).what)
  end)

  it("is out of date when the state has changed, or the recipe", function()
    world:apply { thing("a", { Size = 1 }) }
    local saved = rests { thing("a", { Size = 2 }), thing "b" }
    assert.matches("something else", plan.moved(saved,
      world:plan_of { thing("a", { Size = 3 }) }).what)
    world:apply { thing("a", { Size = 1 }), thing "b" }
    assert.matches("state has changed",
      plan.moved(saved, world:plan_of { thing("a", { Size = 2 }), thing "b" }).what)
  end)

  it("is void while something is open", function()
    local saved = rests { thing "a", thing "b" }
    world:kill_at(1, "executed")
    world:apply_killed { thing "a", thing "b" }
    local now = world:plan_of { thing "a", thing "b" }
    saved.revision, saved.serial = plan.rests_on(now).revision, plan.rests_on(now).serial
    assert.matches("still open", plan.moved(saved, now).what)
  end)
end)
