-- Killed at any call that changes something, at any of its three instants: the next plain apply
-- leaves exactly one of everything wanted, nothing else, and an empty plan.
local World = require "spec.support.world"

local POINTS = { "before", "executed", "answered" }

local function thing(...) return World.thing(...) end
local function ref(...) return World.ref(...) end

--- One of every type, in a chain.
local function stack(color, size)
  return {
    thing("net", { Color = color, Size = size, Tags = { Name = "net", Size = tostring(size) } }),
    thing("sub", { Base = ref "net", Slot = "10.0", Policy = "allow " .. size }),
    World.resource("Named", "role", { Name = "role", Color = color, Size = size }),
    World.resource("Token", "end1", { Parent = ref "sub", Size = size, Color = color }),
    World.resource("Pair", "join", { Left = ref "net", Right = ref "sub", Note = "n" .. size }),
    World.resource("Rule", "rule", { Owner = ref "net", Text = "r" .. size }),
    thing("box", { Parent = ref "sub", Base = ref("role", "Arn"), Size = size, Password = "x" },
      { depends_on = { "end1" } }),
  }
end

local function described(world)
  local list = {}
  for _, object in ipairs(world.cloud:all()) do
    local tags = object.properties.Tags or {}
    list[#list + 1] = object.type .. " " .. (tags["mrun:resource"] or object.id)
  end
  table.sort(list)
  return list
end

--- Only what each is, since identifiers differ from run to run.
local function kinds(list)
  local result = {}
  for i, one in ipairs(list) do result[i] = one:gsub("%-%d+", "") end
  return result
end

local function new_world(slow)
  local world = World.new()
  if slow then
    world.cloud.visible_ms, world.cloud.pending_ms, world.cloud.deleting_ms = 1500, 700, 900
  end
  return world
end

--- Brings a world from one stack to another, dying at each point of it in turn.
local function die_everywhere(from, to, slow)
  local calm = new_world(slow)
  if from then calm:apply(from) end
  calm.changes = 0
  if to then calm:apply(to) else calm:destroy() end
  local expected, total = kinds(described(calm)), calm.changes
  assert.is_true(total > 0)
  for n = 1, total do
    for _, point in ipairs(POINTS) do
      local world, label = new_world(slow), ("%s call %d"):format(point, n)
      if from then world:apply(from) end
      world:kill_at(n, point)
      local died = world:apply_killed(to, { destroy = not to })
      assert.is_true(died, label .. ": was not killed")
      local outcome = to and world:apply(to) or world:destroy()
      assert.is_false(outcome.failed, label)
      assert.are.same(expected, kinds(described(world)), label)
      if to then assert.are.same({}, world:plan(to), label) end
      assert.are.same({}, world.store:load().open, label)
    end
  end
  return total
end

describe("a killed apply", function()
  for _, slow in ipairs { false, true } do
    local how = slow and " of a service that answers late" or ""
    it("of a first create goes on" .. how, function()
      die_everywhere(nil, stack("red", 1), slow)
    end)

    it("of updates goes on" .. how, function()
      die_everywhere(stack("red", 1), stack("red", 2), slow)
    end)

    it("of replacements goes on" .. how, function()
      die_everywhere(stack("red", 1), stack("blue", 1), slow)
    end)

    it("of deletes goes on" .. how, function()
      die_everywhere(stack("red", 1), { stack("red", 1)[1] }, slow)
    end)

    it("of a destroy goes on" .. how, function()
      die_everywhere(stack("red", 1), nil, slow)
    end)
  end

  it("goes on when what goes on is killed, too", function()
    for n = 1, 12 do
      for _, point in ipairs(POINTS) do
        local world, label = World.new(), ("%s call %d"):format(point, n)
        world:apply(stack("red", 1))
        world:kill_at(n, point)
        world:apply_killed(stack("blue", 2))
        world:kill_at(n % 3 + 1, "executed")
        world:apply_killed(stack("blue", 2))
        world:apply(stack("blue", 2))
        assert.are.equal(#stack("blue", 2), #world.cloud:all(), label)
        assert.are.same({}, world:plan(stack("blue", 2)), label)
      end
    end
  end)
end)
