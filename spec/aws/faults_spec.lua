-- Calls to a server that throttles, resets, answers 500, or is slow: each ends right, or with the
-- right error, after as many attempts as the rules say.
local aws = require "aws"
local http = require "native.http"
local server = require "spec.support.server"
local sys = require "native.sys"
local tasks = require "engine.tasks"

local LOST <const> = { reset = true, cut = true, slow = true }

describe("a call to a server that", function()
  local faulty, network

  local function run(fn)
    return pcall(tasks.run, {
      now = sys.now_ms,
      send = function(request) return network:add(request) end,
      poll = function(ms) return assert(network:poll(ms)) end,
    }, fn)
  end

  local function ask(method, path, body)
    local _, answer = run(function()
      return coroutine.yield { http = { method = method, url = faulty:url(path), body = body } }
    end)
    return answer.body
  end

  local function session(options)
    local given = { env = {}, region = "us-east-1", endpoint_url = faulty:url "", timeout_ms = 300,
      credentials = { access_key = "A", secret_key = "S" }, random = function() return 0.01 end }
    for key, value in pairs(options or {}) do given[key] = value end
    return aws.session(given)
  end

  -- What came of a call after these steps: its code or "ok", and how often it was sent.
  local function outcome(steps, options, operation, params)
    ask("POST", "/steps", steps)
    local ok, result = run(function()
      return session(options):client "ec2":call(operation or "DescribeVpcs", params or {})
    end)
    return ok and "ok" or result.code, math.tointeger(ask("GET", "/count"))
  end

  setup(function()
    faulty = server.start "faulty_server.py"
    network = http.new { user_agent = "mrun-spec" }
  end)
  teardown(function()
    network:close()
    faulty:stop()
  end)

  it("does well again in time ends well", function()
    for _, fault in ipairs { "throttle", "error", "reset", "cut", "slow", "html" } do
      assert.same({ "ok", 2 }, { outcome(fault .. " ok") }, fault)
      assert.same({ "ok", 3 }, { outcome(fault .. " " .. fault .. " ok") }, fault)
    end
    assert.same({ "ok", 3 }, { outcome "reset throttle ok" })
  end)

  it("does not ends with what went wrong, after three attempts", function()
    for fault, code in pairs { throttle = "RequestLimitExceeded", error = "InternalError",
      html = "UnreadableAnswer" } do
      assert.same({ code, 3 }, { outcome(fault) })
    end
    for fault in pairs(LOST) do
      local code, count = outcome(fault)
      assert.equal(3, count, fault)
      assert.is_string(code)
    end
  end)

  it("refuses is asked once", function()
    assert.same({ "InvalidVpcID.NotFound", 1 }, { outcome "refuse" })
    assert.same({ "InvalidVpcID.NotFound", 2 }, { outcome "throttle refuse" })
  end)

  it("fails is asked as often as the user says", function()
    assert.same({ "InternalError", 1 }, { outcome("error", { max_attempts = 1 }) })
    assert.same({ "InternalError", 5 }, { outcome("error", { max_attempts = 5 }) })
    assert.same({ "InternalError", 2 }, { outcome("error", { env = { AWS_MAX_ATTEMPTS = "2" } }) })
  end)

  it("loses the reply is not asked again for what would be made twice", function()
    for fault in pairs(LOST) do
      local _, count = outcome(fault .. " ok", nil, "CreateVpc", { CidrBlock = "10.0.0.0/16" })
      assert.equal(1, count, fault)
    end
    local code, count = outcome("throttle ok", nil, "CreateVpc", { CidrBlock = "10.0.0.0/16" })
    assert.same({ "ok", 2 }, { code, count })
  end)

  it("fails all the time is asked less and less: the quota runs out", function()
    ask("POST", "/steps", "error")
    local shared = session { max_attempts = 3 }
    run(function()
      for _ = 1, 40 do pcall(function() shared:client "ec2":DescribeVpcs {} end) end
    end)
    -- 500 / 14 = 35 more than the 40 calls themselves.
    assert.equal("75", ask("GET", "/count"))
  end)

  it("says when to come again is asked then", function()
    local start_ms = sys.now_ms()
    assert.same({ "ok", 2 }, { outcome "later ok" })
    assert.is_true(sys.now_ms() - start_ms >= 300)
  end)

  it("throttles is asked no faster than it can stand, in the adaptive mode", function()
    local code, count = outcome("throttle throttle ok", { retry_mode = "adaptive" })
    assert.same({ "ok", 3 }, { code, count })
  end)
end)
