local World = require "spec.support.world"

local thing, ref, resource = World.thing, World.ref, World.resource

local function position(list, what)
  for i, one in ipairs(list) do
    if one == what then return i end
  end
  error("no " .. what .. " in " .. table.concat(list, ", "))
end

describe("apply", function()
  local world
  before_each(function() world = World.new() end)

  describe("replaces", function()
    local function stack(color, slot)
      return { thing("a", { Color = color, Slot = slot }), thing("soft", { Parent = ref "a" }),
        thing("hard", { Base = ref "a" }) }
    end

    it("with the new one first, then who stands on it, the old one last", function()
      world:apply(stack "red")
      world.cloud.log = {}
      world:apply(stack "blue")
      local list = world:made()
      assert.is_true(position(list, "Create a") < position(list, "Set soft"))
      assert.is_true(position(list, "Create a") < position(list, "Create hard"))
      assert.is_true(position(list, "Create hard") < position(list, "Delete hard"))
      assert.are.equal("Delete a", list[#list])
      assert.are.equal(3, #world.cloud:all())
      assert.are.same({}, world:plan(stack "blue"))
    end)

    it("with the old one first where it holds what only one can hold", function()
      local function exclusive(color)
        return { thing("a", { Color = color, Slot = "1" }),
          thing("hard", { Base = ref "a", Slot = "2" }) }
      end
      world:apply(exclusive "red")
      world.cloud.log = {}
      world:apply(exclusive "blue")
      assert.are.same({ "Delete hard", "Delete a", "Create a", "Create hard" }, world:made())
      assert.are.same({}, world:plan(exclusive "blue"))
    end)

    it("and deletes the old one later when that could not be done", function()
      world:apply { thing("a", { Color = "red" }) }
      world:refuse("Delete", "a", "InUse")
      local outcome = world:apply({ thing("a", { Color = "blue" }) }, { fails = true })
      assert.are.equal("failed", outcome.results.a.result)
      world.cloud.refuse = nil
      local changes = world:plan { thing("a", { Color = "blue" }) }
      assert.are.same({ "delete", "a", "thing-1", "it has been replaced" },
        { changes[1].action, changes[1].name, changes[1].identifier, changes[1].because })
      world:apply { thing("a", { Color = "blue" }) }
      assert.are.equal(1, #world.cloud:all())
      assert.are.same({}, world:plan { thing("a", { Color = "blue" }) })
    end)

    it("nothing that need not be replaced after all", function()
      local function named(color)
        return { resource("Named", "n", { Name = "n", Color = color }),
          thing("b", { Base = ref "n" }) }
      end
      world:apply(named "red")
      world.cloud.log = {}
      world:apply(named "blue")
      assert.are.equal("n", world.cloud.objects["Memory::Thing/thing-1"].properties.Base)
      assert.are.same({}, world:plan(named "blue"))
    end)

    it("what has failed, although nothing else is different", function()
      world:apply { thing("a", { Size = 1 }) }
      world.cloud:all()[1].broken = "no room"
      world:apply { thing("a", { Size = 1 }) }
      assert.are.equal("thing-2", world.cloud:all()[1].id)
      assert.are.equal(1, #world.cloud:all())
    end)

    it("and lets go of the old one where that is to be retained", function()
      world:apply { thing("a", { Color = "red" }, { retain = true }) }
      local again = { thing("a", { Color = "blue" }, { retain = true }) }
      assert.are.same({ "a: the one that is replaced stays: thing-1 (retain)" },
        world:plan_of(again).notices)
      world:apply(again)
      assert.are.equal(2, #world.cloud:all())
      assert.are.same({}, world:plan(again))
      assert.is_nil(world.store:load().resources.a.old)
    end)

    it("what changes its type", function()
      world:apply { thing("a", { Size = 1 }), thing("b", { Parent = ref "a" }) }
      world:apply { resource("Token", "a", { Size = 1 }), thing("b", { Parent = ref "a" }) }
      assert.are.equal(2, #world.cloud:all())
      assert.are.same({}, world:plan { resource("Token", "a", { Size = 1 }),
        thing("b", { Parent = ref "a" }) })
    end)
  end)

  it("deletes before it creates what wants the same", function()
    world:apply { thing("old", { Slot = "1" }), thing("on", { Base = ref "old" }) }
    world.cloud.log = {}
    world:apply { thing("new", { Slot = "1" }), thing("on", { Base = ref "new" }) }
    assert.are.same({ "Delete on", "Delete old", "Create new", "Create on" }, world:made())
    assert.are.same({}, world:plan { thing("new", { Slot = "1" }),
      thing("on", { Base = ref "new" }) })
  end)
end)
