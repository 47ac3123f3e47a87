local adaptive = require "aws.adaptive"
local support = require "spec.aws.support"

describe("the adaptive rate limiter", function()
  it("does nothing before the first throttle", function()
    local limiter = adaptive.new(0)
    for at = 1, 100 do limiter:record(false, at / 100) end
    assert.is_nil(limiter:ask(1))
  end)

  -- time, throttled, the rate measured, the rate allowed
  local STEPS <const> = {
    { 0.2, false, 0, 0.5 }, { 0.4, false, 0, 0.5 }, { 0.6, false, 4.8, 0.5 },
    { 0.8, false, 4.8, 0.5 }, { 1.0, false, 4.16, 0.5 }, { 1.2, false, 4.16, 0.6912 },
    { 1.4, false, 4.16, 1.0976 }, { 1.6, false, 5.632, 1.6384 }, { 1.8, false, 5.632, 2.3328 },
    { 2.0, true, 4.3264, 3.02848 }, { 2.2, false, 4.3264, 3.486639 },
    { 2.4, false, 4.3264, 3.821874 }, { 2.6, false, 5.66528, 4.053386 },
    { 2.8, false, 5.66528, 4.200373 }, { 3.0, false, 4.333056, 4.282037 },
    { 3.2, true, 4.333056, 2.997426 }, { 3.4, false, 4.333056, 3.452226 },
  }

  it("measures what is sent, falls by three tenths, and grows on a cubic curve", function()
    local limiter = adaptive.new(0)
    for _, step in ipairs(STEPS) do
      limiter:record(step[2], step[1])
      assert.is_true(math.abs(limiter.measured - step[3]) < 1e-5, "at " .. step[1])
      assert.is_true(math.abs(limiter.rate - step[4]) < 1e-5, "at " .. step[1])
    end
  end)

  it("spaces requests by the rate, in their order", function()
    local limiter = adaptive.new(0)
    for at = 1, 10 do limiter:record(at == 10, at / 5) end
    local rate, waits = limiter.rate, {}
    for at = 1, 6 do waits[at] = limiter:wait_ms(limiter:ask(2), 2) end
    for at = 2, 6 do
      assert.is_true(waits[at] == 0 or math.abs(waits[at] - waits[at - 1] - 1000 / rate) < 2
        or waits[at - 1] == 0)
    end
    assert.is_true(waits[6] > 1000)
  end)

  local function describe_vpcs(options)
    local session, clock = support.session(options)
    local throttle = support.ec2_error("RequestLimitExceeded", "", 503)
    local answers = { throttle, throttle, default = support.answer(200, "<DescribeVpcsResponse/>") }
    return support.drive(clock, answers, function()
      for _ = 1, 4 do session:client "ec2":DescribeVpcs {} end
    end)
  end

  it("is used in the adaptive mode alone", function()
    local plain = describe_vpcs { rate_limits = "none" }
    assert.same({ 1000, 2000 }, plain.waits)
    local slowed = describe_vpcs { rate_limits = "none", retry_mode = "adaptive" }
    assert.is_true(slowed.ok)
    assert.is_true(#slowed.waits > 2)
    assert.equal(6, #slowed.requests)
  end)
end)

describe("the settings of retries", function()
  local function session(env, files)
    local all = { AWS_REGION = "r", AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S",
      HOME = "/h" }
    for name, value in pairs(env) do all[name] = value end
    return (support.session { env = all, files = files })
  end

  it("come from the environment, then from the profile", function()
    local files = { ["/h/.aws/config"] =
      "[default]\nretry_mode = adaptive\nmax_attempts = 7\n" }
    assert.equal("standard", session({}):retry_mode())
    assert.equal(3, session({}):max_attempts "ec2")
    assert.equal("adaptive", session({}, files):retry_mode())
    assert.equal(7, session({}, files):max_attempts "ec2")
    local env = { AWS_RETRY_MODE = "standard", AWS_MAX_ATTEMPTS = "2" }
    assert.equal("standard", session(env, files):retry_mode())
    assert.equal(2, session(env, files):max_attempts "ec2")
    local asked = session(env, files)
    assert.equal(2, asked:max_attempts "ec2")
    assert.equal(9, asked:with { max_attempts = 9 }:max_attempts "ec2")
  end)

  it("take legacy for the default", function()
    assert.equal("standard", session { AWS_RETRY_MODE = "legacy" }:retry_mode())
  end)

  it("are refused where they mean nothing, with the place", function()
    local ok, why = pcall(function() return session { AWS_RETRY_MODE = "often" }:retry_mode() end)
    assert.is_false(ok)
    assert.matches("AWS_RETRY_MODE", tostring(why), 1, true)
    for _, value in ipairs { "0", "-1", "some", "1.5" } do
      local fine, cause = pcall(function()
        return session { AWS_MAX_ATTEMPTS = value }:max_attempts "ec2"
      end)
      assert.is_false(fine)
      assert.matches("AWS_MAX_ATTEMPTS", tostring(cause), 1, true)
    end
  end)
end)
