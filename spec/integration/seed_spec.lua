-- The main job, as its user sees it, against an emulator that checks signatures.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local ENDPOINTS = User.project "recipes/ssm_managed_instance.lua"
local NAT = User.project "recipes/ssm_managed_instance_nat.lua"

local AGAIN = {
  GetCallerIdentity = 1, GetParameters = 1, DescribeVpcs = 1, DescribeVpcAttribute = 2,
  DescribeSubnets = 1, DescribeRouteTables = 1, DescribeSecurityGroups = 1,
  DescribeVpcEndpoints = 1, GetRole = 1, ListAttachedRolePolicies = 1, GetInstanceProfile = 1,
  DescribeInstances = 1, DescribeVolumes = 1, DescribeInstanceAttribute = 1,
}

local function only(map)
  local key, v = next(map)
  assert.is_not_nil(key)
  assert.is_nil(next(map, key))
  return key, v
end

local function by(map, member)
  local found = {}
  for id, each in pairs(map) do
    each.id = id
    found[each[member]] = each
  end
  return found
end

local ALL_OUT = { IpProtocol = "-1", Cidrs = { "0.0.0.0/0" }, Descriptions = { "" }, Groups = {} }

local function check_network(account, region)
  local vpc_id, vpc = only(account.Vpcs)
  assert.are.same({ CidrBlock = "10.0.0.0/16", DnsSupport = true, DnsHostnames = true,
    Tags = vpc.Tags }, vpc)
  assert.are.equal("stg-vpc", vpc.Tags.Name)
  local subnet_id, subnet = only(account.Subnets)
  assert.are.equal(region .. "a", subnet.AvailabilityZone)
  assert.are.equal("10.0.2.0/24", subnet.CidrBlock)
  assert.are.equal("stg-private-subnet1", subnet.Tags.Name)
  local _, table_ = only(account.RouteTables)
  assert.are.same({ subnet_id }, table_.Subnets)
  assert.are.equal("stg-rtb-private", table_.Tags.Name)
  return vpc_id, subnet_id
end

local function check_groups(account)
  local groups = by(account.SecurityGroups, "GroupName")
  local own, endpoint = groups["step-server-sg"], groups["stg-ssm-vpc-endpoint-sg"]
  assert.are.equal(2, Emulator.sizes(account).SecurityGroups)
  assert.are.same({}, own.Ingress)
  assert.are.same({ ALL_OUT }, own.Egress)
  assert.are.same({ ALL_OUT }, endpoint.Egress)
  assert.are.same({ { IpProtocol = "tcp", FromPort = 443, ToPort = 443,
    Cidrs = { "10.0.0.0/16" }, Descriptions = { "" }, Groups = {} } }, endpoint.Ingress)
  return own.id, endpoint.id
end

local function check_endpoints(account, region, subnet_id, group_id)
  local services = by(account.Endpoints, "ServiceName")
  for _, name in ipairs { "ssm", "ssmmessages", "ec2messages" } do
    local endpoint = services[("com.amazonaws.%s.%s"):format(region, name)]
    assert.are.equal("Interface", endpoint.Type)
    assert.is_true(endpoint.PrivateDns)
    assert.are.same({ subnet_id }, endpoint.Subnets)
    assert.are.same({ group_id }, endpoint.Groups)
  end
  assert.are.equal(3, Emulator.sizes(account).Endpoints)
end

local function check_identity(account)
  local role = account.Roles["stg-EC2SSMRoleForRDSAccess"]
  assert.are.same({ "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }, role.Policies)
  local statement = role.Trust.Statement[1]
  assert.are.same({ "ec2.amazonaws.com" }, statement.Principal.Service)
  assert.are.same({ "sts:AssumeRole" }, statement.Action)
  local name, profile = only(account.Profiles)
  assert.are.equal("stg-ec2-instance-profile", name)
  assert.are.same({ "stg-EC2SSMRoleForRDSAccess" }, profile.Roles)
  return profile.Arn
end

local function check_instance(account, subnet_id, group_id, profile_arn)
  local _, instance = only(account.Instances)
  assert.are.equal(profile_arn, instance.Profile)
  assert.are.same({ group_id }, instance.Groups)
  assert.are.equal(subnet_id, instance.Subnet)
  assert.are.equal("t2.micro", instance.Type)
  assert.matches("^ami%-", instance.Image)
  assert.is_false(instance.TerminationProtected)
  assert.are.equal("step-server", instance.Tags.Name)
  assert.are.same({ { Device = "/dev/xvda", Size = 8, Type = "gp2", DeleteOnTermination = true } },
    instance.Volumes)
end

describe("the seed's stack", function()
  local emulator, user

  lazy_setup(function()
    emulator = Emulator.start()
    emulator:behave { exact = true }
  end)
  lazy_teardown(function() emulator:stop() end)
  after_each(function() user:leave() end)

  local function whole_way(recipe, region, resources)
    user = User.new(emulator, { region = region })
    local before = emulator:account(region)
    local plan = user:must("plan", recipe)
    assert.matches(resources .. " to create, 0 to update, 0 to replace, 0 to delete", plan.out)
    assert.is_true(plan.total <= 5)
    local apply = user:must("apply", "--yes", recipe)
    assert.matches("InstanceId = \"i%-", apply.out)
    local again = user:must("plan", recipe)
    assert.matches("Nothing to do: " .. resources .. " resources are as declared", again.out)
    user:must("diff", "--exit-code", recipe)
    local account = emulator:account(region)
    local destroy = user:must("destroy", "--yes")
    assert.are.same(before, emulator:account(region))
    return apply, again, destroy, account
  end

  for _, region in ipairs { "us-east-1", "ap-northeast-1" } do
    it("is planned, applied, planned again and destroyed, in " .. region, function()
      local apply, again, destroy, account = whole_way(ENDPOINTS, region, 12)
      assert.are.same(AGAIN, again.counts)
      assert.is_true(apply.total <= 36, "apply made " .. apply.total .. " calls")
      assert.is_true(destroy.total <= 36)
      local _, subnet_id = check_network(account, region)
      local own, endpoint = check_groups(account)
      check_endpoints(account, region, subnet_id, endpoint)
      check_instance(account, subnet_id, own, check_identity(account))
    end)
  end

  it("goes by way of a NAT gateway", function()
    local _, again, _, account = whole_way(NAT, "us-east-1", 17)
    assert.is_true(again.total <= 17)
    local counts = Emulator.sizes(account)
    assert.are.same({ 1, 1, 1, 2 }, { counts.NatGateways, counts.InternetGateways,
      counts.Addresses, counts.Subnets })
    local _, vpcs = only(account.InternetGateways)
    assert.are.same({ (only(account.Vpcs)) }, vpcs)
  end)

  it("applies a saved plan once, without asking", function()
    user = User.new(emulator)
    user:must("plan", ENDPOINTS)
    user:must("apply")
    assert.are_not.equal(0, user:mrun("apply").code)
    user:must("destroy", "--yes")
  end)

  it("keeps several resources in flight", function()
    user = User.new(emulator)
    emulator:behave { delay_ms = 50 }
    local most = 0
    for _, call in ipairs(user:must("apply", "--yes", ENDPOINTS).calls) do
      most = math.max(most, call.flying)
    end
    emulator:behave {}
    assert.is_true(most >= 2)
    user:must("destroy", "--yes")
  end)
end)
