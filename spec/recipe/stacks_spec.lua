local support = require "spec.recipe.support"
local value = require "engine.value"

local NETWORK = { VpcId = "vpc-1", Subnets = { "a", "b" } }

local function load(text, overrides)
  local host = support.host({ ["site.lua"] = text }, overrides)
  host.outputs = host.outputs or function(name)
    return name == "network" and value.copy(NETWORK) or nil
  end
  return support.load(host, "site.lua")
end

local function refused(text, overrides)
  local ok, err = pcall(load, text, overrides)
  assert.is_false(ok)
  return ("%s | %s | %s"):format(err.what, tostring(err.where), tostring(err.next))
end

describe("stack", function()
  it("names the stack of the recipe", function()
    assert.are.equal("web", load('stack "web"').stack)
    assert.is_nil(load('local x = 1').stack)
  end)

  it("gives the outputs of another stack as plain values", function()
    local found = load [[
      local network = stack "network"
      output { Id = network.VpcId, Count = #stack("network").Subnets }]]
    assert.are.equal("vpc-1", found.outputs[2].value)
    assert.are.equal(2, found.outputs[1].value)
    assert.is_nil(found.stack)
  end)

  it("does both in one recipe", function()
    local found = load [[
      stack "web"
      output { Id = stack("network").VpcId }]]
    assert.are.equal("web", found.stack)
    assert.are.same({ "network" }, { found.other_stacks[1].name })
  end)

  it("records what it read, and takes it from a saved plan", function()
    local inputs = load('output { Id = stack("network").VpcId }').inputs
    assert.are.same({ ["network.VpcId"] = "vpc-1" }, inputs.stacks)
    local again = load('output { Id = stack("network").VpcId }',
      { recorded = inputs, outputs = function() error "asked" end })
    assert.are.equal("vpc-1", again.outputs[1].value)
  end)

  it("says what is not there", function()
    assert.matches("there is no stack nobody", refused 'local x = stack("nobody").VpcId', 1, true)
    local text = refused 'local x = stack("network").VpcID'
    assert.matches("the stack network has no output VpcID | site.lua:1 | did you mean VpcId?", text,
      1, true)
    assert.matches("is this the stack a or b?", refused 'stack "a"; stack "b"', 1, true)
    assert.matches("cannot be the name of a stack", refused 'stack(7)', 1, true)
    assert.matches("name one of its outputs",
      refused 'output { Id = "x" .. stack "network" }', 1, true)
  end)

  it("gives no secret away", function()
    local sealed = value.sealed({ Key = value.secret "hunter2" }, function() return "d" end, "k")
    local text = refused('local x = stack("network").Key',
      { outputs = function() return sealed end })
    assert.matches("the output Key of the stack network is secret", text, 1, true)
    assert.is_nil(text:find "hunter2")
  end)
end)
