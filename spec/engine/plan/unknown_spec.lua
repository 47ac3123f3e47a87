-- A disk that loses the end of a journal that it had called synced: what was made is found by its
-- tags all the same.
local World = require "spec.support.world"

local thing = World.thing

describe("a journal that has lost its end", function()
  local world
  before_each(function() world = World.new() end)

  --- Dies at a call, and then forgets the last records.
  local function killed_and_cut(at, point, records, resources)
    world:kill_at(at, point)
    world:apply_killed(resources)
    for _ = 1, records do table.remove(world.store.records) end
  end

  it("leaves no orphan: what carries the stack's tags is gone on with", function()
    local stack = { thing("a", { Size = 1 }), thing("b", { Base = World.ref "a" }) }
    killed_and_cut(2, "executed", 1, stack)
    local made = world:plan_of(stack)
    assert.are.same({ "b: found by its tags (thing-2), which the journal does not know; going on" },
      made.notices)
    world:apply(stack)
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan(stack))
  end)

  it("leaves no second one beside what is replaced", function()
    world:apply { thing("a", { Color = "red" }) }
    killed_and_cut(1, "executed", 1, { thing("a", { Color = "blue" }) })
    world.store:port(function() end).finish { { ok = true, name = "none", row = false } }
    world:apply { thing("a", { Color = "blue" }) }
    assert.are.equal(1, #world.cloud:all())
    assert.are.equal("blue", world.cloud:all()[1].properties.Color)
    assert.are.same({}, world:plan { thing("a", { Color = "blue" }) })
    assert.are.same({ "Create a", "Create a", "Delete a" }, world:made())
  end)

  it("goes on with what replaces another, which may hold what only one can", function()
    local function stack(color, slot) return { thing("a", { Color = color, Slot = slot }) } end
    world:apply(stack("red", "1"))
    killed_and_cut(1, "executed", 1, stack("blue", "2"))
    world.store:port(function() end).finish { { ok = true, name = "none", row = false } }
    assert.are.same({ "delete a" }, world:planned(stack("blue", "2")))
    world:apply(stack("blue", "2"))
    assert.are.equal(1, #world.cloud:all())
    assert.are.equal("thing-2", world.cloud:all()[1].id)
    assert.are.same({}, world:plan(stack("blue", "2")))
    assert.are.same({ "replace a" }, world:planned(stack("red", "1")))
  end)

  it("destroys what it did not know, too", function()
    world:apply { thing("a", { Size = 1 }) }
    local stack = { thing("a", { Size = 2 }), thing("b", { Size = 1 }) }
    killed_and_cut(2, "executed", 1, stack)
    world:destroy()
    assert.are.equal(0, #world.cloud:all())
  end)

  it("is not looked for after a run that ended", function()
    world:apply { thing("a", { Size = 1 }) }
    local before = #world.cloud.log
    world:plan { thing("a", { Size = 1 }) }
    for i = before + 1, #world.cloud.log do
      assert.are_not.equal("Owned", world.cloud.log[i].call)
    end
  end)
end)
