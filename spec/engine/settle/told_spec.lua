-- What a plan says about a run that was interrupted, and that what is half made is finished.
local World = require "spec.support.world"

local thing, resource, ref = World.thing, World.resource, World.ref

describe("a plan after a run that was interrupted", function()
  local world
  before_each(function() world = World.new() end)

  local function killed(at, point, resources)
    world:kill_at(at, point)
    world:apply_killed(resources)
  end

  local function notices(resources) return world:plan_of(resources).notices end

  --- One object, changed and not made again.
  local function finished(resources, count)
    local before = #world.cloud.log
    world:apply(resources)
    for i = before + 1, #world.cloud.log do
      assert.are_not.equal("Create", world.cloud.log[i].call)
    end
    assert.are.equal(count, #world.cloud:all())
    assert.are.same({}, world:plan(resources))
  end

  it("says what was not made", function()
    local stack = { resource("Token", "t", { Size = 1 }) }
    killed(1, "before", stack)
    assert.are.same({ "t: not made by the run that was interrupted" }, notices(stack))
  end)

  it("says what is made now", function()
    local stack = { resource("Token", "t", { Size = 1 }) }
    killed(1, "before", stack)
    local made = world:plan_of(stack, { settle = true })
    assert.are.same({ "t: not made by the run that was interrupted; made now (token-1)" },
      made.notices)
  end)

  it("says what is half made, and finishes it", function()
    local stack = { thing("a", { Size = 1, Policy = "allow" }) }
    killed(1, "executed", stack) -- its second call never came
    assert.are.same({ "a: half made (thing-1) by the run that was interrupted, without Policy; "
      .. "it is finished" }, notices(stack))
    finished(stack, 1)
  end)

  it("says what is still on its way, and waits for it", function()
    world.cloud.pending_ms = 60000
    local stack = { thing("a", { Size = 1 }), thing("b", { Base = ref "a" }) }
    killed(1, "executed", stack)
    assert.are.same({ "a: made (thing-1) by the run that was interrupted, and still creating; "
      .. "it is waited for" }, notices(stack))
    world:apply(stack)
    assert.are.equal(2, #world.cloud:all())
  end)

  it("says what a replacement has left, and ends it", function()
    world:apply { thing("a", { Color = "red" }) }
    local blue = { thing("a", { Color = "blue" }) }
    killed(1, "executed", blue)
    assert.are.same({ "a: made (thing-2) by the run that was interrupted; the one it replaces "
      .. "(thing-1) goes" }, notices(blue))
    finished(blue, 1)
  end)

  it("says what was changed in part, and what was not deleted", function()
    world:apply { thing("a", { Size = 1 }), thing "b" }
    killed(1, "before", { thing("a", { Size = 2 }), thing "b" })
    assert.are.same({ "a: changed in part, or not at all, by the run that was interrupted" },
      notices { thing("a", { Size = 2 }), thing "b" })
    world:apply { thing("a", { Size = 2 }), thing "b" }
    killed(1, "before", { thing("a", { Size = 2 }) })
    assert.are.same({ "b: not deleted (thing-2) by the run that was interrupted" },
      notices { thing("a", { Size = 2 }) })
  end)
end)
