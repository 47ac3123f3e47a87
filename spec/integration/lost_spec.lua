-- Commands that need no recipe, of a stack whose state is lost: its tags tell what it owns.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local KINDS = { "Vpcs", "Subnets", "RouteTables", "SecurityGroups", "Instances", "Roles",
  "Profiles", "NatGateways", "Addresses", "InternetGateways", "Endpoints" }

local SMALL = [[
local aws = provider "aws"
local far = aws { Region = "eu-west-1" }
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16" }
aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
far.EC2.VPC "Far" { CidrBlock = "10.1.0.0/16" }
]]

local function left(emulator, region)
  local account, found = emulator:account(region), {}
  for _, kind in ipairs(KINDS) do
    if next(account[kind]) then found[#found + 1] = kind end
  end
  return found
end

describe("a lost state", function()
  local emulator, user
  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  after_each(function()
    user:leave()
    emulator:reset()
  end)

  local function path(name) return user.folder .. "/.mrun/small/" .. name end

  local function small()
    user = User.new(emulator)
    user:write("small.lua", SMALL)
    user:must("apply", "--yes", "small.lua")
    assert(fs.remove(path "state.json"))
  end

  -- That a gateway waits for the addresses behind it nothing shows but AWS's refusal.
  it("is no hindrance to a destroy: each before what it stands on, without a refusal", function()
    emulator:behave { exact = true }
    user = User.new(emulator)
    local name = "ssm_managed_instance_nat"
    user:must("apply", "--yes", User.project("recipes/" .. name .. ".lua"))
    assert(fs.remove(("%s/.mrun/%s/state.json"):format(user.folder, name)))
    local said = user:must("destroy", "--yes")
    assert.matches("the state was lost: rebuilt from the ownership tags, 12 resources", said.out)
    assert.are.same({}, left(emulator))
    for _, call in ipairs(said.calls) do
      local is_asked = call.operation:find "^Get" or call.operation == "DetachInternetGateway"
      assert.is_truthy(call.status < 400 or is_asked, call.operation)
    end
    assert.matches("Nothing to do", user:must("destroy", "--yes").out)
  end)

  it("is no hindrance to what leaves the recipe: what stands in it goes first", function()
    emulator:behave { exact = true }
    user = User.new(emulator)
    local vpc = [[
local EC2 = provider("aws").EC2
local vpc = EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16" }
local subnet = EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
local kept = EC2.RouteTable "Kept" { VpcId = vpc }
]]
    user:write("net.lua", vpc .. [[
local tables = EC2.RouteTable "Tables" { VpcId = vpc }
EC2.SubnetRouteTableAssociation "Stands" { SubnetId = subnet, RouteTableId = tables }
]])
    user:must("apply", "--yes", "net.lua")
    assert(fs.remove(user.folder .. "/.mrun/net/state.json"))
    user:write("net.lua", vpc)
    local said = user:must("apply", "--yes", "net.lua")
    for _, call in ipairs(said.calls) do assert.is_true(call.status < 400, call.operation) end
    assert.matches("2 deleted", said.out)
    assert.are.equal(1, Emulator.sizes(emulator:account()).RouteTables)
    assert.matches("Nothing to do", user:must("plan", "net.lua").out)
  end)

  it("is found wherever the stack was", function()
    small()
    user:must("destroy", "--yes")
    assert.are.same({ {}, {} }, { left(emulator), left(emulator, "eu-west-1") })
  end)

  it("is of no matter where all is destroyed: only what was done is known", function()
    small()
    os.execute(("cd %s && cp -a .mrun kept"):format(user.folder))
    user:must("destroy", "--yes", "small.lua")
    os.execute(("cd %s && rm -r .mrun && mv kept .mrun"):format(user.folder))
    assert(fs.remove(path "identity"))
    assert.matches("Nothing to do", user:must("destroy", "--yes", "small.lua").out)
  end)

  it("is looked at, and stays lost; a resource of it is let go", function()
    small()
    local said = user:must("state", "list")
    assert.matches("Far  AWS::EC2::VPC  vpc%-%x+\nSubnet .*\nVpc ", said.out)
    assert.matches("the state was lost: rebuilt from the ownership tags, 3 resources\n", said.err)
    assert.are.equal("10.0.1.0/24",
      user:json("state", "show", "Subnet").attributes.CidrBlock)
    assert.are.equal(3, #user:json("show").resources)
    local drift = user:must "drift"
    assert.matches("rebuilt from the ownership tags, 3", drift.out)
    assert.matches("not known any more, .*: Far, Subnet, Vpc", drift.out)
    assert.matches("the state of the stack small is lost", user:mrun("state", "rekey").err)
    assert.matches("the stack small owns resources already", user:mrun("import", "--type",
      "AWS::EC2::VPC", next(emulator:account().Vpcs), "--out", "x.lua", "--stack", "small").err)
    assert.is_nil(fs.stat(path "state.json"))

    assert.matches("1 forgotten", user:must("forget", "--yes", "Subnet").out)
    assert.is_table(fs.stat(path "state.json"))
    local again = user:must("state", "list")
    assert.are.equal("", again.err)
    assert.matches("Far .*\nVpc .*small: 2 resources", again.out)
    local subnet = select(2, next(emulator:account().Subnets))
    assert.is_nil(subnet.Tags["mrun:stack"])
  end)

  it("stops at tagged stacks of its name when its identity is gone too", function()
    small()
    local id = json.decode((fs.read(path "identity"))).id
    os.execute("rm -r " .. user.folder .. "/.mrun")
    for _, words in ipairs { { "destroy", "--yes", "small.lua" }, { "drift", "small.lua" },
      { "destroy", "--yes", "--stack", "small" }, { "forget", "--yes", "Vpc", "--stack", "small" },
      { "drift", "--stack", "small" }, { "state", "list", "--stack", "small" },
      { "state", "show", "Vpc", "--stack", "small" }, { "undo", "--yes", "--stack", "small" } } do
      local said = user:mrun(table.unpack(words))
      assert.are.equal(1, said.code)
      assert.matches("small/" .. id .. " in us%-east%-1 %(2 tagged%)", said.err)
      assert.matches("mrun state rebuild %-%-stack small %-%-stack%-id " .. id, said.err)
    end
    local said = user:mrun("destroy", "--yes", "--stack", "smal")
    assert.are.same({ 64, "error: there is no stack smal here\n  --state says where to look\n" },
      { said.code, said.err })
    assert.are.same({ "Vpcs", "Subnets" }, left(emulator))
  end)

  it("is no empty stack where nobody knows to look, nor in another account", function()
    small()
    local identity = json.decode((fs.read(path "identity")))
    assert.are.equal(2, #identity.places)
    for _, place in ipairs(identity.places) do place.account = "111111111111" end
    assert(fs.replace(path "identity", json.encode(identity)))
    assert.matches("is of account 111111111111, and these credentials are of account",
      user:mrun("destroy", "--yes").err)
    identity.places = nil
    assert(fs.replace(path "identity", json.encode(identity)))
    local said = user:mrun("destroy", "--yes", "--region", "ap-south-1")
    assert.are.equal(1, said.code)
    assert.matches("the state was lost, and nothing in ap%-south%-1 carries the tags of small/",
      said.err)
    assert.are.same({ "Vpcs", "Subnets" }, left(emulator))
  end)
end)

describe("a lost state of what carries no tags", function()
  it("is not taken for an empty stack", function()
    local user <close> = User.new(require "spec.support.nobody")
    user:write("site.lua", 'provider "file".File "a" { Path = "a.txt", Content = "one" }')
    user:must("apply", "--yes", "site.lua")
    assert(fs.remove(user.folder .. "/.mrun/site/state.json"))
    local said = user:mrun("destroy", "--yes")
    assert.are.equal(1, said.code)
    assert.matches("what is of the provider file carries no tags to find it by", said.err)
    assert.are.equal("one", (fs.read(user.folder .. "/a.txt")))
  end)
end)
