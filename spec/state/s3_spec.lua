-- State in a bucket: of two writers one wins, and a holder of the lock who has lost it is stopped
-- before it can call anything.
local bucket = require "spec.state.bucket"
local state = require "state"
local tasks = require "engine.tasks"

local intent, done = bucket.intent, bucket.done
local locked, apply_once = bucket.locked, bucket.apply_once

local function refused(fn)
  local ok, err = tasks.try(fn)
  assert.is_false(ok)
  return err
end

local function keys_of(world, start)
  local keys = {}
  for key in pairs(world.objects) do
    if key:find(start, 1, true) == 1 then keys[#keys + 1] = key:sub(#start + 1) end
  end
  table.sort(keys)
  return keys
end

--- A holder of the lock that has slept past its end and does not know it: its clock stood still.
local function asleep(world, machine, open)
  local store = world:store(machine)
  locked(store)
  if open then store:begin { open } end
  tasks.sleep_until(world.now_ms + 40000)
  store.backend.lock.boot_now = function() return 0 end
  return store
end

describe("state in S3", function()
  local world, one, other

  before_each(function()
    world = bucket.new()
    one, other = world:machine "a", world:machine "b"
  end)

  it("is written by one machine and read by another", function()
    world:run(function()
      apply_once(world:store(one), "1")
      apply_once(world:store(other), "2")
      local seen = world:store(one):load()
      assert.equal(2, seen.serial)
      assert.equal("i-1", seen.resources["1"].identifier)
      assert.equal("i-1", seen.resources["2"].identifier)
      assert.same({}, seen.open)
    end)
    assert.same({ "00000002-000002" }, keys_of(world, "states/demo/journal/"))
    assert.equal(4, #keys_of(world, "states/demo/history/"))
  end)

  it("shows an intent without a result to everybody", function()
    world:run(function()
      local store = world:store(one)
      locked(store)
      store:begin { intent "1", intent("2", "b") }
      assert.equal(2, #world:store(other):load().open)
      store:finish { done "1" }
      local seen = world:store(other):load()
      assert.equal("2", seen.open[1].op)
      assert.equal("i-1", seen.resources.a.identifier)
    end)
  end)

  it("writes one object for a turn, and what comes meanwhile into the next, together", function()
    world:run(function()
      local store = world:store(one)
      locked(store)
      store:begin { intent "0" }
      local all = {}
      for at = 1, 20 do
        all[at] = function()
          tasks.sleep_until(world.now_ms + at // 7)
          store:begin { intent(tostring(at), "r" .. at) }
        end
      end
      tasks.all(all)
      assert.equal(3, #keys_of(world, "states/demo/journal/"))
      assert.equal(21, #world:store(other):load().open)
    end)
  end)

  it("has one holder, who is named to the other", function()
    world:run(function()
      local lock = locked(world:store(one), "apply demo.lua")
      local err = refused(function() locked(world:store(other)) end)
      assert.matches("in use by .+ on .+ %(process %d+, apply demo.lua, since ", tostring(err))
      lock:release()
      locked(world:store(other))
    end)
  end)

  it("lets the other wait for it", function()
    world:run(function()
      local lock = locked(world:store(one))
      tasks.spawn(function()
        tasks.sleep_until(world.now_ms + 5000)
        lock:release()
      end)
      local before = world.now_ms
      local late = world:store(other)
      assert.is_nil(late:lock { reason = "apply", timeout_ms = 2000 })
      assert.is_true(world.now_ms - before < 2600)
      assert.is_table(late:lock { reason = "apply", timeout_ms = 10000 })
      assert.is_true(world.now_ms - before < 6000)
    end)
  end)

  it("of two who take it in the same moment goes to one", function()
    world:run(function()
      local got = tasks.all {
        function() return world:store(one):lock { reason = "a" } and 1 or 0 end,
        function() return world:store(other):lock { reason = "b" } and 1 or 0 end,
        function() return world:store(world:machine "c"):lock { reason = "c" } and 1 or 0 end,
      }
      assert.equal(1, got[1] + got[2] + got[3])
    end)
  end)

  it("stays with a holder who renews, and goes on after one who does not", function()
    world:run(function()
      local store = world:store(one)
      local lock = locked(store)
      for _ = 1, 8 do
        tasks.sleep_until(world.now_ms + 10000)
        lock:renew()
        assert.is_nil(world:store(other):lock { reason = "b" })
      end
      tasks.sleep_until(world.now_ms + 32000)
      assert.is_table(world:store(other):lock { reason = "b" })
    end)
  end)

  it("is told as ended by being seen unchanged too, where no clock can be asked", function()
    world:run(function()
      locked(world:store(one))
      local time_of = world.now_ms // 1000
      local watcher = world:machine "w"
      local store = world:store(watcher)
      local get = store.backend.bucket.get
      store.backend.locks.bucket = setmetatable({ get = function(self, key)
        local bytes, mark = get(self, key)
        return bytes, mark, 0
      end }, { __index = store.backend.bucket })
      assert.is_nil(store:lock { reason = "w" })
      tasks.sleep_until((time_of + 29) * 1000)
      assert.is_nil(store:lock { reason = "w" })
      tasks.sleep_until((time_of + 33) * 1000)
      assert.is_table(store:lock { reason = "w" })
    end)
  end)

  it("stops a holder who wakes up after it was taken over, at its next intent", function()
    world:run(function()
      local sleeper = asleep(world, one, intent("1", "a"))
      one.options.boot_now = nil
      local next_one = world:store(other)
      locked(next_one, "apply again")
      assert.equal("1", next_one.current.open[1].op)
      local err = refused(function() sleeper:begin { intent("2", "b") } end)
      assert.matches("taken over by .+ apply again", tostring(err))
      assert.same({}, world:store(one):load().resources)
      assert.equal(1, #world:store(one):load().open)
      next_one:finish { done("1", "a") }
      refused(function() sleeper:finish { done("1", "a") } end)
      next_one:save {}
      err = refused(function() sleeper:save {} end)
      assert.equal("LockLost", err.code)
      assert.equal(1, world:store(one):load().serial)
    end)
  end)

  it("stops a holder who wakes up even after the other has ended and cleared up", function()
    world:run(function()
      local sleeper = asleep(world, one, intent("1", "a"))
      apply_once(world:store(other), "9")
      assert.same({ "00000001-000002", "00000002-000002" }, keys_of(world, "states/demo/journal/"))
      refused(function() sleeper:begin { intent("2", "b") } end)
      local seen = world:store(one):load()
      assert.equal(1, #seen.open)
      assert.equal("i-1", seen.resources["9"].identifier)
    end)
  end)

  it("is not taken from a holder who has just written", function()
    world:run(function()
      local slow = asleep(world, one)
      other.fault = function(operation, params)
        if operation == "PutObject" and params.Key:find "/journal/" then
          other.fault = nil
          slow:begin { intent("1", "a") } -- between the other's look and its closing record
        end
      end
      assert.is_nil(world:store(other):lock { reason = "b" })
    end)
  end)

  it("keeps what a late save of the one before cannot know", function()
    world:run(function()
      local sleeper = world:store(one)
      locked(sleeper)
      sleeper:begin { intent("1", "a") }
      sleeper:finish { done("1", "a") }
      local put = sleeper.backend.bucket.put
      local next_one = world:store(other)
      -- Asleep between its decision to save and the write itself.
      sleeper.backend.bucket = setmetatable({ put = function(self, key, ...)
        if key == "state.json" then
          tasks.sleep_until(world.now_ms + 60000)
          locked(next_one)
          next_one:begin { intent("2", "b") }
        end
        return put(self, key, ...)
      end }, { __index = sleeper.backend.bucket })
      tasks.try(function() sleeper:save {} end)
      local seen = world:store(one):load()
      assert.equal("2", seen.open[1] and seen.open[1].op)
      next_one:finish { done("2", "b") }
      next_one:save {}
      seen = world:store(one):load()
      assert.equal("i-1", seen.resources.a.identifier)
      assert.equal("i-1", seen.resources.b.identifier)
      assert.same({}, seen.open)
    end)
  end)

  it("sends a write again that S3 finds in conflict, and gives up in the end", function()
    world:run(function()
      local left = 5
      one.fault = function(operation)
        if operation ~= "PutObject" then return nil end
        left = left - 1
        return left >= 0 and { what = "conflict", code = "ConditionalRequestConflict" } or nil
      end
      apply_once(world:store(one), "1")
      one.fault = function(operation)
        return operation == "PutObject"
          and { what = "conflict", code = "ConditionalRequestConflict" } or nil
      end
      assert.equal("ConditionalRequestConflict",
        refused(function() world:store(one):lock { reason = "a" } end).code)
    end)
  end)

  it("knows its own writes again whose answers were lost", function()
    world:run(function()
      local client = one.session.client()
      local call = client.call
      -- As a client does that has had no answer to the first.
      client.call = function(self, operation, params)
        if operation == "PutObject" then call(self, operation, params) end
        return call(self, operation, params)
      end
      apply_once(world:store(one), "1")
      local seen = world:store(other):load()
      assert.equal("i-1", seen.resources["1"].identifier)
      assert.equal(1, seen.serial)
    end)
  end)

  it("goes on after a write of which nobody knows whether it arrived", function()
    for _, moment in ipairs { "before", "after" } do
      world = bucket.new()
      one, other = world:machine "a", world:machine "b"
      world:run(function()
        local store = world:store(one)
        local lock = locked(store)
        store:begin { intent("1", "a") }
        one.fault = function(operation) return operation == "PutObject" and moment or nil end
        refused(function() store:begin { intent("2", "b") } end)
        one.fault = nil
        store:begin { intent("3", "c") }
        store:finish { done("3", "c") }
        store:save {}
        lock:release()
        local seen = world:store(other):load()
        assert.equal("i-1", seen.resources.c.identifier)
        assert.equal("1", seen.open[1].op)
      end)
    end
  end)

  it("ends the lock of who is gone when told to, and stops that one", function()
    world:run(function()
      local sleeper = world:store(one)
      local lock = locked(sleeper, "apply demo.lua")
      sleeper:begin { intent("1", "a") }
      assert.equal("apply demo.lua", world:store(other):unlock().reason)
      assert.is_nil(world:store(other):unlock())
      assert.equal("LockLost", refused(function() lock:renew() end).code)
      refused(function() sleeper:begin { intent("2", "b") } end)
      local after = world:store(other)
      locked(after)
      assert.equal("1", after.current.open[1].op)
    end)
  end)

  it("writes for a change what it is about, however large the state is", function()
    local written = {}
    for _, size in ipairs { 10, 1000 } do
      world = bucket.new()
      one = world:machine "a"
      world:run(function()
        local store = world:store(one)
        local lock = locked(store)
        local rows = {}
        for at = 1, size do rows["r" .. at] = done("x", "r" .. at).row end
        store:finish { done("0", "zero") }
        store:save { resources = rows }
        lock:release()
        locked(store)
        store:begin { intent("1", "a") }
        world.written = 0
        store:begin { intent("2", "b") }
        store:finish { done("2", "b") }
        written[#written + 1] = world.written
      end)
    end
    assert.equal(written[1], written[2])
    assert.is_true(written[1] < 600)
  end)

  it("is encrypted with a key of KMS where one is named", function()
    world:run(function()
      one.options.root = one.options.root .. "&kms_key=alias/state"
      local keys = {}
      one.fault = function(operation, params)
        if operation ~= "PutObject" then return end
        keys[#keys + 1] = tostring(params.ServerSideEncryption) .. " " .. params.SSEKMSKeyId
      end
      apply_once(world:store(one), "1")
      assert.is_true(#keys > 5)
      for _, key in ipairs(keys) do assert.equal("aws:kms alias/state", key) end
    end)
  end)

  it("gives up its id when nothing is left", function()
    world:run(function()
      local store = world:store(one)
      apply_once(store, "1")
      local id = store:load().id
      local lock = locked(store)
      store:begin { intent("2", "1") }
      store:finish { { op = "2", ok = true, name = "1", row = false } }
      store:save {}
      lock:release()
      assert.is_nil(world.objects["states/demo/identity"])
      local fresh = world:store(other):load()
      assert.is_true(fresh.fresh)
      assert.not_equal(id, fresh.id)
      apply_once(world:store(other), "3")
      assert.equal("i-1", world:store(one):load().resources["3"].identifier)
    end)
  end)

  it("goes on under a new lock when somebody has removed the object of the lock", function()
    world:run(function()
      apply_once(world:store(one), "1")
      apply_once(world:store(one), "2")
      world.objects["states/demo/lock.json"] = nil
      local store = world:store(other)
      locked(store)
      store:begin { intent("3", "c") }
      assert.equal("3", world:store(one):load().open[1].op)
    end)
  end)

  it("is lost, and says so, when only the identity is left", function()
    world:run(function()
      apply_once(world:store(one), "1")
      world.objects["states/demo/state.json"] = nil
      local seen = world:store(other):load()
      assert.is_true(seen.lost)
      assert.same({}, seen.resources)
    end)
  end)

  it("lists the stacks", function()
    world:run(function()
      apply_once(world:store(one), "1")
      one.options.stack = "web"
      apply_once(world:store(one), "1")
      assert.same({ "demo", "web" }, state.stacks(one.options.root, one.options))
    end)
  end)
end)
