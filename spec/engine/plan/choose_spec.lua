-- --only, --except and --replace: what a plan is about, what it pulls in, and what it says of the
-- rest.
local World = require "spec.support.world"
local changes = require "spec.support.changes"

local thing, ref = World.thing, World.ref

local function lines(plan) return changes.lines(plan.changes) end

local function said(plan, text)
  for _, notice in ipairs(plan.notices) do
    if notice:find(text, 1, true) then return true end
  end
  return false
end

--- net <- web/a <- web/b, and db by itself.
local function stack(size)
  return { thing("net", { Size = size }), thing("web/a", { Parent = ref "net", Size = size }),
    thing("web/b", { Parent = ref "web/a", Size = size }), thing("db", { Size = size }) }
end

describe("--only", function()
  local world
  before_each(function() world = World.new() end)

  it("is about what it names and what that needs, and says what it has not looked at", function()
    world:apply(stack(1))
    world.cloud.log = {}
    local plan = world:plan_of(stack(2), { only = { "web/a" } })
    assert.are.same({ "update net", "update web/a" }, lines(plan))
    assert.are.same({ "db", "web/b" }, plan.unseen)
    assert.is_true(said(plan, "taken along, because what is chosen needs them or stands on them: "
      .. "net"))
    assert.is_true(said(plan, "not looked at, so nothing is known of them: db, web/b"))
    for _, request in ipairs(world.cloud.log) do
      if request.call == "Read" then assert.are.equal(2, #request.ids) end
    end
  end)

  it("does just that, and the rest is for the next plan", function()
    world:apply(stack(1))
    world:apply(stack(2), { only = { "web/a" } })
    assert.are.same({ "update web/b", "update db" }, lines(world:plan_of(stack(2))))
  end)

  it("takes globs that stay within a scope, and ** that does not", function()
    local nested = { thing "web/x/y", thing "web/a", thing "webb" }
    assert.are.same({ "create web/a" }, lines(world:plan_of(nested, { only = { "web/*" } })))
    assert.are.same({ "create web/x/y", "create web/a" },
      lines(world:plan_of(nested, { only = { "web/**" } })))
    assert.are.same({ "create webb" }, lines(world:plan_of(nested, { only = { "web?" } })))
    assert.are.same({}, lines(world:plan_of({ thing "a.b", thing "axb" },
      { only = { "a.b" }, except = { "a.b" } })))
  end)

  it("refuses a glob that nothing answers to, with the nearest name", function()
    local ok, err = pcall(world.plan_of, world, stack(1), { only = { "web/z" } })
    assert.is_false(ok)
    assert.are.equal("usage", err.kind)
    assert.matches("did you mean web/[ab]", err.next)
  end)

  it("deletes with what stands on it", function()
    world:apply(stack(1))
    local plan = world:plan_of(nil, { destroy = true, only = { "web/a" } })
    assert.are.same({ "delete web/b", "delete web/a" }, lines(plan))
    assert.are.same({ "db", "net" }, plan.unseen)
    world:destroy { only = { "web/a" } }
    assert.are.same({ "db", "net" }, require "engine.value".keys(world.store:load().resources))
  end)

  it("takes along who stands on something that is replaced, and says so", function()
    local function based(color)
      return { thing("a", { Color = color }), thing("b", { Parent = ref "a" }), thing "c" }
    end
    world:apply(based "red")
    local plan = world:plan_of(based "blue", { only = { "a" } })
    assert.are.same({ "replace a", "update b" }, lines(plan))
    assert.is_true(said(plan, "taken along"))
    world:apply(based "blue", { only = { "a" } })
    assert.are.same({}, world:plan(based "blue"))
  end)

  it("takes along the declared one that still stands on what has left", function()
    world:apply { thing "old", thing("user", { Parent = ref "old" }), thing "other" }
    local now = { thing("user", { Parent = "else" }), thing("other", { Size = 1 }) }
    assert.are.same({ "update user", "delete old" },
      lines(world:plan_of(now, { only = { "old" } })))
  end)

  it("takes along what holds a thing that only one can have", function()
    world:apply { thing("old", { Slot = "1" }), thing "else" }
    local now = { thing("new", { Slot = "1" }) }
    assert.are.same({ "create new", "delete old" },
      lines(world:plan_of(now, { only = { "new" } })))
  end)
end)

describe("--except", function()
  local world
  before_each(function()
    world = World.new()
    world:apply(stack(1))
  end)

  it("leaves out what it names and what needs that, and says so", function()
    local plan = world:plan_of(stack(2), { except = { "web/a" } })
    assert.are.same({ "update net", "update db" }, lines(plan))
    assert.are.same({ "web/a", "web/b" }, plan.unseen)
    assert.is_true(said(plan, "left out with what is excepted, because they go together: web/b"))
  end)

  it("keeps what something kept stands on", function()
    local plan = world:plan_of(nil, { destroy = true, except = { "web/a" } })
    assert.are.same({ "delete web/b", "delete db" }, lines(plan))
  end)

  it("stops where something is replaced that what is left out stands on", function()
    world:apply { thing("a", { Color = "red" }), thing("b", { Parent = ref "a" }) }
    -- The recipe does not say it any more; what was applied does.
    local now = { thing("a", { Color = "blue" }), thing "b" }
    local ok, err = pcall(world.plan_of, world, now, { except = { "b" } })
    assert.is_false(ok)
    assert.matches("a would be replaced, and b, which is left out, stands on it", err.what)
  end)
end)

describe("--replace", function()
  it("replaces what it names although nothing differs, once", function()
    local world = World.new()
    local recipe = { thing("a", { Size = 1 }), thing("b", { Parent = ref "a" }) }
    world:apply(recipe)
    local before = world.store:load().resources.a.identifier
    local plan = world:plan_of(recipe, { replace = { "a" } })
    assert.are.same({ "replace a", "update b" }, lines(plan))
    assert.are.equal("--replace asks for it", plan.changes[1].because)
    world:apply(recipe, { replace = { "a" } })
    assert.are_not.equal(before, world.store:load().resources.a.identifier)
    assert.are.equal(2, #world.cloud:all())
    assert.are.same({}, world:plan(recipe))
  end)

  it("refuses what is not chosen", function()
    local world = World.new()
    local ok, err = pcall(world.plan_of, world, { thing "a", thing "b" },
      { replace = { "a" }, only = { "b" } })
    assert.is_false(ok)
    assert.matches("not among what is chosen", err.what)
  end)

  it("refuses a name that nothing has, and what is protected", function()
    local world = World.new()
    local recipe = { thing("a", {}, { protect = true }) }
    world:apply(recipe)
    local ok, err = pcall(world.plan_of, world, recipe, { replace = { "z" } })
    assert.is_false(ok)
    assert.are.equal("usage", err.kind)
    ok, err = pcall(world.plan_of, world, recipe, { replace = { "a" } })
    assert.is_false(ok)
    assert.matches("protected", err.what)
  end)
end)
