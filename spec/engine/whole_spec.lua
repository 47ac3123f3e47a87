-- From the text of a recipe to what is there and back again, through every layer but the network.
local World = require "spec.support.world"

local function stack(color, extra)
  return ([[
    local mem = provider "memory"
    local net = mem.Thing "net" { Color = %q, Tags = { Name = "net" } }
    local role = mem.Named "role" { Name = "role" }
    local boxes = {}
    for i = 1, 3 do
      boxes[i] = mem.Token("box" .. i) { Parent = net, Size = i, Tags = { Arn = "is " .. net.Arn } }
    end
    mem.Pair "join" { Left = net, Right = boxes[1], depends_on = { role } }
    output { Net = net.Id, Text = "of " .. net.Arn }
  ]]):format(color) .. (extra or "")
end

describe("a recipe", function()
  local world
  before_each(function() world = World.new() end)

  it("becomes what it declares, and nothing is to do after that", function()
    local outcome = world:apply(stack "red")
    assert.are.equal(6, #world.cloud:all())
    assert.are.equal("of arn:thing-1", outcome.outputs[2].value)
    assert.are.same({}, world:plan(stack "red"))
  end)

  it("changes with its text: replaced, updated, added, taken away", function()
    world:apply(stack "red")
    local changed = stack("blue", [[ mem.Thing "new" { Parent = boxes[2] } ]])
    local actions = {}
    for _, change in ipairs(world:plan(changed)) do actions[change.name] = change.action end
    assert.are.same({ net = "replace", box1 = "update", box2 = "update", box3 = "update",
      join = "replace", new = "create" }, actions)
    world:apply(changed)
    assert.are.same({}, world:plan(changed))
    world:apply [[ local mem = provider "memory"; mem.Named "role" { Name = "role" } ]]
    assert.are.equal(1, #world.cloud:all())
  end)

  it("is refused with its line when it cannot be", function()
    local ok, err = pcall(world.plan, world, [[
      local mem = provider "memory"
      mem.Thing "a" { Size = "many" }
    ]])
    assert.is_false(ok)
    assert.matches("recipe.lua:2", tostring(err))
    assert.are.equal(0, world:count())
  end)
end)
