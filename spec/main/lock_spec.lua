-- The lock beside the work of a task.
local failure = require "engine.failure"
local lock = require "main.lock"
local tasks = require "engine.tasks"

local function world_of(held)
  local world = { now = 0, renewals = {} }
  function held.renew_in_ms() return math.max(0, (held.at or 0) + 20000 - world.now) end
  function held.renew()
    table.insert(world.renewals, world.now)
    if held.fails then held.fails() end
    held.at = world.now
  end
  local ports = { now = function() return world.now end, poll = function(ms)
    world.now = world.now + math.max(ms, 1)
    return {}
  end }
  function world.run(fn) return tasks.run(ports, lock.kept({ ports = ports }, held, fn)) end
  return world
end

local function sleeper(seconds)
  return function()
    tasks.sleep_until(seconds * 1000)
    return "done", nil, 3
  end
end

describe("the lock of a task", function()
  it("is renewed as long as the task runs, and no longer", function()
    local world = world_of {}
    assert.same({ "done", nil, 3 }, { world.run(sleeper(70)) })
    assert.same({ 20000, 40000, 60000 }, world.renewals)
    assert.equal(70000, world.now)
  end)

  it("ends with the task's own failure", function()
    local world = world_of {}
    local ok, err = pcall(world.run, function() failure.raise { what = "broken" } end)
    assert.is_false(ok)
    assert.equal("broken", err.what)
  end)

  it("is tried again soon where a renewal went wrong, and left where it is lost", function()
    local held = { fails = function() failure.raise { what = "no answer" } end }
    local world = world_of(held)
    world.run(sleeper(22.5))
    assert.same({ 20000, 21000, 22000 }, world.renewals)
    held = { fails = function() failure.raise { what = "lost", code = "LockLost" } end }
    world = world_of(held)
    world.run(sleeper(90))
    assert.same({ 20000 }, world.renewals)
  end)
end)
