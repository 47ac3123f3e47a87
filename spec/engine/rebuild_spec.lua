local World = require "spec.support.world"
local rebuild = require "engine.rebuild"
local tasks = require "engine.tasks"
local value = require "engine.value"

local resource, thing, ref = World.resource, World.thing, World.ref

local function rows_of(world, state)
  return tasks.run(world.ports, function()
    return rebuild.rows(world.ports, { state = state, providers = world.providers,
      stack = world.store.stack, places = { require("spec.support.memory").place {} } })
  end)
end

local function gone(world, row)
  world.cloud.objects[row.type .. "/" .. row.identifier].gone = true
end

local function forgotten(world)
  local state = world.store:load()
  return { stack = state.stack, id = state.id, key = state.key, resources = {}, open = {} }
end

local function lose(world)
  world.store.base = require "spec.support.text".written { resources = {}, open = {} }
  world.store.records, world.store.lost = {}, true
end

describe("a rebuild", function()
  local world
  local stack = { thing("a", { Size = 1 }), resource("Named", "n", { Name = "n",
    Parent = ref "a" }), resource("Pair", "p", { Left = ref "a", Right = "r" }) }

  before_each(function()
    world = World.new()
    world:apply(stack)
  end)

  it("finds by the tags what is there, with its properties and on what it stands", function()
    local rows = rows_of(world, forgotten(world))
    assert.are.equal(world.store:load().resources.a.identifier, rows.a.identifier)
    assert.are.equal(1, rows.a.attributes.Size)
    assert.are.same({ "a" }, value.copy(rows.n.depends))
    assert.are.same({}, value.copy(rows.a.depends))
  end)

  it("leaves out what is gone although its tags are still told of", function()
    world.cloud.tags_outlive = true
    gone(world, rows_of(world, forgotten(world)).n)
    assert.is_nil(rows_of(world, forgotten(world)).n)
  end)

  it("keeps what the state remembers of the same, and what cannot carry tags", function()
    local state = world.store:load()
    local rows = rows_of(world, state)
    assert.are.same(value.copy(state.resources.a.last), value.copy(rows.a.last))
    assert.are.equal(state.resources.p.identifier, rows.p.identifier)
    gone(world, state.resources.p)
    assert.is_nil(rows_of(world, world.store:load()).p)
  end)

  it("takes nothing of another stack of the same name", function()
    local other = World.new { id = "0ther", cloud = world.cloud }
    other:apply({ thing "x" }, { new = true })
    assert.is_nil(rows_of(world, forgotten(world)).x)
  end)

  it("of a stack that nobody knows lists the strangers and stops", function()
    local state = forgotten(world)
    state.id, state.fresh = "beef", true
    local ok, err = pcall(rows_of, world, state)
    assert.is_false(ok)
    assert.matches("state rebuild %-%-stack demo %-%-stack%-id", tostring(err))
  end)

  it("keeps what the journal knows of several under one name as the one that is wanted", function()
    local known = world.store:load().resources.a
    local other = World.new { cloud = world.cloud, seed = 500 }
    other:apply({ thing("a", { Size = 9 }) }, { new = true })
    local state = forgotten(world)
    state.resources.a = known
    local row = rows_of(world, state).a
    assert.are.equal(known.identifier, row.identifier)
    assert.are.equal(1, #row.old)
    assert.are_not.equal(known.identifier, row.old[1].identifier)
  end)
end)

describe("of a state that is lost, without a recipe,", function()
  local world
  local places = { require "spec.support.memory".place {} }
  local stack = { thing("a", { Size = 1 }), thing("b", { Base = ref "a" }),
    thing("c", { Parent = ref("b", "Arn") }), resource("Named", "n", { Name = "n",
      Parent = ref "c" }) }

  before_each(function()
    world = World.new()
    world:apply(stack)
    lose(world)
  end)

  it("everything is deleted before what it stands on", function()
    local deleted = {}
    for i, change in ipairs(world:plan(nil, { destroy = true, places = places })) do
      deleted[i] = change.name
    end
    assert.are.same({ "n", "c", "b", "a" }, deleted)
    world:destroy { places = places }
    assert.are.same({}, world.cloud:all())
    assert.are.equal(4, world:count "Delete")
  end)

  it("nothing is forgotten but what is named", function()
    world:apply(nil, { forget = { "n" }, places = places })
    assert.are.same({ "a", "b", "c" }, value.keys(world.store:load().resources))
    assert.are.equal(4, #world.cloud:all())
  end)

  it("a drift says that nobody knows what was applied", function()
    local made = world:plan_of(nil, { drift = true, places = places })
    assert.matches("not known any more.*: a, b, c, n", made.notices[2])
    world:apply(nil, { forget = { "n" }, places = places }) -- is rebuilt from here on
    made = world:plan_of(nil, { drift = true })
    assert.matches("not known any more.*: a, b, c", made.notices[1])
  end)
end)
