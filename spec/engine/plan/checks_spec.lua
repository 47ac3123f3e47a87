-- check in a recipe: at once where the value is known, else after what it depends on is made.
local World = require "spec.support.world"

local function recipe(size, limit, more)
  return ([[
local mem = provider "memory"
local a = mem.Thing "a" { Size = %d }
mem.Thing "b" { Parent = a }
check(apply(a.Version, function(v) return v <= %d end), "a is too new")
]]):format(size, limit) .. (more or "")
end

describe("a check of a deferred value", function()
  local world
  before_each(function() world = World.new() end)

  it("is made after what it depends on, and stops what comes later", function()
    local outcome = world:apply(recipe(1, 0), { fails = true })
    assert.is_true(outcome.failed)
    assert.are.equal("check failed: a is too new", outcome.checks[1].what)
    assert.are.equal("recipe.lua:4", outcome.checks[1].where)
    assert.are.equal("done", outcome.results.a.result)
    local made = world.store:load().resources
    assert.is_not_nil(made.a)
  end)

  it("is made by the plan where nothing changes what it depends on", function()
    local outcome = world:apply(recipe(1, 1))
    assert.are.same({}, outcome.checks)
    local plan = world:plan_of(recipe(1, 0))
    assert.are.equal("check failed: a is too new", plan.failed_checks[1].what)
    assert.are.same({}, world:plan_of(recipe(1, 1)).failed_checks)
    -- It changes: what it is now says nothing of what it will be.
    plan = world:plan_of(recipe(2, 0))
    assert.are.same({}, plan.failed_checks)
    assert.are.equal(1, #plan.checks)
    assert.is_true(world:apply(recipe(2, 1), { fails = true }).failed)
  end)

  it("begins nothing more once one does not hold", function()
    local outcome = world:apply([[
      local mem = provider "memory"
      local a = mem.Thing "a" {}
      local b = mem.Thing "b" { Parent = a }
      local c = mem.Thing "c" { Parent = b }
      check(apply(a.Id, function() return false end), "never")]], { fails = true })
    assert.are.equal("skipped", outcome.results.c.result)
    assert.matches("a check does not hold", outcome.results.c.error.what)
  end)

  it("is not made where what it depends on is not looked at, and that is said", function()
    world:apply(recipe(1, 1))
    local plan = world:plan_of(recipe(1, 0, 'mem.Thing "c" {}'), { only = { "c" } })
    assert.are.same({}, plan.failed_checks)
    assert.matches("not checked, since a is not looked at: a is too new",
      table.concat(plan.notices, "\n"))
  end)
end)
