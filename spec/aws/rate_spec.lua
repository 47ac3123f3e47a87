local rate = require "aws.rate"

local function ask(buckets, operation, now_ms, params)
  local call = { service = "ec2", operation = operation, params = params or { a = 1 } }
  return rate.take(buckets, call, now_ms)
end

describe("the rate limits", function()
  it("let a burst through and then one call as the bucket fills", function()
    local buckets = rate.new()
    for _ = 1, 4 do assert.equal(0, ask(buckets, "CreateVpcEndpoint", 0)) end
    assert.is_true(math.abs(ask(buckets, "CreateVpcEndpoint", 0) - 1000 / 0.3) < 1)
    assert.is_true(math.abs(ask(buckets, "CreateVpcEndpoint", 0) - 2000 / 0.3) < 1)
    assert.equal(0, ask(buckets, "CreateVpcEndpoint", 60000))
  end)

  it("count each operation by itself, and reads without a filter harder", function()
    local buckets = rate.new()
    for _ = 1, 50 do ask(buckets, "CreateVpc", 0) end
    assert.is_true(ask(buckets, "CreateVpc", 0) > 0)
    assert.equal(0, ask(buckets, "CreateSubnet", 0))
    for _ = 1, 50 do ask(buckets, "DescribeInstances", 0, {}) end
    assert.is_true(ask(buckets, "DescribeInstances", 0, {}) > 0)
    assert.equal(0, ask(buckets, "DescribeInstances", 0))
  end)

  it("are unknown for other services", function()
    local call = { service = "iam", operation = "GetRole", params = {} }
    assert.equal(0, rate.take(rate.new(), call, 0))
  end)

  it("do not grow when the clock steps back", function()
    local buckets = rate.new()
    for _ = 1, 5 do ask(buckets, "RunInstances", 5000) end
    assert.is_true(ask(buckets, "RunInstances", 0) > 0)
  end)
end)
