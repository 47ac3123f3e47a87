-- The state in a bucket under a machine that dies, or is cut off, at every call that it makes; the
-- next machine waits for the lock to end and goes on.
local bucket = require "spec.state.bucket"
local life = require "spec.state.life"
local tasks = require "engine.tasks"
local whole = require "spec.state.whole"

local function live(store, steps)
  local lock = store:lock { reason = "apply" }
  store:load()
  life.live(store, steps)
  lock:release()
end

local function goes_on(world, machine)
  local store = world:store(machine)
  local lock = assert(store:lock { reason = "next", timeout_ms = 60000 })
  local serial = store:load().serial
  local loaded = life.go_on(store, function()
    lock:release()
    return world:store(machine):load()
  end)
  assert.is_true(loaded.serial > serial)
end

-- What becomes of the n-th call: "before" and "after" cut the network there, "killed" and "dead"
-- end the machine after it and before it.
local function one_point(at, fault)
  local world, count = bucket.new(), 0
  local first, second = world:machine "a", world:machine "b"
  first.fault = function()
    count = count + 1
    if count ~= at then return nil end
    first.dead = fault == "dead"
    return fault
  end
  local steps, ok = {}, nil
  world:run(function()
    ok = tasks.try(function() live(world:store(first), steps) end)
    life.check(world:store(second):load(), steps)
    goes_on(world, second)
  end)
  return ok, count
end

describe("state in S3 keeps every promise when", function()
  for _, fault in ipairs { "dead", "killed", "before", "after" } do
    it("a call is the last: " .. fault, function()
      local at = 0
      repeat
        at = at + 1
        local _, count = one_point(at, fault)
      until count < at
      assert.is_true(at > 20)
    end)
  end

  it("a save takes in a write of which nobody knew whether it arrived", function()
    local world = bucket.new()
    local first = world:machine "a"
    world:run(function()
      local store = world:store(first)
      bucket.locked(store)
      store:begin { bucket.intent("1", "a") }
      first.fault = function(operation) return operation == "PutObject" and "after" or nil end
      assert.is_false(tasks.try(function() store:begin { bucket.intent("2", "b") } end))
      first.fault = nil
      store:load()
      store:save {}
      store:begin { bucket.intent("3", "c") }
      assert.is_true(life.ops(world:store(world:machine "b"):load())["3"])
    end)
  end)

  it("its journal is cut at every byte of its last two records", function()
    local world = bucket.new()
    local function with(cut_key, bytes)
      world.objects[cut_key] = { bytes = bytes, etag = '"cut"', at = 0 }
    end
    world:run(function()
      local store = world:store(world:machine "a")
      store:lock { reason = "apply" }
      store:load()
      store:begin { whole.intent { op = "1", name = "a" }, whole.intent { op = "2", name = "b" } }
      store:finish { { op = "1", name = "a", row = whole.row { identifier = "a1" } } }
      local before = {}
      for key, object in pairs(world.objects) do before[key] = object end
      local last = { "states/demo/journal/00000001-000002", "states/demo/journal/00000001-000001" }
      for number, key in ipairs(last) do
        local bytes = before[key].bytes
        local from = number == 1 and 0 or #bytes - #bytes:match "[^\n]*\n$"
        for cut = from, #bytes do
          world.objects = {}
          for name, object in pairs(before) do world.objects[name] = object end
          with(key, bytes:sub(1, cut))
          if number == 2 then world.objects[last[1]] = nil end
          local seen = world:store(world:machine "b"):load()
          assert.equal((number == 1 or cut == #bytes) or nil, life.ops(seen)["2"])
          tasks.sleep_until(world.now_ms + 40000)
          goes_on(world, world:machine "c")
          assert.equal((number == 1 or cut == #bytes) or nil,
            life.ops(world:store(world:machine "b"):load())["2"])
        end
      end
    end)
  end)
end)
