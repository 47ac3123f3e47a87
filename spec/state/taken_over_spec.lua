-- A holder of the lock of a bucket who is only slow, or asleep, is stopped at its next intent by
-- whoever breaks or takes over its lock, at whatever moment between two of its calls that happens.
local bucket = require "spec.state.bucket"
local tasks = require "engine.tasks"

local intent, done, locked = bucket.intent, bucket.done, bucket.locked

-- A holding with a save in its middle, as --rollback has it.
local STEPS = {
  function(store) store:begin { intent("1", "a") } end,
  function(store) store:finish { done("1", "a") } end,
  function(store) store:save {} end,
  function(store) store:begin { intent("2", "b") } end,
  function(store) store:finish { done("2", "b") } end,
  function(store) store:save {} end,
}

local function take_over(world, machine)
  local store = world:store(machine)
  store:unlock()
  locked(store)
  store:begin { intent("9", "z") }
  return store
end

-- Nobody but the other may begin anything now, and nothing that was begun is lost.
local function check(world, holder, other)
  local ok, err = tasks.try(function() holder:begin { intent("8", "y") } end)
  assert.is_false(ok)
  assert.equal("LockLost", err.code)
  other:finish { done("9", "z") }
  other:save {}
  local seen = world:store(world:machine "d"):load()
  assert.equal("i-1", seen.resources.z.identifier)
  for _, open in ipairs(seen.open) do assert.not_equal("8", open.op) end
  return seen
end

local function machines()
  local world = bucket.new()
  return world, world:machine "a", world:machine "b"
end

-- At the n-th call of the holder the other comes, and does all of it.
local function holder_waits_at(nth)
  local world, one, two = machines()
  local calls, other = 0, nil
  return world:run(function()
    local holder = world:store(one)
    locked(holder)
    one.fault = function()
      calls = calls + 1
      if calls == nth then other = take_over(world, two) end
    end
    for _, step in ipairs(STEPS) do
      if not tasks.try(function() step(holder) end) then break end
    end
    one.fault = nil
    if other then check(world, holder, other) end
    return other ~= nil
  end)
end

-- At the n-th call of the other, who breaks the lock, the holder does these steps.
local function other_waits_at(nth, before, during)
  local world, one, two = machines()
  local calls = 0
  return world:run(function()
    local holder = world:store(one)
    locked(holder)
    for at = 1, before do STEPS[at](holder) end
    two.fault = function()
      calls = calls + 1
      if calls ~= nth then return end
      for at = before + 1, during do tasks.try(function() STEPS[at](holder) end) end
    end
    local other = take_over(world, two)
    two.fault = nil
    local seen = check(world, holder, other)
    if before >= 2 then assert.equal("i-1", seen.resources.a.identifier) end
    return calls >= nth
  end)
end

-- Somebody who has saved and holds the lock still.
local function saved(world, machine)
  local holder = world:store(machine)
  locked(holder)
  for at = 1, 3 do STEPS[at](holder) end
  return holder
end

describe("a lock in S3 that is broken stops its holder", function()
  it("after a save in the middle of its holding", function()
    local world, one, two = machines()
    world:run(function()
      local holder = saved(world, one)
      check(world, holder, take_over(world, two))
    end)
  end)

  it("when its time is over, after a save in the middle of its holding", function()
    local world, one, two = machines()
    world:run(function()
      local holder = saved(world, one)
      tasks.sleep_until(world.now_ms + 40000)
      holder.backend.lock.boot_now = function() return 0 end
      local other = world:store(two)
      locked(other)
      other:begin { intent("9", "z") }
      check(world, holder, other)
    end)
  end)

  it("at whichever of its calls that happens", function()
    local nth = 0
    repeat nth = nth + 1 until not holder_waits_at(nth)
    assert.is_true(nth > 12)
  end)

  it("whatever it writes, saves and clears while that happens", function()
    for before = 1, #STEPS - 1 do
      for during = before + 1, #STEPS do
        local nth = 0
        repeat nth = nth + 1 until not other_waits_at(nth, before, during)
        assert.is_true(nth > 8)
      end
    end
  end)

  it("and leaves no object but closing records and the last of a holding", function()
    local world, one = machines()
    world:run(function()
      for _ = 1, 3 do
        local store = world:store(one)
        local lock = locked(store)
        for _, step in ipairs(STEPS) do step(store) end
        lock:release()
      end
      local keys = world:store(one).backend.log:keys()
      assert.same({ "journal/00000003-000004" }, keys)
    end)
  end)
end)
