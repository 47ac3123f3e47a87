local bucket = require "aws.rate.bucket"
local limits = require "aws.rate.limits"
local network = require "spec.support.network"
local pack = require "native.pack"
local rate = require "aws.rate"
local support = require "spec.aws.support"
local tasks = require "engine.tasks"

local function of(operation, params)
  local found = {}
  for _, limit in ipairs(limits.of("ec2", operation, params or { MaxResults = 5 })) do
    found[#found + 1] = limit.size .. "/" .. limit.refill .. "/" .. limit.cost
  end
  return table.concat(found, " ")
end

describe("the published limits", function()
  it("are those of EC2, by operation", function()
    for operation, expected in pairs {
      DescribeVpcs = "100/20/1", GetIpamPoolCidrs = "100/20/1", CreateVpc = "50/5/1",
      AuthorizeSecurityGroupIngress = "50/5/1", RevokeSecurityGroupIngress = "50/5/1",
      CreateKeyPair = "50/5/1", CreateTags = "100/10/1", DeleteTags = "100/10/1",
      CreateVpcEndpoint = "4/0.3/1", ModifyVpcEndpoint = "4/0.3/1",
      DeleteVpcEndpoints = "4/0.3/1", CreateNatGateway = "10/1/1", DeleteNatGateway = "10/1/1",
      CreateNetworkInterface = "100/5/1", CreateVolume = "100/5/1", CreateSnapshot = "100/5/1",
      AssociateIamInstanceProfile = "100/5/1", CopyImage = "100/1/1",
      DescribeInstanceTopology = "1/1/1", AdvertiseByoipCidr = "1/0.1/1",
      DescribeCapacityBlockOfferings = "10/0.15/1", WithdrawByoipCidr = "1/0.1/1",
    } do
      assert.equal(expected, of(operation), operation)
    end
    assert.same({}, limits.of("iam", "GetRole", {}))
  end)

  it("count instances as well as calls", function()
    assert.equal("5/2/1 1000/2/40", of("RunInstances", { MinCount = 1, MaxCount = 40 }))
    local ids = { InstanceIds = { "i-1", "i-2", "i-3" } }
    assert.equal("100/5/1 1000/20/3", of("TerminateInstances", ids))
    assert.equal("5/2/1 1000/2/3", of("StartInstances", ids))
    assert.equal("50/5/1 1000/20/3", of("StopInstances", ids))
  end)

  it("are harder for reads of everything", function()
    for _, operation in ipairs { "DescribeInstances", "DescribeInstanceStatus",
      "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeSnapshots",
      "DescribeSpotInstanceRequests", "DescribeVolumes" } do
      assert.equal("50/10/1", of(operation, { DryRun = false }))
      assert.equal("100/20/1", of(operation, { Filters = {} }))
      assert.equal("100/20/1", of(operation, { NextToken = "x" }))
    end
    assert.equal("100/20/1", of("DescribeVpcs", {}))
    assert.equal("100/20/1", of("DescribeInstances", { InstanceIds = { "i-1" } }))
  end)

  it("are of operations that there are", function()
    local known, data = {}, pack.open()
    for _, name in ipairs(data:operations "ec2") do known[name] = true end
    local text = assert(io.open("lua/aws/rate/limits.lua")):read "a"
    local count = 0
    for block in text:gmatch("each%([%d., ]+%[%[(.-)%]%]%)") do
      for name in block:gmatch("%w+") do
        count = count + 1
        assert(known[name], name)
      end
    end
    assert.equal(120, count)
  end)
end)

describe("a token bucket", function()
  it("lets a burst through and then one as it fills", function()
    local b = bucket.new(4, 0.3, 0)
    for _ = 1, 4 do assert.equal(0, b:wait_ms(b:ask(1, 0), 0)) end
    local fifth, sixth = b:ask(1, 0), b:ask(1, 0)
    assert.equal(3334, b:wait_ms(fifth, 0))
    assert.equal(6667, b:wait_ms(sixth, 0))
    assert.equal(0, b:wait_ms(fifth, 3334))
    assert.equal(0, b:wait_ms(sixth, 6668))
    assert.equal(0, b:wait_ms(b:ask(1, 60000), 60000))
  end)

  it("holds no more than its size, and does not fill when the clock steps back", function()
    local b = bucket.new(2, 1, 0)
    for _ = 1, 2 do b:ask(1, 100000) end
    assert.is_true(b:wait_ms(b:ask(1, 100000), 100000) > 0)
    assert.is_true(b:wait_ms(b:ask(1, 0), 0) > 0)
  end)

  it("that the server says is empty is empty, and fills more slowly until calls go well", function()
    local b = bucket.new(10, 4, 0)
    b:ask(1, 0)
    b:drain(0)
    assert.equal(500, b:wait_ms(b:ask(1, 0), 0))
    for _ = 1, 10 do b:drain(0) end
    assert.equal(0.5, b.refill)
    for _ = 1, 20 do b:recover(0) end
    assert.equal(4, b.refill)
  end)

  it("makes those who wait already wait longer, in their order", function()
    local b = bucket.new(1, 1, 0)
    b:ask(1, 0)
    local first, second = b:ask(1, 0), b:ask(1, 0)
    b:drain(0)
    assert.same({ 2000, 4000 }, { b:wait_ms(first, 0), b:wait_ms(second, 0) })
  end)
end)

describe("the buckets of an account and region", function()
  local function now() return 0 end
  local key = { access_key = "ASIAQNZGKIQY56JQ7WML" }

  it("are shared by all who have keys of the account", function()
    assert.equal(rate.of(now, key, "eu-west-1"), rate.of(now, key, "eu-west-1"))
    assert.equal(rate.of(now, key, "r"), rate.of(now, { access_key = "AKIAX",
      account_id = "029608264753" }, "r"))
    assert.not_equal(rate.of(now, key, "eu-west-1"), rate.of(now, key, "eu-west-2"))
    assert.not_equal(rate.of(now, key, "r"), rate.of(now, { access_key = "other" }, "r"))
    assert.not_equal(rate.of(now, key, "r"), rate.of(function() return 0 end, key, "r"))
  end)
end)

describe("many calls at once", function()
  local ANSWER <const> = support.answer(200, "<CreateVpcEndpointResponse/>")
  local serve

  local function world(options)
    local ports = network.new(function(request) return serve(request) end)
    local given = { now = ports.now }
    for name, value in pairs(options or {}) do given[name] = value end
    return ports, function() return (support.session(given)) end
  end

  local function create(session, name)
    return session:client "ec2":CreateVpcEndpoint { VpcId = "v", ServiceName = name }
  end

  before_each(function() serve = function() return ANSWER end end)

  it("are sent as the numbers say, whoever came first first, over all sessions", function()
    local ports, session = world()
    local functions, start_ms = {}, ports.time
    for at = 1, 12 do
      local own = session()
      functions[at] = function() return create(own, "s" .. at) end
    end
    tasks.run(ports, function() coroutine.yield { all = functions } end)
    for at, entry in ipairs(ports.log) do
      assert.matches("ServiceName=s" .. at .. "&", entry.request.body .. "&", 1, true)
      local due_ms = at <= 4 and 0 or (at - 4) / 0.3 * 1000
      assert.is_true(math.abs(entry.sent_at - start_ms - due_ms) < 20)
    end
  end)

  it("are not held back at an endpoint of the user's own", function()
    local ports, session = world { endpoint_url = "http://localhost:1" }
    local one, functions = session(), {}
    for at = 1, 30 do functions[at] = function() return create(one, "s") end end
    tasks.run(ports, function() coroutine.yield { all = functions } end)
    assert.equal(ports.log[1].sent_at, ports.log[30].sent_at)
  end)

  it("all slow down when the server throttles one of them", function()
    local ports, session = world()
    local sent = 0
    serve = function()
      sent = sent + 1
      return sent == 1 and support.ec2_error("RequestLimitExceeded", "", 503) or ANSWER
    end
    local one, start_ms = session(), ports.time
    tasks.run(ports, function()
      create(one, "first")
      create(one, "second")
    end)
    assert.equal(3, #ports.log)
    -- A full bucket would have let both through after the pause of a second.
    assert.is_true(ports.log[2].sent_at - start_ms > 6000)
    assert.is_true(ports.log[3].sent_at - ports.log[2].sent_at > 3300)
  end)

  it("are not held back for good by one that was given up", function()
    local ports, session = world()
    local one = session()
    tasks.run(ports, function()
      local given_up = coroutine.create(function() for _ = 1, 9 do create(one, "x") end end)
      local wanted
      repeat
        local _
        _, wanted = coroutine.resume(given_up, wanted and wanted.http and ANSWER)
      until wanted.until_ms
      create(one, "y")
    end)
    assert.is_true(ports.time < 1000000 + 10000)
  end)
end)
