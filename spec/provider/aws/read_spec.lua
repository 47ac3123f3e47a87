local fake = require "spec.support.fake_aws"
local find = require "provider.aws.find"
local read = require "provider.aws.read"

local OWN <const> = { { Key = "mrun:stack", Value = "demo/1" },
  { Key = "mrun:resource", Value = "a" } }

describe("aws read", function()
  local function owners(world, type_name, identifiers, wanted)
    return world.run(function()
      return select(3, read.all(world.job(type_name), identifiers, wanted or {}))
    end)
  end

  it("tells by the way whose a thing is", function()
    local world = fake.new { DescribeInternetGateways = { InternetGateways = {
      { InternetGatewayId = "igw-1", Tags = OWN }, { InternetGatewayId = "igw-2", Tags = {} },
      { InternetGatewayId = "igw-3" } } } }
    local found = owners(world, "AWS::EC2::InternetGateway", { "igw-1", "igw-2", "igw-3", "igw-4" })
    assert.are.same({ stack = "demo/1", name = "a" }, found["igw-1"])
    assert.are.same({ false, false }, { found["igw-2"], found["igw-3"] })
    assert.is_nil(found["igw-4"])
    assert.are.equal(1, #world.calls)
  end)

  it("tells it of a parameter where its tags are wanted, and makes no call for it", function()
    local world = fake.new {
      GetParameters = { Parameters = { { Name = "/x", Type = "String", Value = "v" } } },
      ListTagsForResource = { TagList = OWN },
    }
    local wanted = { ["/x"] = { Value = true } }
    assert.is_nil(owners(world, "AWS::SSM::Parameter", { "/x" }, wanted)["/x"])
    assert.are.equal(1, #world.calls)
    wanted["/x"].Tags = true
    assert.are.equal("a", owners(world, "AWS::SSM::Parameter", { "/x" }, wanted)["/x"].name)
  end)

  it("does not take a list of everything for proof that there are no tags", function()
    local roles, ids = {}, { "r1", "r2", "r3" }
    for i, id in ipairs(ids) do roles[i] = { RoleName = id, Tags = i == 1 and OWN or nil } end
    local world = fake.new {
      GetAccountAuthorizationDetails = { RoleDetailList = roles },
      GetRole = { Role = { RoleName = "r2" } },
    }
    local wanted = { r1 = {}, r2 = {}, r3 = {} }
    local found = owners(world, "AWS::IAM::Role", ids, wanted)
    assert.are.equal("a", found.r1.name)
    assert.is_nil(found.r2)
    assert.is_false(world.run(function()
      return find.owner(world.job "AWS::IAM::Role", "r2")
    end))
  end)

  it("asks nothing of what carries no tags", function()
    local world = fake.new {}
    assert.is_nil(world.run(function()
      return find.owner(world.job "AWS::EC2::Route", "rtb-1|0.0.0.0/0")
    end))
    assert.are.equal(0, #world.calls)
  end)
end)
