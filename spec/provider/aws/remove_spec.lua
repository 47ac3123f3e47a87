local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

describe("aws remove", function()
  it("tells what AWS did not delete, also where one unknown id split the call", function()
    local world = fake.new { DeleteVpcEndpoints = function(params)
      if #params.VpcEndpointIds > 1 then error(fake.error "InvalidVpcEndpointId.NotFound", 0) end
      if params.VpcEndpointIds[1] == "vpce-1" then return { Unsuccessful = {} } end
      return { Unsuccessful = { { ResourceId = "vpce-2",
        Error = { Code = "OperationNotPermitted", Message = "no" } } } }
    end }
    local failed = {}
    local function delete(id)
      return function()
        local ok, err = pcall(act.perform, world.job("AWS::EC2::VPCEndpoint", id), { op = id,
          name = id, type = "AWS::EC2::VPCEndpoint", place = world.place, action = "delete",
          identifier = id })
        failed[id] = not ok and err.code or nil
      end
    end
    world.run(function() coroutine.yield { all = { delete "vpce-1", delete "vpce-2" } } end)
    assert.are.same({ ["vpce-2"] = "OperationNotPermitted" }, failed)
    assert.are.equal(3, #world.calls)
  end)

  -- Deletes what this run has made; how long that took, in seconds, and how often it was asked for.
  local function made_and_deleted(answer)
    local world = fake.new { DeleteSecurityGroup = answer }
    local began = world.now
    world.machine:remember "sg-1"
    world.run(function()
      act.perform(world.job("AWS::EC2::SecurityGroup", "sg-1"), { op = "o", name = "g",
        type = "AWS::EC2::SecurityGroup", place = world.place, action = "delete",
        identifier = "sg-1" })
    end)

    return (world.now - began) / 1000, #world.calls
  end

  it("takes what is not there after a lost answer for deleted, and soon", function()
    local seconds = made_and_deleted(function()
      local err = fake.error "InvalidGroup.NotFound"
      err.attempts, err.unsure = 2, true
      error(err, 0)
    end)
    assert.is_true(seconds >= 20 and seconds < 40, seconds)
  end)

  it("waits until it sees what it has just made, where no delete can have gone before", function()
    local looks = 0
    local seconds, calls = made_and_deleted(function()
      looks = looks + 1
      if looks < 12 then error(fake.error "InvalidGroup.NotFound", 0) end
      return {}
    end)
    assert.are.equal(12, calls)
    assert.is_true(seconds > 20, seconds)
  end)

  -- Deletes something that the state knows by its tags alone; the calls that change something.
  local function rebuilt(type_name, id, answers, have)
    local world, calls = fake.new(answers), {}
    world.run(function()
      act.perform(world.job(type_name, id), { op = "o", name = "x", type = type_name,
        place = world.place, action = "delete", identifier = id, have = have })
    end)
    for _, operation in ipairs(world.operations()) do
      if operation:find "^De[tl]" then calls[#calls + 1] = operation end
    end
    return calls
  end

  it("detaches a gateway that no state knows as attached, once AWS lets it go", function()
    local gateway = { InternetGatewayId = "igw-1", Attachments = { { VpcId = "vpc-1" } } }
    local refusals = { "DependencyViolation" }
    assert.are.same({ "DetachInternetGateway", "DetachInternetGateway", "DeleteInternetGateway" },
      rebuilt("AWS::EC2::InternetGateway", "igw-1", {
        DescribeInternetGateways = { InternetGateways = { gateway } },
        DetachInternetGateway = function()
          local code = table.remove(refusals)
          if code then error(fake.error(code), 0) end
          return {}
        end, DeleteInternetGateway = {} }))
  end)

  it("detaches the policies of a role of which no state says what was attached", function()
    assert.are.same({ "DetachRolePolicy", "DeleteRole" }, rebuilt("AWS::IAM::Role", "r", {
      GetRole = { Role = { RoleName = "r", Path = "/" } },
      ListAttachedRolePolicies = { AttachedPolicies = { { PolicyArn = "arn:p" } } },
      ListRolePolicies = { PolicyNames = {} },
      DetachRolePolicy = {}, DeleteRole = {} }, { Path = "/" }))
  end)
end)
