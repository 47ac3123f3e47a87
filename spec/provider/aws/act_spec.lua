local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

describe("aws act", function()
  local function created(type_name, want, answers)
    local world = fake.new(answers)
    world.run(function()
      return act.perform(world.job(type_name, nil, want), { op = "op", name = "a",
        type = type_name, place = world.place, action = "create", want = want, have = {},
        tags = { ["mrun:op"] = "op" } })
    end)
    return world.calls[1]
  end

  it("sends once what nobody could tell from a second one", function()
    local vpc = created("AWS::EC2::VPC", { CidrBlock = "10.0.0.0/16" },
      { CreateVpc = { Vpc = { VpcId = "vpc-1" } } })
    assert.are.same({ repeatable = false }, vpc[3])
    local endpoint = created("AWS::EC2::VPCEndpoint", { VpcId = "vpc-1", ServiceName = "s" },
      { CreateVpcEndpoint = { VpcEndpoint = { VpcEndpointId = "vpce-1" } } })
    assert.are.same({ repeatable = true }, endpoint[3])
    assert.are.equal("op", endpoint[2].ClientToken)
  end)

  local function cut_off()
    local err = fake.error("ConnectionError", "no answer")
    err.ambiguous = true
    error(err, 0)
  end

  local function vpcs_of(list)
    return function() return { Vpcs = list } end
  end

  local MINE = { VpcId = "vpc-1", CidrBlock = "10.0.0.0/16", State = "available",
    Tags = { { Key = "mrun:op", Value = "op" }, { Key = "mrun:stack", Value = "s/1" },
      { Key = "mrun:resource", Value = "a" } } }

  local function create(answers)
    local world, answer, want = fake.new(answers), nil, { CidrBlock = "10.0.0.0/16" }
    local ok, err = pcall(world.run, function()
      answer = act.perform(world.job("AWS::EC2::VPC", nil, want), { op = "op", name = "a",
        type = "AWS::EC2::VPC", place = world.place, action = "create", want = want, have = {},
        tags = { ["mrun:op"] = "op", ["mrun:stack"] = "s/1", ["mrun:resource"] = "a" } })
    end)
    return world, ok and answer.identifier, err
  end

  it("finds by its op tag what it made without an answer, and makes no second one", function()
    local world, identifier = create { CreateVpc = cut_off, DescribeVpcs = vpcs_of { MINE } }
    assert.are.equal("vpc-1", identifier)
    assert.are.equal("CreateVpc", world.operations()[1])
    for i = 2, #world.calls do assert.are_not.equal("CreateVpc", world.operations()[i]) end
  end)

  it("sends it again when nothing was to be seen for long enough", function()
    local sent = 0
    local world, identifier = create { DescribeVpcs = vpcs_of {}, CreateVpc = function()
      sent = sent + 1
      if sent == 1 then cut_off() end
      return { Vpc = { VpcId = "vpc-2" } }
    end }
    assert.are.equal("vpc-2", identifier)
    assert.is_true(world.now >= 1000000 + 20000)
  end)

  it("leaves it open where nobody answers any more", function()
    local _, identifier, err = create { CreateVpc = cut_off, DescribeVpcs = cut_off }
    assert.is_false(identifier)
    assert.is_true(err.ambiguous)
  end)

  it("is patient where AWS says that there are too many calls", function()
    local sent = 0
    local world, identifier = create { DescribeVpcs = vpcs_of {}, CreateVpc = function()
      sent = sent + 1
      if sent < 9 then error(fake.error("RequestLimitExceeded", "too many"), 0) end
      return { Vpc = { VpcId = "vpc-2" } }
    end }
    assert.are.equal("vpc-2", identifier)
    assert.are.equal(9, #world.operations())
  end)

  local function groups(seen_after, attempts, throttles)
    local looks, err = 0, fake.error "InvalidGroup.Duplicate"
    throttles = throttles or 0
    err.attempts = attempts
    local want = { GroupName = "g", GroupDescription = "g", VpcId = "vpc-1" }
    local world = fake.new {
      CreateSecurityGroup = function()
        throttles = throttles - 1
        error(throttles >= 0 and fake.error "RequestLimitExceeded" or err, 0)
      end,
      DescribeSecurityGroups = function()
        looks = looks + 1
        return { SecurityGroups = looks > seen_after and { { GroupId = "sg-1", GroupName = "g",
          VpcId = "vpc-1", Description = "g", Tags = MINE.Tags } } or {} }
      end,
    }
    local ok, answer = pcall(world.run, function()
      return act.perform(world.job("AWS::EC2::SecurityGroup", nil, want), { op = "op", name = "a",
        type = "AWS::EC2::SecurityGroup", place = world.place, action = "create", want = want,
        have = {},
        tags = { ["mrun:op"] = "op", ["mrun:stack"] = "s/1", ["mrun:resource"] = "a" } })
    end)
    return ok, answer, looks
  end

  it("waits to see what an attempt before the refused one may have made", function()
    local ok, answer = groups(2, 2)
    assert.is_true(ok)
    assert.are.equal("sg-1", answer.identifier)
    assert.is_true((groups(2, 1, 1)))
    local refused, err, looks = groups(2, 1)
    assert.is_false(refused)
    assert.are.same({ "InvalidGroup.Duplicate", 1 }, { err.code, looks })
  end)

  it("waits where there are too many calls, also to read", function()
    local refusals = 2
    local world = fake.new { DescribeVpcs = function()
      refusals = refusals - 1
      if refusals >= 0 then error(fake.error "RequestLimitExceeded", 0) end
      return { Vpcs = {} }
    end }
    local answer
    world.run(function()
      answer = world.machine:try_all(world.place, "ec2", "DescribeVpcs", {})
    end)
    assert.are.same({}, answer.Vpcs)
    assert.are.equal(3, #world.calls)
  end)

  local function adding(losses, options)
    local world = fake.new { AddRoleToInstanceProfile = function()
      losses = losses - 1
      if losses >= 0 then cut_off() end
      return {}
    end }
    local answer, err
    world.run(function()
      answer, err = world.machine:try(world.place, "iam", "AddRoleToInstanceProfile",
        { RoleName = "r", InstanceProfileName = "p" }, options)
    end)
    return answer, #world.calls, err
  end

  it("begins anew what can be repeated, where no attempt at it had an answer", function()
    local answer, calls = adding(3)
    assert.are.same({ {}, 4 }, { answer, calls })
    local none, given_up, err = adding(math.huge)
    assert.is_nil(none)
    assert.are.same({ "ConnectionError", 4, 4, true },
      { err.code, given_up, err.attempts, err.unsure })
    local _, once = adding(1, { repeatable = false })
    assert.are.equal(1, once)
  end)

  it("does not begin anew what has been without an answer for long", function()
    local world = fake.new {}
    local calls = 0
    world.machine.clients["here/iam"] = { call = function()
      calls, world.now = calls + 1, world.now + 60 * 1000
      cut_off()
    end }
    world.run(function()
      world.machine:try(world.place, "iam", "GetRole", { RoleName = "r" })
    end)
    assert.are.equal(1, calls)
  end)
end)
