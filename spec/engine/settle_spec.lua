local World = require "spec.support.world"
local value = require "engine.value"

local thing, resource = World.thing, World.resource

describe("settling", function()
  local world
  before_each(function() world = World.new() end)

  it("leaves open what nobody has answered, and settles it with the same op id", function()
    world:kill_at(1, "executed")
    world:apply_killed { thing("a", { Size = 1 }) }
    local op = world.store:load().open[1].op
    world:apply { thing("a", { Size = 1 }) }
    assert.are.equal(1, #world.cloud:all())
    assert.are.equal(op, world.cloud:all()[1].properties.Tags["mrun:op"])
  end)

  it("sends an intent again with the same op id and the same parameters", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Token", "t", { Size = 1, Tags = { Name = "x" } }) }
    local intent = world.store:load().open[1]
    world:apply { resource("Token", "t", { Size = 2, Tags = { Name = "x" } }) }
    local sent = {}
    for _, request in ipairs(world.cloud.log) do
      if request.call == "Create" then sent[#sent + 1] = request end
    end
    assert.are.equal(1, #sent)
    assert.are.equal(intent.op, sent[1].token)
    assert.are.equal(1, sent[1].properties.Size)
    assert.are.same({}, world:plan { resource("Token", "t", { Size = 2, Tags = { Name = "x" } }) })
  end)

  it("takes secrets for that from the recipe, since the journal has none", function()
    local stack = { resource("Token", "t", { Secret = value.secret "hush" }) }
    world:kill_at(1, "before")
    world:apply_killed(stack)
    for _, line in ipairs(world.store.records) do assert.is_nil(line:find("hush", 1, true)) end
    world:apply(stack)
    assert.are.equal("hush", world.cloud:all()[1].properties.Secret)
    assert.are.equal(1, #world.cloud:all())
  end)

  it("leaves open a create whose answer was lost, and finds what it has made", function()
    world:refuse("Create", "a", "cut")
    local outcome = world:apply({ thing("a", { Size = 1 }) }, { fails = true })
    assert.are.equal("failed", outcome.results.a.result)
    assert.are.equal(1, #world.store:load().open)
    world.cloud.refuse = nil
    world:apply { thing("a", { Size = 1 }) }
    assert.are.equal(1, #world.cloud:all())
    assert.are.same({}, world.store:load().open)
  end)

  it("does not take a name that somebody else has taken since", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Named", "role", { Name = "role" }) }
    world.cloud:perform { call = "Create", type = "Memory::Named", properties = { Name = "role" } }
    local ok, err = pcall(world.apply, world, { resource("Named", "role", { Name = "role" }) })
    assert.is_false(ok)
    assert.matches('identifier = "role"', tostring(err))
    assert.are.same({}, world.store:load().open)
  end)

  it("closes an intent that is refused when it is sent again", function()
    world:kill_at(1, "before")
    world:apply_killed { resource("Token", "t", { Size = 1 }) }
    world:refuse("Create", "t", "Invalid")
    world:apply({ resource("Token", "t", { Size = 1 }) }, { fails = true })
    world.cloud.refuse = nil
    assert.are.same({}, world.store:load().open)
    world:apply { resource("Token", "t", { Size = 1 }) }
    assert.are.equal(1, #world.cloud:all())
  end)

  it("leaves an update to the next difference, and forgets nothing that it may have applied",
    function()
    world:apply { thing("a", { Size = 1, Tags = { Old = "1" } }) }
    world:kill_at(1, "executed")
    world:apply_killed { thing("a", { Size = 2, Tags = { Old = "1", New = "2" } }) }
    world:apply { thing("a", { Size = 1, Tags = {} }) }
    assert.are.equal(1, world.cloud:all()[1].properties.Size)
    assert.is_nil(world.cloud:all()[1].properties.Tags.New)
    assert.is_nil(world.cloud:all()[1].properties.Tags.Old)
  end)

  it("leaves open an update whose answer was lost", function()
    world:apply { thing("a", { Size = 1 }) }
    world:refuse("Set", "a", "cut")
    world:apply({ thing("a", { Size = 2 }) }, { fails = true })
    assert.are.equal("update", world.store:load().open[1].action)
    world.cloud.refuse = nil
    world:apply { thing("a", { Size = 2 }) }
    assert.are.same({}, world.store:load().open)
    assert.are.same({}, world:plan { thing("a", { Size = 2 }) })
  end)

  it("lets the provider end an update that was cut off, where it is still wanted", function()
    local memory, resumed = require "spec.support.memory", {}
    memory.resume = function(intent) resumed[#resumed + 1] = intent end
    world:apply { thing("a", { Size = 1 }) }
    world:kill_at(1, "executed")
    world:apply_killed { thing("a", { Size = 2 }) }
    world:plan { thing("a", { Size = 2 }) }
    assert.are.equal(0, #resumed)
    world:apply { thing("a", { Size = 2 }) }
    memory.resume = nil
    assert.are.equal("thing-1", resumed[1].identifier)
    assert.are.same({ "Size" }, resumed[1].changed)
    assert.are.equal(1, resumed[1].have.Size)
  end)

  it("sees a delete that was done, and tells each in a line", function()
    world:apply { thing "a", thing "b" }
    world:kill_at(1, "executed")
    world:apply_killed { thing "b" }
    local made = world:plan_of { thing "b" }
    assert.are.same({ "a: deleted (thing-1) by the run that was interrupted" }, made.notices)
    assert.are.same({}, made.changes)
    world:apply { thing "b" }
    assert.is_nil(world.store:load().resources.a)
  end)
end)
