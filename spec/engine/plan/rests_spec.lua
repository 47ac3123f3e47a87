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

  local text = require "spec.support.text"

  --- As a saved plan comes back from its file.
  local function saved_of(resources)
    return text.read(text.written(rests(resources)))
  end

  it("is out of date when a live value has moved, and says which, from what to what", function()
    world:apply { thing("a", { Size = 1, Tags = { Own = "1" } }) }
    local now = { thing("a", { Size = 2, Tags = { Own = "2" } }) }
    local saved = saved_of(now)
    assert.is_nil(plan.moved(saved, world:plan_of(now)))
    world.cloud:all()[1].properties.Size = 5
    local err = plan.moved(saved, world:plan_of(now))
    assert.are.equal("the saved plan is out of date: a.Size was 1, and is 5 now", err.what)
    assert.matches("recipe.lua:1: a", err.where)
    world.cloud:all()[1].properties.Size = 1
    world.cloud:all()[1].properties.Tags.Own = "x"
    assert.matches('a.Tags.Own was "1", and is "x" now',
      plan.moved(saved, world:plan_of(now)).what)
  end)

  it("does not rest on what was never declared", function()
    world:apply { thing("a", { Size = 1 }) }
    local saved = saved_of { thing("a", { Size = 2 }) }
    world.cloud:all()[1].properties.Name = "theirs"
    assert.is_nil(plan.moved(saved, world:plan_of { thing("a", { Size = 2 }) }))
  end)

  it("names each resource that has moved, the first of many", function()
    local function five(size)
      local list = {}
      for i = 1, 5 do list[i] = thing("t" .. i, { Size = size }) end
      return list
    end
    world:apply(five(1))
    local saved = saved_of(five(2))
    for _, object in ipairs(world.cloud:all()) do object.properties.Size = 9 end
    assert.matches("t1.Size was 1, and is 9 now; t2.Size was 1, and is 9 now; "
      .. "t3.Size was 1, and is 9 now; and 2 more", plan.moved(saved, world:plan_of(five(2))).what)
  end)

  it("says what is gone, what needs nothing any more, and what has come to need something",
    function()
      world:apply { thing("a", { Size = 1 }), thing("b", { Size = 1 }), thing("c", { Size = 1 }) }
      local now = { thing("a", { Size = 2 }), thing("b", { Size = 2 }), thing("c", { Size = 1 }) }
      local saved = saved_of(now)
      local objects = world.cloud:all()
      objects[1].gone, objects[2].properties.Size, objects[3].properties.Size = true, 2, 9
      local what = plan.moved(saved, world:plan_of(now)).what
      assert.matches("a is gone now", what)
      assert.matches("c was as declared, and is not now", what)
      assert.matches("nothing is left to do to b", what)
    end)

  it("tells no secret", function()
    local value = require "engine.value"
    local function token(size)
      return { World.resource("Token", "t", { Secret = value.secret "s3cret", Size = size }),
        thing("n", { Name = value.secret "s3cret", Size = size }) }
    end
    world:apply(token(1))
    local saved = saved_of(token(2))
    world.cloud:all()[1].properties.Name = "other"
    local err = plan.moved(saved, world:plan_of(token(2)))
    assert.matches("n.Name was %(secret%), and is %(secret%) now", err.what)
    assert.is_nil(text.written(saved):find("s3cret", 1, true))
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
