-- What a killed run has made in part is finished by the next one, and not made again.
local User = require "spec.support.user"
local stage = require "spec.support.stage"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"

describe("a run that was killed in the middle of a resource", function()
  local emulator, user = stage.account(_ENV)

  local function kill(operation, when, at)
    emulator:behave { exact = true, tokens = true, pending = 6, kill = { at = at or 1, when = when,
      operation = operation, pid_file = user.folder .. "/pid" } }
  end

  local function killed(operation, when, ...)
    kill(operation, when)
    assert.are_not.equal(0, user:mrun("apply", "--yes", ...).code)
  end

  local function one_of(kind)
    local found = emulator:account()[kind]
    local name, thing = next(found)
    assert.is_nil(next(found, name))
    return thing, name
  end

  local function notice(name, ...)
    for _, line in ipairs(user:json("plan", ...).notices) do
      if line:find(name .. ": ", 1, true) then return line end
    end
  end

  local CASES = {
    { what = "a role without its policy", kill = "CreateRole", name = "Ec2Role",
      says = "without ManagedPolicyArns; it is finished", kind = "Roles",
      whole = function(role) return #role.Policies > 0 end },
    { what = "a profile without its role", kill = "CreateInstanceProfile",
      name = "Ec2InstanceProfile", says = "without Roles; it is finished", kind = "Profiles",
      whole = function(profile) return #profile.Roles == 1 end },
    { what = "an instance that is pending", kill = "RunInstances", name = "EC2Instance",
      says = "still pending; it is waited for", kind = "Instances",
      whole = function(instance) return instance.State == "running" end },
    { what = "a VPC without its host names", kill = "CreateVpc", name = "StgVPC",
      says = "without EnableDnsHostnames; it is finished", kind = "Vpcs",
      whole = function(vpc) return vpc.DnsHostnames end },
  }

  for _, case in ipairs(CASES) do
    it("finishes " .. case.what, function()
      killed(case.kill, "after", RECIPE)
      assert.matches(case.says, notice(case.name, RECIPE) or "no notice", 1, true)
      local said = user:must("apply", "--yes", RECIPE)
      assert.is_nil(said.counts[case.kill])
      assert.is_true(case.whole((one_of(case.kind))))
      assert.are.same({}, user:planned(RECIPE))
    end)
  end

  it("is seen by who only looks: what it has made is there, and stays open", function()
    user:write("net.lua", [[provider("aws").EC2.InternetGateway "Door" {}]])
    killed("CreateInternetGateway", "after", "net.lua")
    local _, id = one_of "InternetGateways"
    local pattern = id:gsub("%-", "%%-")
    for _ = 1, 2 do
      local said = user:must "show"
      assert.matches("Door.*" .. pattern, said.out)
      assert.matches("^Door: made %(" .. pattern .. "%) by the run that was interrupted", said.err)
    end
    assert.are.equal(id, user:json("state", "show", "Door").identifier)
    local alone = user:shell 'unset AWS_ACCESS_KEY_ID; "$MRUN" state list'
    assert.are.equal(0, alone.code)
    assert.matches("net: 0 resources", alone.out)
    assert.matches("^a run that was cut off left 1 open, which cannot be looked at: ",
      alone.err)
    user:must("apply", "--yes", "net.lua")
    assert.are.equal("", user:must("show").err)
  end)

  it("finishes a group without its rules", function()
    user:write("group.lua", [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }
aws.EC2.SecurityGroup "group" { VpcId = vpc, GroupName = "group", GroupDescription = "group",
  SecurityGroupIngress = { { IpProtocol = "tcp", FromPort = 443, ToPort = 443,
    CidrIp = "10.0.0.0/16" } } }]])
    killed("CreateSecurityGroup", "after", "group.lua")
    assert.matches("without SecurityGroupIngress; it is finished", notice("group", "group.lua"), 1,
      true)
    local said = user:must("apply", "--yes", "group.lua")
    assert.is_nil(said.counts.CreateSecurityGroup)
    assert.are.equal(1, #one_of "SecurityGroups".Ingress)
    assert.are.same({}, user:planned "group.lua")
  end)

  it("ends a replacement that is half done", function()
    local recipe = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }
aws.EC2.SecurityGroup "group" { VpcId = vpc, GroupName = "%s", GroupDescription = "%s" }]]
    user:write("group.lua", recipe:format("one", "one"))
    user:must("apply", "--yes", "group.lua")
    user:write("group.lua", recipe:format("two", "two"))
    killed("CreateSecurityGroup", "after", "group.lua")
    assert.matches("; the one it replaces (sg-", notice("group", "group.lua"), 1, true)
    local said = user:must("apply", "--yes", "group.lua")
    assert.is_nil(said.counts.CreateSecurityGroup)
    assert.are.equal("two", one_of "SecurityGroups".GroupName)
    assert.are.same({}, user:planned "group.lua")
  end)
end)
