-- A new name together with a new resource: one row, the old one gone, wherever that is cut off.
local World = require "spec.support.world"

local thing, ref = World.thing, World.ref
local POINTS <const> = { "before", "executed", "answered" }

--- What stands on something that is deleted first has to be replaced with it.
local function upon(name, order)
  return { [order == "delete_first" and "Base" or "Parent"] = ref(name) }
end

local function before(order, color)
  return { thing("a", { Color = color or "red" }), thing("c", upon("a", order)),
    thing("gone", { Parent = ref "a" }) }
end

--- `a` is `b` now, and another one; `c` stands on it, and `gone` does not any more.
local function after(order, color)
  return { thing("b", { Color = color or "blue" }, { moved_from = "a", replace = order }),
    thing("c", upon("b", order)) }
end

local function tags_of(world)
  local names = {}
  for i, object in ipairs(world.cloud:all()) do
    names[i] = object.properties.Tags["mrun:resource"]
  end
  table.sort(names)
  return names
end

local function assert_done(world, stack, label)
  assert.are.same({ "b", "c" }, tags_of(world), label)
  assert.are.same({}, world:plan(stack), label)
  local state = world.store:load()
  assert.are.same({ nil, {}, nil }, { state.resources.a, state.open, state.resources.b.old }, label)
end

describe("a move with a replacement", function()
  for _, order in ipairs { "create_first", "delete_first" } do
    it("leaves one row, and the next plan is empty: " .. order, function()
      local world, stack = World.new(), after(order)
      world:apply(before(order))
      assert.are.same({ "replace b", (order == "delete_first" and "replace" or "update") .. " c",
        "delete gone" }, world:planned(stack))
      world:apply(stack)
      assert_done(world, stack)
    end)

    it("is gone on with when it was killed at any call: " .. order, function()
      local n, died = 0, true
      while died do
        n = n + 1
        for _, point in ipairs(POINTS) do
          local world, stack, label = World.new(), after(order), ("%s call %d"):format(point, n)
          world:apply(before(order))
          world:kill_at(n, point)
          died = world:apply_killed(stack)
          world:apply(stack)
          assert_done(world, stack, label)
        end
      end
      assert.is_true(n > 3)
    end)

    it("is put back under its new name: " .. order, function()
      local world = World.new()
      world:apply(before(order))
      local outcome = world:apply(after(order))
      assert.are.same({}, outcome.unrecorded)
      local said = world:apply(nil, { back = outcome.before }).plan.notices
      assert.matches("b keeps its name: it was a before", table.concat(said, "\n"))
      local same = after(order, "red")
      same[3] = thing("gone", { Parent = ref "b" })
      assert.are.same({ "b", "c", "gone" }, tags_of(world))
      assert.are.same({}, world:plan(same))
    end)
  end

  it("keeps the old one where it is not deleted yet, and puts that back", function()
    local world, stack = World.new(), after "create_first"
    world:apply(before())
    world:refuse("Delete", "b", "Forbidden")
    local outcome = world:apply(stack, { fails = true })
    world.cloud.refuse = nil
    local row = world.store:load().resources.b
    assert.are.same({ "thing-4", "thing-1" }, { row.identifier, row.old[1].identifier })
    assert.are.same({ "delete b" }, world:planned(stack))
    world:apply(nil, { back = outcome.before })
    assert.are.equal("thing-1", world.store:load().resources.b.identifier)
    world:apply(stack)
    assert_done(world, stack)
  end)

  it("makes anew what is gone, and leaves no row of its former name", function()
    local world, stack = World.new(), after(nil, "red")
    world:apply(before())
    world.cloud.objects["Memory::Thing/thing-1"].gone = true
    world:apply(stack)
    assert_done(world, stack)
  end)

  it("deletes what stood on it first, and what waits to be deleted with it", function()
    local world = World.new()
    world:apply(before())
    world:refuse("Delete", "a", "Forbidden")
    world:apply(before(nil, "green"), { fails = true })
    world.cloud.refuse = nil
    assert.is_truthy(world.store:load().resources.a.old)
    local stack = { after("delete_first")[1] }
    world:apply(stack)
    assert.are.same({ "b" }, tags_of(world))
    assert.are.same({}, world:plan(stack))
  end)

  it("writes its tags where the move is all that is left of it", function()
    local world = World.new()
    world:apply(before())
    world:refuse("Create", "b", "Forbidden")
    world:apply(after "create_first", { fails = true })
    world.cloud.refuse = nil
    local same = after(nil, "red")
    world:apply(same)
    assert_done(world, same)
    assert.are.equal("thing-1", world.store:load().resources.b.identifier)
  end)

  it("is told as a move of the row", function()
    local world, told = World.new(), nil
    world:apply(before())
    local finish = world.ports.journal.finish
    world.ports.journal.finish = function(results)
      told = told or results
      finish(results)
    end
    world:apply(after())
    assert.are.same({ "b", "a", "a", false }, { told[1].name, told[1].moved, told[#told].name,
      told[#told].row })
  end)
end)
