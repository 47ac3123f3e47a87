local World = require "spec.support.world"
local graph = require "engine.graph"
local memory = require "spec.support.memory"
local order = require "engine.graph.order"
local text = require "spec.support.text"
local value = require "engine.value"

local thing, ref = World.thing, World.ref

local function build(resources, outputs)
  for i, resource in ipairs(resources) do resource.source = "recipe.lua:" .. i end
  return graph.build({ stack = "demo", resources = resources, outputs = outputs or {} },
    { schema = function(_, type) return memory.schema(type) end })
end

local function refused(pattern, ...)
  local ok, err = pcall(build, ...)
  assert.is_false(ok)
  assert.matches(pattern, tostring(err))
  return err
end

describe("graph", function()
  it("puts everything after what it depends on, and keeps the order of the recipe otherwise",
    function()
    local g = build { thing("z", { Parent = ref "m" }), thing "b", thing "m",
      thing("a", {}, { depends_on = { "z" } }) }
    assert.are.same({ "m", "z", "b", "a" }, g.order)
    assert.are.same({ z = { "m" }, b = {}, m = {}, a = { "z" } }, g.edges)
  end)

  it("finds what is referred to at any depth, and which attributes", function()
    local g = build({ thing("a", { Tags = { Name = "x-" .. ref("b", "Arn") } }), thing "b",
      thing "c" },
      { { name = "Out", value = { ref "c" } } })
    assert.are.same({ "b" }, g.edges.a)
    assert.are.same({ b = { Arn = true }, c = { Ref = true } }, g.attributes)
  end)

  it("refuses a name that no tag can hold", function()
    build { thing(("n"):rep(256)) }
    local _, err = pcall(build, { thing(("n"):rep(257)) })
    assert.matches("its name has 257 characters", tostring(err.what))
  end)

  it("names the resources and lines of a cycle", function()
    local err = refused("depend on each other", { thing("a", { Parent = ref "c" }),
      thing("b", { Parent = ref "a" }), thing("c", { Parent = ref "b" }), thing "d" })
    assert.matches("a %(recipe.lua:1%) %-> c %(recipe.lua:3%) %-> b %(recipe.lua:2%) %-> a",
      err.what)
  end)

  it("names what depends on itself", function()
    refused("a %(recipe.lua:1%) %-> a", { thing("a", {}, { depends_on = { "a" } }) })
  end)

  it("says what is not declared, with the nearest name", function()
    local err = refused("a %(Memory::Thing%): depends on vcp, which is not declared",
      { thing("a", {}, { depends_on = { "vcp" } }), thing "vpc" })
    assert.are.equal("recipe.lua:1", err.where)
    assert.are.equal("did you mean vpc?", err.next)
  end)

  it("says everything that is wrong at once", function()
    local err = refused("recipe.lua:1: a .*\nrecipe.lua:2: b ", { thing("a", { Sise = 1 }),
      thing("b", { Size = "many" }) })
    assert.are.equal(2, #err.faults)
  end)

  it("refuses a name declared twice, and a type that nobody knows", function()
    refused("declared twice", { thing "a", thing "a" })
    refused("Memory::Nothing is not known", { World.resource("Nothing", "a") })
  end)

  it("takes a chain of any length", function()
    local names, edges = {}, {}
    for i = 1, 50000 do names[i], edges["n" .. i] = "n" .. i, { "n" .. i + 1 } end
    edges.n50000 = nil
    local sorted = order.sort(names, edges)
    assert.are.equal("n50000", sorted[1])
    assert.are.equal("n1", sorted[50000])
  end)

  it("has one digest for one declaration", function()
    local ports = { digest = text.digest, json = text.json }
    local function digest(size, secret)
      return graph.digest(ports, build { thing("a", { Size = size, Parent = ref "b",
        Password = value.secret(secret) }), thing "b" }, "key")
    end
    assert.are.equal(digest(1, "x"), digest(1, "x"))
    assert.are_not.equal(digest(1, "x"), digest(2, "x"))
    assert.are_not.equal(digest(1, "x"), digest(1, "y"))
  end)
end)
