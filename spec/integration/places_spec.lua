-- Two accounts and three regions in one recipe: planned, applied and destroyed in one process.
local stage = require "spec.support.stage"

local OTHER = "210987654321"
local RECIPE = [[
local aws = provider "aws"
local function network(at, name, cidr)
  local vpc = at.EC2.VPC(name) { CidrBlock = cidr, Tags = { Name = name } }
  at.EC2.Subnet(name .. "-subnet") { VpcId = vpc, CidrBlock = cidr }
  return vpc
end
local tokyo, dublin = aws { Region = "ap-northeast-1" }, aws { Region = "eu-west-1" }
local abroad = aws { AssumeRole = "%s" }
local other = abroad { Region = "eu-west-1" }
local home = network(aws, "home", "10.0.0.0/24")
network(tokyo, "tokyo", "10.1.0.0/24")
network(dublin, "dublin", "10.2.0.0/24")
network(other, "other", "10.3.0.0/24")
abroad.EC2.VPC "abroad" { CidrBlock = "10.4.0.0/24", Tags = { Name = "abroad" } }
other.IAM.Role "role" { AssumeRolePolicyDocument = {
  Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } } }
output { Home = home, Other = other.AccountId, Here = aws.AccountId }
]]

local PROFILES = [[
local aws = provider "aws"
local prod = aws { Profile = "prod", Region = "ap-northeast-1" }
aws.EC2.VPC "home" { CidrBlock = "10.0.0.0/24", Tags = { Name = "home" } }
prod.EC2.VPC "prod" { CidrBlock = "10.1.0.0/24", Tags = { Name = "prod" } }
]]
local KEYS = "export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s; "

--- The keys of somebody in another account.
local function credentials(emulator, role)
  local made = emulator:elsewhere(([=[
answer = client("sts").assume_role(RoleArn="%s", RoleSessionName="spec")["Credentials"]
result = [answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]]
]=]):format(role))
  return table.unpack(made)
end

local function sorted(list)
  table.sort(list)
  return list
end

local function count(map)
  local n = 0
  for _ in pairs(map) do n = n + 1 end
  return n
end

local function names(account)
  local list = {}
  for _, vpc in pairs(account.Vpcs) do list[#list + 1] = vpc.Tags.Name end
  table.sort(list)
  return list
end

describe("one recipe in several accounts and regions", function()
  local emulator, user = stage.account(_ENV)
  local role
  before_each(function()
    role = emulator:role_in(OTHER)
    user:write("world.lua", RECIPE:format(role))
  end)

  it("is applied, each thing where it belongs, and destroyed", function()
    user:must("apply", "--yes", "world.lua")
    assert.are.same({ "home" }, names(emulator:account()))
    assert.are.same({ "tokyo" }, names(emulator:account "ap-northeast-1"))
    assert.are.same({ "dublin" }, names(emulator:account "eu-west-1"))
    local there = emulator:account("eu-west-1", role)
    assert.are.same({ "other" }, names(there))
    assert.are.same({}, emulator:account().Roles)
    assert.are.equal(2, count(there.Roles)) -- that which is assumed, and ours
    assert.are.same({}, user:planned "world.lua")
    local shown = user:json "show"
    assert.are.equal(OTHER, shown.outputs.Other.value or shown.outputs.Other)
    user:must("destroy", "--yes")
    for _, region in ipairs { "us-east-1", "ap-northeast-1", "eu-west-1" } do
      assert.are.same({}, names(emulator:account(region)), region)
    end
    assert.are.same({}, names(emulator:account("eu-west-1", role)))
  end)

  it("assumes a role once, and asks once who is where", function()
    local said = user:must("apply", "--yes", "world.lua")
    assert.are.equal(1, said.counts.AssumeRole)
    assert.are.equal(5, said.counts.GetCallerIdentity)
  end)

  it("makes in the other account what the recipe moves there", function()
    user:must("apply", "--yes", "world.lua")
    local third = emulator:role_in "310987654321"
    user:write("world.lua", RECIPE:format(third))
    assert.are.same({ "replace abroad", "replace other", "replace other-subnet", "replace role" },
      sorted(user:planned "world.lua"))
    user:must("apply", "--yes", "world.lua")
    assert.are.same({ "other" }, names(emulator:account("eu-west-1", third)))
    assert.are.same({}, names(emulator:account("eu-west-1", role)))
    assert.are.same({}, user:planned "world.lua")
  end)

  it("reads nothing where the account is another one than the state says", function()
    user:must("apply", "--yes", "world.lua")
    emulator:calls()
    local said = user:shell(KEYS:format(credentials(emulator, role)) .. '"$MRUN" plan world.lua')
    assert.are.equal(1, said.code)
    assert.matches("of account 210987654321", said.err, 1, true)
    local counts = emulator.count(emulator:calls())
    assert.is_nil(counts.DescribeVpcs)
    assert.is_nil(counts.DescribeSubnets)
  end)

  it("takes a profile for each", function()
    user:write("world.lua", PROFILES)
    user:write("config", ("[profile prod]\nrole_arn = %s\ncredential_source = Environment\n"
      .. "region = ap-northeast-1\n"):format(role))
    local said = user:shell 'export AWS_CONFIG_FILE=$PWD/config; "$MRUN" apply --yes world.lua'
    assert.are.equal(0, said.code, said.err)
    assert.are.same({ "home" }, names(emulator:account()))
    assert.are.same({ "prod" }, names(emulator:account("ap-northeast-1", role)))
    said = user:shell 'export AWS_CONFIG_FILE=$PWD/config; "$MRUN" plan world.lua'
    assert.matches("Nothing to do: 2 resources", said.out, 1, true)
  end)

  it("goes to another account where the recipe says so, and not for other credentials", function()
    user:write("world.lua", [[provider("aws").EC2.VPC "home" { CidrBlock = "10.0.0.0/24" }]])
    user:must("apply", "--yes", "world.lua")
    user:write("config", ("[profile prod]\nrole_arn = %s\ncredential_source = Environment\n")
      :format(role))
    local said = user:shell [[export AWS_CONFIG_FILE=$PWD/config
      "$MRUN" apply --yes --profile prod world.lua]]
    assert.are.equal(1, said.code)
    assert.matches("the stack world is of account %d+, and these credentials are of account "
      .. OTHER, said.err)
    assert.are.equal(1, count(emulator:account().Vpcs))
    assert.are.same({}, emulator:account("us-east-1", role).Vpcs)
    user:write("world.lua",
      [[provider("aws") { Profile = "prod" }.EC2.VPC "home" { CidrBlock = "10.0.0.0/24" }]])
    said = user:shell 'export AWS_CONFIG_FILE=$PWD/config; "$MRUN" plan world.lua'
    assert.matches("it moves from us%-east%-1 of account %d+", said.out)
  end)
end)
