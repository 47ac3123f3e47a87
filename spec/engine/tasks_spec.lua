local failure = require "engine.failure"
local network = require "spec.support.network"
local tasks = require "engine.tasks"

local function echo(request) return { status = 200, body = request.body } end

local function get(body, latency_ms)
  return coroutine.yield { http = { body = body, latency_ms = latency_ms } }
end

describe("tasks", function()
  local ports
  before_each(function() ports = network.new(echo) end)

  it("hands arguments in and results out", function()
    assert.are.same({ 3, "x" }, { tasks.run(ports, function(a, b) return a + 1, b end, 2, "x") })
  end)

  it("answers a request with its response", function()
    assert.are.equal("hello", tasks.run(ports, function() return get("hello").body end))
  end)

  it("keeps no answer that its task has put away", function()
    local seen = setmetatable({}, { __mode = "v" })
    tasks.run(ports, function()
      local function look() seen[1] = get("large") end
      look()
      assert.is_not_nil(seen[1])
      for _ = 1, 2 do collectgarbage() end
      assert.is_nil(seen[1])
    end)
  end)

  it("hands on why a request could not be sent", function()
    ports.send = function() return nil, failure.new { what = "no sockets left" } end
    local response = tasks.run(ports, function() return get("x") end)
    assert.are.equal("no sockets left", response.failure.what)
  end)

  it("waits for the clock and no longer", function()
    local start = ports.time
    tasks.run(ports, function() coroutine.yield { until_ms = start + 250 } end)
    assert.are.equal(start + 250, ports.time)
  end)

  it("has all children in flight at once", function()
    local start = ports.time
    local results = tasks.run(ports, function()
      return coroutine.yield { all = {
        function() return get("a", 30).body end,
        function() return get("b", 10).body end,
        function() return get("c", 20).body end,
      } }
    end)
    assert.are.same({ "a", "b", "c" }, results)
    assert.are.equal(start + 30, ports.time)
  end)

  it("takes an empty list of children", function()
    assert.are.same({}, tasks.run(ports, function() return coroutine.yield { all = {} } end))
  end)

  it("raises a child's failure in its parent after all have ended", function()
    local ended = false
    local ok, err = tasks.run(ports, function()
      return pcall(function()
        coroutine.yield { all = {
          function() error(failure.new { what = "first" }, 0) end,
          function() get("b"); ended = true end,
        } }
      end)
    end)
    assert.is_false(ok)
    assert.are.equal("first", err.what)
    assert.is_true(ended)
  end)

  it("keeps the traceback of what was no failure", function()
    local ok, err = pcall(tasks.run, ports, function() return (nil).y end)
    assert.is_false(ok)
    assert.is_true(failure.is(err))
    assert.matches("tasks_spec", err.traceback)
  end)

  it("catches with try, and gives results and failures as values", function()
    local list = tasks.run(ports, function()
      return { { tasks.try(function() return 1, nil, 3 end) },
        { tasks.try(function() failure.raise { what = "no" } end) } }
    end)
    assert.are.same({ true, 1, nil, 3 }, list[1])
    assert.is_false(list[2][1])
    assert.are.equal("no", list[2][2].what)
  end)

  it("ends only when everything spawned has ended, and raises its failure", function()
    local ended = false
    local ok, err = pcall(tasks.run, ports, function()
      tasks.spawn(function() get("x"); ended = true; failure.raise { what = "late" } end)
    end)
    assert.is_true(ended)
    assert.is_false(ok)
    assert.are.equal("late", err.what)
  end)

  it("runs a turn's end after all that can run has run", function()
    local seen = {}
    tasks.run(ports, function()
      tasks.spawn(function() tasks.turn(); seen[#seen + 1] = "end" end)
      tasks.spawn(function() seen[#seen + 1] = "a" end)
      tasks.all { function() seen[#seen + 1] = "b" end }
    end)
    assert.are.equal("end", seen[3])
  end)

  it("wakes everybody who waits for a signal, and who comes later at once", function()
    local results = tasks.run(ports, function()
      local signal = tasks.signal()
      local waiter = function() return signal:wait() end
      return tasks.all { waiter, waiter,
        function() get("x"); signal:fire("go"); return waiter() end }
    end)
    assert.are.same({ "go", "go", "go" }, results)
  end)

  it("waits for a signal no longer than it is told", function()
    local start = ports.time
    tasks.run(ports, function()
      local late, soon = tasks.signal(), tasks.signal()
      tasks.all {
        function() late:wait(start + 30); assert.are.equal(start + 30, ports.time) end,
        function() soon:wait(start + 50); assert.are.equal(start + 10, ports.time) end,
        function() get("x", 10); soon:fire(); get("y", 100); late:fire() end,
      }
    end)
    assert.are.equal(start + 110, ports.time)
  end)

  it("says so when every task waits for another one", function()
    assert.has_error(function()
      tasks.run(ports, function() tasks.signal():wait() end)
    end, "every task waits for another one")
  end)

  it("raises in a task that yields what nobody can wait for", function()
    local ok, err = pcall(tasks.run, ports, function() coroutine.yield(42) end)
    assert.is_false(ok)
    assert.matches("nobody can wait for", err.what)
  end)

  describe("after an interrupt", function()
    it("lets a call in flight finish and starts no other", function()
      local finished = false
      local ok, err = pcall(tasks.run, ports, function()
        ports.asked_to_stop = true
        get("first")
        finished = true
        get("second")
      end)
      assert.is_true(finished)
      assert.is_false(ok)
      assert.are.equal("interrupted", err.kind)
      assert.are.equal(1, #ports.log)
    end)

    it("wakes who only waits for the clock", function()
      local start = ports.time
      local _, err = pcall(tasks.run, ports, function()
        tasks.all { function() coroutine.yield { until_ms = start + 60000 } end,
          function() get("x"); ports.asked_to_stop = true end }
      end)
      assert.are.equal("interrupted", err.kind)
      assert.is_true(ports.time < start + 60000)
    end)

    it("ends a call in flight that gives way, unless it is shielded", function()
      local function long()
        return coroutine.yield { http = { latency_ms = 60000, gives_way = true } }
      end
      local ended = {}
      function ports.cancel(id) ended[#ended + 1] = id end
      local start = ports.time
      function ports.interrupted() return ports.time > start end
      local _, err = pcall(tasks.run, ports, function() tasks.all { long, long } end)
      assert.are.equal("interrupted", err.kind)
      assert.is_true(ports.time < start + 2000)
      assert.are.equal(2, #ended)
      assert.is_true((tasks.run(ports, function() return tasks.shield(long) end)))
      assert.are.equal(2, #ended)
    end)

    it("finishes what is shielded", function()
      ports.asked_to_stop = true
      local ok, body = tasks.run(ports, function()
        return tasks.shield(function()
          get("first")
          coroutine.yield { until_ms = ports.time + 500 }
          return get("second").body
        end)
      end)
      assert.is_true(ok)
      assert.are.equal("second", body)
    end)

    it("ends what is shielded where that waits and gives way, before it or in it", function()
      for _, after_ms in ipairs { 0, 300 } do
        local start = ports.time
        function ports.interrupted() return ports.time >= start + after_ms end
        local ok, err = tasks.run(ports, function()
          return tasks.shield(function()
            coroutine.yield { until_ms = start + 60000, gives_way = true }
          end)
        end)
        assert.is_false(ok)
        assert.are.equal("interrupted", err.kind)
        assert.is_true(ports.time < start + 2000)
      end
    end)
  end)

  it("runs ten thousand tasks", function()
    local results = tasks.run(ports, function()
      local functions = {}
      for i = 1, 10000 do functions[i] = function() return get(i).body end end
      return tasks.all(functions)
    end)
    assert.are.equal(10000, #results)
  end)
end)
