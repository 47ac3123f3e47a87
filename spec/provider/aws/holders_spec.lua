-- A delete that is refused because something still uses the resource names what that is.
local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

local function deleting(world, type_name, id, timeout)
  local ok, err = pcall(world.run, function()
    return act.perform(world.job(type_name, id), { op = "1", name = "it", type = type_name,
      place = world.place, action = "delete", identifier = id, timeout = timeout,
      tags = { ["mrun:stack"] = "own/1" } })
  end)
  return not ok and err or nil
end

local function count(world, operation)
  local n = 0
  for _, name in ipairs(world.operations()) do
    if name == operation then n = n + 1 end
  end
  return n
end

local function in_use() error(fake.error("DependencyViolation", "has a dependent object"), 0) end

describe("a refused delete", function()
  it("names the interfaces and the groups that use a security group", function()
    local world = fake.new { DeleteSecurityGroup = in_use,
      DescribeNetworkInterfaces = { NetworkInterfaces = {
        { NetworkInterfaceId = "eni-1", Attachment = { InstanceId = "i-1" }, Description = "" },
        { NetworkInterfaceId = "eni-2", InterfaceType = "lambda", Description = "AWS Lambda f" },
      } },
      DescribeSecurityGroups = { SecurityGroups = { { GroupId = "sg-1", GroupName = "own" },
        { GroupId = "sg-2", GroupName = "web" } } } }
    local events = {}
    world.machine.ports.emit = function(event) events[#events + 1] = event end
    local err = deleting(world, "AWS::EC2::SecurityGroup", "sg-1", 60)
    assert.are.equal("DependencyViolation", err.code)
    assert.matches("it is used by eni%-1 %(i%-1%), eni%-2 %(a Lambda function, AWS Lambda f%), "
      .. "sg%-2 %(a rule of the group web%)$", err.what)
    assert.are.equal(1, #events)
    assert.are.equal("waiting", events[1].kind)
    assert.are.equal("it", events[1].name)
    assert.matches("^used by eni%-1", events[1].state)
    -- Ever more seldom while it waits, however often it tries, and once at the end.
    assert.are.equal(4, count(world, "DescribeNetworkInterfaces"))
    assert.is_true(count(world, "DeleteSecurityGroup") > 5)
    assert.is_true(world.now - 1000000 < 70000)
  end)

  it("asks nobody where the refusal is over soon", function()
    local tries = 0
    local world = fake.new { DeleteSubnet = function()
      tries = tries + 1
      if tries < 3 then in_use() end
      return {}
    end }
    assert.is_nil(deleting(world, "AWS::EC2::Subnet", "subnet-1"))
    assert.are.same({ "DeleteSubnet", "DeleteSubnet", "DeleteSubnet" }, world.operations())
  end)

  it("stays what it is where nobody may look, or nobody is found", function()
    local function forbidden() error(fake.error "UnauthorizedOperation", 0) end
    local world = fake.new { DeleteSubnet = in_use, DescribeNetworkInterfaces = forbidden,
      DescribeNatGateways = forbidden }
    local err = deleting(world, "AWS::EC2::Subnet", "subnet-1", 10)
    assert.are.equal("DependencyViolation", err.what)
  end)

  it("names what is in a VPC, and not what is there by itself or on its way out", function()
    local function empty(list) return { [list] = {} } end
    local world = fake.new { DeleteVpc = in_use,
      DescribeNetworkInterfaces = empty "NetworkInterfaces",
      DescribeSubnets = { Subnets = { { SubnetId = "subnet-1" } } },
      DescribeSecurityGroups = { SecurityGroups = { { GroupId = "sg-0", GroupName = "default" } } },
      DescribeInternetGateways = { InternetGateways = { { InternetGatewayId = "igw-1" } } },
      DescribeRouteTables = { RouteTables = { { RouteTableId = "rtb-0",
        Associations = { { Main = true } } }, { RouteTableId = "rtb-1" } } },
      DescribeVpcEndpoints = { VpcEndpoints = { { VpcEndpointId = "vpce-1",
        State = "Deleting" } } },
      DescribeNatGateways = { NatGateways = { { NatGatewayId = "nat-1", State = "available" } } },
      DescribeVpnGateways = empty "VpnGateways" }
    local err = deleting(world, "AWS::EC2::VPC", "vpc-1", 5)
    assert.matches("used by igw%-1 %(internet gateway%), nat%-1 %(NAT gateway%), "
      .. "rtb%-1 %(route table%), subnet%-1 %(subnet%)$", err.what)
  end)

  it("names whom a managed policy is attached to", function()
    local world = fake.new { DeletePolicy = function()
      error(fake.error "DeleteConflict", 0)
    end, ListPolicyVersions = { Versions = {} }, GetPolicy = { Policy = { Arn = "arn" } },
      ListEntitiesForPolicy = { PolicyRoles = { { RoleName = "r" } },
        PolicyUsers = { { UserName = "u" } } }, GetPolicyVersion = { PolicyVersion = {
        Document = "{}" } }, DetachRolePolicy = {}, DetachUserPolicy = {} }
    local err = deleting(world, "AWS::IAM::ManagedPolicy", "arn:aws:iam::1:policy/p")
    assert.are.equal("DeleteConflict", err.code)
    assert.matches("used by r %(role%), u %(user%)$", err.what)
  end)
end)
