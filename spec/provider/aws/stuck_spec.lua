-- A delete that waits for what never goes by itself ends soon, and names that; what is on its way
-- out is waited for.
local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"
local tasks = require "engine.tasks"

local SOON_MS <const>, LATE_MS <const> = 30000, 20 * 60 * 1000

local function in_use() error(fake.error("DependencyViolation", "has a dependent object"), 0) end

local function tags_of(stack) return { { Key = "mrun:stack", Value = stack } } end

-- A world in which nothing is found but what these answers say.
local function world_of(answers)
  local made = { DeleteVpc = in_use, DeleteSubnet = in_use, DeleteSecurityGroup = in_use,
    ReleaseAddress = function() error(fake.error "InvalidIPAddress.InUse", 0) end,
    DescribeNetworkInterfaces = { NetworkInterfaces = {} }, DescribeSubnets = { Subnets = {} },
    DescribeSecurityGroups = { SecurityGroups = {} }, DescribeRouteTables = { RouteTables = {} },
    DescribeInternetGateways = { InternetGateways = {} }, DescribeVpcEndpoints = {
      VpcEndpoints = {} }, DescribeNatGateways = { NatGateways = {} },
    DescribeVpnGateways = { VpnGateways = {} } }
  for operation, answer in pairs(answers) do made[operation] = answer end
  return fake.new(made)
end

local function delete(world, type_name, id, timeout)
  return act.perform(world.job(type_name, id), { op = "1", name = "it", type = type_name,
    place = world.place, action = "delete", identifier = id, timeout = timeout, have = {},
    previous = {}, tags = { ["mrun:stack"] = "own/1" } })
end

local function deleting(world, ...)
  local ok, err = pcall(world.run, delete, world, ...)
  assert.is_false(ok)
  return err, world.now - 1000000
end

local function interfaces(...) return { NetworkInterfaces = { ... } } end

local function instances(state, stack)
  return { Reservations = { { Instances = { { InstanceId = "i-1", State = { Name = state },
    Tags = stack and tags_of(stack) } } } } }
end

local BY_INSTANCE <const> = { NetworkInterfaceId = "eni-1", Attachment = { InstanceId = "i-1" } }

describe("a delete that is refused", function()
  it("ends soon where a subnet of another stack is in the way, and says whose it is", function()
    local world = world_of { DescribeSubnets = { Subnets = {
      { SubnetId = "subnet-1", Tags = tags_of "web/9" } } } }
    local err, took_ms = deleting(world, "AWS::EC2::VPC", "vpc-1")
    assert.matches("it is used by subnet%-1 %(subnet%) of the stack web$", err.what)
    assert.are.equal("DependencyViolation", err.code)
    assert.matches("take that away", err.next)
    assert.is_true(took_ms > 10000 and took_ms < SOON_MS)
  end)

  it("tells two stacks of one name apart", function()
    local world = world_of { DescribeSubnets = { Subnets = {
      { SubnetId = "subnet-1", Tags = tags_of "own/2" } } } }
    assert.matches("of the stack own/2$", deleting(world, "AWS::EC2::VPC", "vpc-1").what)
  end)

  it("is waited for as long as its declaration says", function()
    local world = world_of { DescribeSubnets = { Subnets = { { SubnetId = "subnet-1" } } } }
    local _, took_ms = deleting(world, "AWS::EC2::VPC", "vpc-1", 90)
    assert.is_true(took_ms >= 90000)
  end)

  it("ends soon where an instance runs, and not while it shuts down, or may not be seen", function()
    for state, longest_ms in pairs { running = SOON_MS, stopped = SOON_MS,
      ["shutting-down"] = false, terminated = false } do
      local world = world_of { DescribeNetworkInterfaces = interfaces(BY_INSTANCE),
        DescribeInstances = instances(state) }
      local _, took_ms = deleting(world, "AWS::EC2::Subnet", "subnet-1")
      assert.are.equal(longest_ms ~= false, took_ms < SOON_MS, state)
      assert.are.equal(longest_ms == false, took_ms >= LATE_MS, state)
    end
    local world = world_of { DescribeNetworkInterfaces = interfaces(BY_INSTANCE),
      DescribeInstances = function() error(fake.error "UnauthorizedOperation", 0) end }
    local _, took_ms = deleting(world, "AWS::EC2::Subnet", "subnet-1")
    assert.is_true(took_ms >= LATE_MS)
  end)

  it("waits for what is this stack's own, which may be deleted in a moment", function()
    local world = world_of { DescribeNetworkInterfaces = interfaces(BY_INSTANCE),
      DescribeInstances = instances("running", "own/1") }
    local _, took_ms = deleting(world, "AWS::EC2::Subnet", "subnet-1")
    assert.is_true(took_ms >= LATE_MS)
    world = world_of { DescribeSecurityGroups = { SecurityGroups = {
      { GroupId = "sg-2", GroupName = "b", Tags = tags_of "own/1" } } } }
    _, took_ms = deleting(world, "AWS::EC2::SecurityGroup", "sg-1")
    assert.is_true(took_ms >= LATE_MS)
  end)

  it("waits for what this run deletes, and not for what it could not delete", function()
    local world
    world = world_of { DescribeSecurityGroups = function(params)
      local asked = params.Filters[1].Values[1]
      if asked == "sg-1" then return { SecurityGroups = { { GroupId = "sg-2" } } } end
      return { SecurityGroups = { { GroupId = "sg-3" } } }
    end }
    local ended = {}
    world.run(function()
      local function one(id)
        return function()
          tasks.try(function() delete(world, "AWS::EC2::SecurityGroup", id) end)
          ended[id] = world.now - 1000000
        end
      end
      tasks.all { one "sg-1", one "sg-2" }
    end)
    assert.is_true(ended["sg-2"] < SOON_MS)
    assert.is_true(ended["sg-1"] > ended["sg-2"] and ended["sg-1"] < 2 * 60000)
  end)

  it("waits for interfaces of what is being deleted, and not for those of a NAT gateway", function()
    local interface = { NetworkInterfaceId = "eni-1", InterfaceType = "nat_gateway" }
    for state, soon in pairs { deleting = false, available = true } do
      local world = world_of { DescribeNetworkInterfaces = interfaces(interface),
        DescribeNatGateways = { NatGateways = { { NatGatewayId = "nat-1", State = state,
          NatGatewayAddresses = { { NetworkInterfaceId = "eni-1" } } } } } }
      local err, took_ms = deleting(world, "AWS::EC2::Subnet", "subnet-1")
      assert.are.equal(soon, took_ms < SOON_MS, state)
      assert.matches("eni%-1 %(a NAT gateway%)" .. (soon and ", nat%-1" or "$"), err.what)
    end
  end)

  it("ends soon by an interface that is a resource of another stack", function()
    local world = world_of { DescribeNetworkInterfaces = interfaces {
      NetworkInterfaceId = "eni-1", Status = "available", TagSet = tags_of "web/9" } }
    local err, took_ms = deleting(world, "AWS::EC2::Subnet", "subnet-1")
    assert.is_true(took_ms < SOON_MS)
    assert.matches("eni%-1 %(available%) of the stack web$", err.what)
  end)

  it("ends soon for an address that an instance uses", function()
    local world = world_of { DescribeInstances = instances "running", DescribeAddresses = {
      Addresses = { { AllocationId = "eipalloc-1", InstanceId = "i-1",
        AssociationId = "eipassoc-1", Tags = tags_of "own/1" } } } }
    local err, took_ms = deleting(world, "AWS::EC2::EIP", "eipalloc-1")
    assert.is_true(took_ms < SOON_MS)
    assert.matches("i%-1 %(eipassoc%-1%)$", err.what)
  end)

  it("goes on while what is in the way changes", function()
    local world
    world = world_of {
      DeleteVpc = function() return world.now < 1040000 and in_use() or {} end,
      DescribeSubnets = function()
        return { Subnets = { { SubnetId = world.now < 1010000 and "subnet-1" or "subnet-2" } } }
      end,
      DescribeVpcEndpoints = function()
        return { VpcEndpoints = { { VpcEndpointId = "vpce-1",
          State = world.now < 1030000 and "available" or "deleting" } } }
      end }
    assert.is_true(pcall(world.run, delete, world, "AWS::EC2::VPC", "vpc-1"))
  end)

  it("is waited for no longer after an interrupt", function()
    local world = world_of { DescribeNetworkInterfaces = interfaces {
      NetworkInterfaceId = "eni-1", InterfaceType = "lambda" } }
    world.stop_at = 1008000
    local ok, err
    world.run(function()
      ok, err = tasks.shield(function() return delete(world, "AWS::EC2::Subnet", "subnet-1") end)
    end)
    assert.is_false(ok)
    assert.are.equal("interrupted", err.kind)
    assert.is_true(world.now <= 1009000)
  end)
end)
