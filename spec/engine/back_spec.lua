-- Taking back what an apply did, from the rows as they were before it.
local World = require "spec.support.world"
local changes = require "spec.support.changes"
local value = require "engine.value"

local thing, ref, resource = World.thing, World.ref, World.resource

local function lines(plan) return changes.lines(plan.changes) end

--- What is in the cloud, by its name: the properties that a user would have declared.
local function cloud_of(world)
  local found = {}
  for _, object in ipairs(world.cloud:all()) do
    local name = (object.properties.Tags or {})["mrun:resource"] or object.id
    local copy = {}
    for key, v in pairs(object.properties) do
      if key ~= "Tags" and key ~= "Version" then copy[key] = v end
    end
    found[name] = copy
  end
  return found
end

describe("the way back", function()
  local world
  before_each(function() world = World.new() end)

  local first = { thing("a", { Size = 1, Tags = { Own = "1" } }), thing("b", { Parent = ref "a" }),
    thing("same", { Size = 7 }) }

  it("deletes what was created, and puts back what was updated", function()
    world:apply(first)
    local before = cloud_of(world)
    local outcome = world:apply { thing("a", { Size = 2, Words = { "x" }, Tags = { Own = "2" } }),
      thing("b", { Parent = ref "c" }), thing("same", { Size = 7 }), thing("c", { Size = 3 }) }
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "update a", "update b", "delete c" }, lines(plan))
    world:apply(nil, { back = outcome.before })
    before.a.Words = value.list {} -- it was not declared, and nothing of it is left
    assert.are.same(before, cloud_of(world))
    assert.are.same({}, world:plan(first))
  end)

  it("is nothing where nothing was done", function()
    world:apply(first)
    assert.are.same({}, lines(world:plan_of(nil, { back = world:apply(first).before })))
  end)

  it("creates what was deleted anew, says so, and refers to the new one", function()
    world:apply(first)
    local outcome = world:apply { thing("same", { Size = 7 }) }
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "create a", "create b" }, lines(plan))
    assert.matches("a comes back as a new one: thing%-1 is gone, with what it held",
      table.concat(plan.notices, "\n"))
    world:apply(nil, { back = outcome.before })
    local now = cloud_of(world)
    assert.are.equal(now.a.Id, now.b.Parent)
    assert.are.same({}, world:plan(first))
  end)

  it("takes back a destroy, as a new stack", function()
    world:apply(first)
    local outcome = world:destroy()
    world:apply(nil, { back = outcome.before })
    assert.are.same({}, world:plan(first))
  end)

  it("takes back a replacement: the old one where it is there still", function()
    local function colored(color)
      return { thing("a", { Color = color }), thing("b", { Parent = ref "a" }) }
    end
    world:apply(colored "red")
    local old = world.store:load().resources.a.identifier
    world:refuse("Delete", "a", "Forbidden")
    local outcome = world:apply(colored "blue", { fails = true })
    world.cloud.refuse = nil
    assert.are.equal(2, #value.keys(world.store:load().resources))
    world:apply(nil, { back = outcome.before })
    assert.are.equal(old, world.store:load().resources.a.identifier)
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan(colored "red"))
  end)

  it("takes back a replacement whose old one is gone with another new one", function()
    world:apply { thing("a", { Color = "red" }), thing("b", { Parent = ref "a" }) }
    local outcome = world:apply { thing("a", { Color = "blue" }), thing("b", { Parent = ref "a" }) }
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "replace a", "update b" }, lines(plan))
    assert.matches("a comes back as a new one", table.concat(plan.notices, "\n"))
    world:apply(nil, { back = outcome.before })
    assert.are.same({}, world:plan { thing("a", { Color = "red" }), thing("b",
      { Parent = ref "a" }) })
  end)

  it("leaves secrets as they are now, and says so", function()
    world:apply { resource("Token", "t", { Secret = value.secret "one", Size = 1 }) }
    local outcome = world:apply { resource("Token", "t", { Secret = value.secret "two",
      Size = 2 }) }
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "update t" }, lines(plan))
    assert.are.equal(1, #plan.changes[1].properties)
    assert.matches("t: Secret cannot be taken back", table.concat(plan.notices, "\n"))
    world:apply(nil, { back = outcome.before })
    assert.are.equal("two", world.cloud:all()[1].properties.Secret)
  end)

  it("leaves out what cannot be made anew without its secret, and what refers to it", function()
    local safe = resource("Safe", "safe", { Secret = "one", Size = 1 })
    world:apply { safe, thing("on", { Parent = ref "safe" }), thing("far", { Parent = ref "on" }),
      thing("up", { Parent = ref "safe" }), thing "own" }
    local outcome = world:apply { thing("up", { Parent = "none" }) }
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "create own" }, lines(plan))
    local told = table.concat(plan.notices, "\n")
    assert.matches("safe is not taken back: a new one needs its Secret, a secret, of which only a "
      .. "digest is kept: mrun apply with the recipe makes it", told, 1, true)
    assert.matches("on is not taken back: its Parent is of safe", told, 1, true)
    assert.matches("far is not taken back: its Parent is of on", told, 1, true)
    assert.matches("up is not taken back: its Parent is of safe", told, 1, true)
    assert.is_nil(told:find "safe: Secret cannot" or told:find "safe comes back")
    world:apply(nil, { back = outcome.before })
    assert.are.same({ "own", "up" }, value.keys(cloud_of(world)))
    assert.are.same({ "create safe", "create on", "create far", "update up" }, world:planned {
      safe, thing("on", { Parent = ref "safe" }), thing("far", { Parent = ref "on" }),
      thing("up", { Parent = ref "safe" }), thing "own" })
  end)

  it("leaves as it is what would be replaced and cannot, and updates it where it can", function()
    local function safe(size, color)
      return { resource("Safe", "safe", { Secret = "one", Size = size, Color = color }),
        thing("on", { Parent = ref "safe" }) }
    end
    world:apply(safe(1, "red"))
    local outcome = world:apply(safe(2, "blue"))
    assert.are.same({}, lines(world:plan_of(nil, { back = outcome.before })))
    world:apply(nil, { back = outcome.before })
    assert.are.same({}, world:plan(safe(2, "blue")))
    outcome = world:apply(safe(3, "blue"))
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "update safe" }, lines(plan))
    assert.matches("safe: Secret cannot be taken back", table.concat(plan.notices, "\n"))
    world:apply(nil, { back = outcome.before })
    assert.are.same({ 2, "one" }, { cloud_of(world).safe.Size, cloud_of(world).safe.Secret })
  end)

  it("does not take back what was taken over, moved or forgotten", function()
    world:apply { thing("a", { Size = 1 }), thing("f", {}) }
    local outcome = world:apply({ thing("b", { Size = 2 }, { moved_from = "a" }), thing("f", {}) })
    assert.are.same({}, outcome.before)
    assert.are.same({ "b" }, outcome.unrecorded)
    outcome = world:apply(nil, { forget = { "f" } })
    assert.are.same({}, outcome.before)
    assert.are.same({ "f" }, outcome.unrecorded)
  end)

  it("takes away what was made with a protection or to be retained, when rolling back", function()
    local outcome = world:apply { thing("p", {}, { protect = true }), thing("r", {},
      { retain = true }) }
    assert.is_false(pcall(world.plan_of, world, nil, { back = outcome.before }))
    world:apply(nil, { back = outcome.before, rolling = true })
    assert.are.same({}, world.cloud:all())
  end)

  it("sends nothing again that it would only have to delete", function()
    for _, done in ipairs { true, false } do
      local one = World.new()
      one.cloud.refuse = function(request)
        if request.call ~= "Create" then return nil end
        if done then one.cloud:perform(request) end
        return { failure = World.failure.new { what = "connection reset", code = "ECONNRESET" } }
      end
      local outcome = one:apply({ thing "z" }, { fails = true })
      one.cloud.refuse = nil
      assert.are.equal(1, #one.store:load().open)
      one:apply(nil, { back = outcome.before, rolling = true })
      assert.are.same({}, one.cloud:all())
      assert.are.equal(1, one:count "Create")
      assert.are.same({}, one.store:load().open)
    end
  end)

  it("is gone on with when it was killed at any call", function()
    for n = 1, 4 do
      for _, point in ipairs { "before", "executed", "answered" } do
        local one = World.new()
        one:apply(first)
        local before = cloud_of(one)
        local outcome = one:apply { thing("a", { Size = 2, Tags = { Own = "1" } }), thing("b",
          { Parent = ref "c" }), thing("same", { Size = 7 }), thing("c", { Size = 3 }) }
        one:kill_at(n, point)
        if one:apply_killed(nil, { back = outcome.before }) then
          for _, intent in ipairs(one.store:load().open) do assert.is_true(intent.back) end
          one:apply(nil, { back = outcome.before })
        end
        assert.are.same(before, cloud_of(one))
        assert.are.same({}, one:plan(first))
      end
    end
  end)

  it("goes back from an apply that failed half-way", function()
    world:apply(first)
    local before = cloud_of(world)
    world:refuse("Create", "z", "Forbidden")
    local outcome = world:apply({ thing("a", { Size = 2, Tags = { Own = "1" } }),
      thing("b", { Parent = ref "a" }), thing("same", { Size = 8 }), thing "y",
      thing("z", { Parent = ref "y" }) }, { fails = true })
    world.cloud.refuse = nil
    world:apply(nil, { back = outcome.before, rolling = true })
    assert.are.same(before, cloud_of(world))
    assert.are.same({}, world:plan(first))
  end)
end)

describe("the way back of what was taken over", function()
  local world
  -- Somebody else's thing, as it is without tags of ours.
  before_each(function()
    world = World.new()
    World.new { stack = "other", cloud = world.cloud, seed = 900 }:apply {
      thing("x", { Size = 1, Color = "red", Tags = { Own = "1" } }) }
    for _, object in ipairs(world.cloud:all()) do object.properties.Tags = { Own = "1" } end
  end)

  local function stack(size, ...)
    return { thing("a", { Size = size, Words = { "w" }, Color = "red" },
      { identifier = "thing-1" }), ... }
  end

  local function untouched()
    local object = world.cloud.objects["Memory::Thing/thing-1"]
    assert.is_nil(object.gone or object.deleting)
    assert.are.same({ Own = "1" }, object.properties.Tags)
    return object.properties
  end

  it("puts it back as it was, and lets it go", function()
    local outcome = world:apply(stack(2, thing("b", { Parent = ref "a" })))
    local plan = world:plan_of(nil, { back = outcome.before })
    assert.are.same({ "update a", "delete b", "forget a" }, lines(plan))
    assert.are.equal(1, plan.totals.forget)
    assert.are.equal("it was taken over: it stays, and is nobody's again",
      plan.changes[3].because)
    local undone = world:apply(nil, { back = outcome.before })
    assert.are.equal(1, untouched().Size)
    assert.are.equal(1, #world.cloud:all())
    assert.are.same({}, world.store:load().resources)
    assert.is_nil(undone.before.a)
    assert.are.same({ "a" }, undone.unrecorded)
  end)

  it("only lets it go where nothing was changed", function()
    local same = { thing("a", { Size = 1, Color = "red" }, { identifier = "thing-1" }) }
    local outcome = world:apply(same)
    assert.are.same({ "forget a" }, lines(world:plan_of(nil, { back = outcome.before })))
    world:apply(nil, { back = outcome.before })
    untouched()
    assert.are.same({ "adopt a" }, lines(world:plan_of(same)))
  end)

  it("does not make anew what is gone since", function()
    local outcome = world:apply(stack(2))
    world.cloud.objects["Memory::Thing/thing-1"].gone = true
    assert.are.same({ "forget a" }, lines(world:plan_of(nil, { back = outcome.before })))
    world:apply(nil, { back = outcome.before })
    assert.are.same({}, world.cloud:all())
    assert.are.same({}, world.store:load().resources)
  end)

  it("deletes nothing of it in a rollback, wherever it has failed", function()
    world:refuse("Set", "a", "Forbidden")
    local outcome = world:apply(stack(2), { fails = true })
    world.cloud.refuse = nil
    world:apply(nil, { back = outcome.before, rolling = true })
    assert.are.equal(1, untouched().Size)
    world:refuse("Create", "b", "Forbidden")
    outcome = world:apply(stack(2, thing("b", { Parent = ref "a" })), { fails = true })
    world.cloud.refuse = nil
    world:apply(nil, { back = outcome.before, rolling = true })
    assert.are.equal(1, untouched().Size)
    assert.are.same({}, world.store:load().resources)
  end)

  it("does not take what an earlier run of ours has made for taken over", function()
    local named = { resource("Named", "n", { Name = "n" }) }
    world:apply(named)
    world.store.base = require "spec.support.text".written { resources = {}, open = {} }
    world.store.records = {}
    local outcome = world:apply(named)
    assert.are.same({ "n" }, outcome.unrecorded)
    assert.are.same({}, lines(world:plan_of(nil, { back = outcome.before })))
  end)
end)
