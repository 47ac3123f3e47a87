local at_once = require "aws.at_once"
local failure = require "engine.failure"
local network = require "spec.support.network"
local tasks = require "engine.tasks"

local ports = network.new(function(request) return { body = request.body } end)

local function run(count, most, fn)
  return pcall(tasks.run, ports, function() return at_once(count, most, fn) end)
end

local function get(body, latency_ms)
  return coroutine.yield { http = { body = body, latency_ms = latency_ms or 10 } }
end

describe("several at once", function()
  it("are no more than were allowed", function()
    local under_way, most, done = 0, 0, {}
    assert.is_true(run(10, 3, function(at)
      under_way = under_way + 1
      most = math.max(most, under_way)
      local body = get(at).body
      done[#done + 1] = body
      under_way = under_way - 1
    end))
    assert.same({ 3, 10 }, { most, #done })
  end)

  it("end what is under way after a failure, and begin nothing new", function()
    local begun, ended = 0, 0
    local ok, why = run(10, 3, function(at)
      begun = begun + 1
      get(at, at == 2 and 5 or 10)
      if at == 2 then failure.raise { what = "no" } end
      ended = ended + 1
    end)
    assert.same({ false, "no", 3, 2 }, { ok, why.what, begun, ended })
  end)

  it("say where a fault of the program was", function()
    local ok, why = run(2, 2, function(at) return at.x.y end)
    assert.is_false(ok)
    assert.matches("at_once_spec.lua:%d+", why.traceback)
  end)
end)
