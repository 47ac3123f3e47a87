local failure = require "engine.failure"
local network = require "spec.support.network"
local reader = require "engine.reader"
local tasks = require "engine.tasks"

local PLACE = { key = "memory/here" }

--- A provider whose reads take one request and are recorded.
local function provider(reads)
  return {
    read = function(type, place, identifiers, wanted)
      reads[#reads + 1] = { type = type, place = place.key, identifiers = identifiers,
        wanted = wanted }
      coroutine.yield { http = {} }
      if type == "broken" then failure.raise { what = "cannot read" } end
      local have, states = {}, {}
      for _, identifier in ipairs(identifiers) do
        have[identifier] = identifier ~= "gone" and { Id = identifier }
        if identifier == "bad" then
          states[identifier] = { error = failure.new { what = "bad one" } }
        end
        if identifier == "slow" then states[identifier] = { pending = "starting" } end
      end
      return have, states
    end,
  }
end

local function ref(identifier, type, place)
  return { provider = "memory", type = type or "thing", place = place or PLACE,
    identifier = identifier }
end

describe("reader", function()
  local reads, ports, r
  before_each(function()
    reads = {}
    ports = network.new(function() return { status = 200 } end)
    r = reader.new(ports, { memory = provider(reads) })
  end)

  local function read_all(refs, wanted)
    return tasks.run(ports, function()
      local functions = {}
      for i, one in ipairs(refs) do
        functions[i] = function() return { r:read(one, wanted and wanted[i]) } end
      end
      return tasks.all(functions)
    end)
  end

  it("reads what is wanted in one turn with one call", function()
    local got = read_all { ref "a", ref "b", ref "gone" }
    assert.are.equal(1, #reads)
    assert.are.same({ { { Id = "a" } }, { { Id = "b" } }, { false } }, got)
  end)

  it("reads each type and place by itself", function()
    read_all { ref "a", ref("b", "other"), ref("c", "thing", { key = "memory/there" }) }
    assert.are.equal(3, #reads)
  end)

  it("asks once for what several want, and for all that they want", function()
    read_all({ ref "a", ref "a", ref "b", ref "b" },
      { { X = true }, { Y = true }, { X = true }, nil })
    assert.are.same({ "a", "b" }, reads[1].identifiers)
    assert.are.same({ a = { X = true, Y = true } }, reads[1].wanted)
  end)

  it("gathers what is wanted during a call for the next one", function()
    tasks.run(ports, function()
      tasks.all {
        function() r:read(ref "a") end,
        function() tasks.sleep_until(ports.time + 2); r:read(ref "b") end,
        function() tasks.sleep_until(ports.time + 5); r:read(ref "c") end,
      }
    end)
    assert.are.equal(2, #reads)
    assert.are.same({ "b", "c" }, reads[2].identifiers)
  end)

  it("hands on states", function()
    assert.are.same({ { { Id = "slow" }, { pending = "starting" } } }, read_all { ref "slow" })
  end)

  it("fails one identifier without the others", function()
    local results = tasks.run(ports, function()
      return tasks.all {
        function() return (r:read(ref "a")) end,
        function() return select(2, tasks.try(function() return r:read(ref "bad") end)) end,
      }
    end)
    assert.are.equal("a", results[1].Id)
    assert.are.equal("bad one", results[2].what)
  end)

  it("fails all of a call that fails, and goes on after it", function()
    tasks.run(ports, function()
      for _ = 1, 2 do
        local ok, err = tasks.try(function() return r:read(ref("a", "broken")) end)
        assert.is_false(ok)
        assert.are.equal("cannot read", err.what)
      end
      assert.are.equal("a", r:read(ref "a").Id)
    end)
  end)

  it("says which provider there is none of, to all who want something of it", function()
    r = reader.new(ports, setmetatable({}, { __index = function(_, name)
      failure.raise { what = "no provider " .. name }
    end }))
    local ok, err = pcall(read_all, { ref "a", ref "b" })
    assert.is_false(ok)
    assert.are.equal("no provider memory", err.what)
  end)
end)
