-- mrun undo and --rollback on AWS: what an independent client sees is what was there before.
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local p = params { Dns = { default = false }, Part = { default = "all" } }
local net = aws.EC2.VPC "Net" { CidrBlock = "10.0.0.0/16", EnableDnsHostnames = p.Dns,
  Tags = { Dns = tostring(p.Dns) } }
if p.Part ~= "net" then
  local sub = aws.EC2.Subnet "Sub" { VpcId = net, CidrBlock = "10.0.1.0/24" }
  local routes = aws.EC2.RouteTable "Routes" { VpcId = net }
  aws.EC2.SubnetRouteTableAssociation "Join" { SubnetId = sub, RouteTableId = routes }
  aws.EC2.SecurityGroup "Group" { GroupDescription = "own", VpcId = net, SecurityGroupIngress = {
    { IpProtocol = "tcp", FromPort = 443, ToPort = 443, CidrIp = "10.0.0.0/16" } } }
  if p.Part == "bad" then
    aws.EC2.Subnet "Bad" { VpcId = net, CidrBlock = "10.0.1.0/24", depends_on = { "Group", "Sub" } }
  end
end
]]

--- Without the ids, which new things have new ones of.
local SEEN = [==[
ec2 = client("ec2")
vpcs = [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]
of = lambda: [{"Name": "vpc-id", "Values": [v["VpcId"] for v in vpcs] or ["none"]}]
result = {
  "vpcs": [[v["CidrBlock"], sorted(t["Value"] for t in v["Tags"] if t["Key"] == "Dns"),
    ec2.describe_vpc_attribute(VpcId=v["VpcId"], Attribute="enableDnsHostnames")
      ["EnableDnsHostnames"]["Value"]] for v in vpcs],
  "subnets": [s["CidrBlock"] for s in ec2.describe_subnets(Filters=of())["Subnets"]],
  "tables": sorted(len(t["Associations"]) for t in
    ec2.describe_route_tables(Filters=of())["RouteTables"]),
  "groups": sorted([g["Description"], [r.get("FromPort") for r in g["IpPermissions"]]] for g in
    ec2.describe_security_groups(Filters=of())["SecurityGroups"])}
]==]

describe("on AWS", function()
  local emulator, user = stage.account(_ENV)
  before_each(function() user:write("net.lua", RECIPE) end)

  it("undo puts back what was updated and creates anew what was deleted", function()
    user:must("apply", "--yes", "net.lua")
    local before = emulator:elsewhere(SEEN)
    user:must("apply", "--yes", "-P", "Dns=true", "-P", "Part=net", "net.lua")
    assert.are.same({}, emulator:elsewhere(SEEN).subnets)
    local said = user:must("undo", "--yes")
    assert.matches("Sub comes back as a new one: subnet%-%x+ is gone", said.out)
    assert.are.same(before, emulator:elsewhere(SEEN))
    assert.are.same({}, user:planned "net.lua")
    user:must("destroy", "--yes")
    user:must("undo", "--yes", "--stack", "net")
    assert.are.same(before, emulator:elsewhere(SEEN))
    assert.are.same({}, user:planned "net.lua")
  end)

  it("--rollback leaves what was there before a failed apply", function()
    local nothing = emulator:elsewhere(SEEN)
    local said = user:mrun("apply", "--yes", "--rollback", "-P", "Part=bad", "net.lua")
    assert.are.equal(1, said.code)
    assert.matches("Bad was not created", said.out)
    assert.matches("Taken back: .*Net %(deleted again%)", said.out)
    assert.are.same(nothing, emulator:elsewhere(SEEN))
    user:must("apply", "--yes", "-P", "Part=net", "net.lua")
    local before = emulator:elsewhere(SEEN)
    said = user:mrun("apply", "--yes", "--rollback", "-P", "Part=bad", "-P", "Dns=true", "net.lua")
    assert.are.equal(1, said.code)
    assert.are.same(before, emulator:elsewhere(SEEN))
    assert.are.same({}, user:planned("net.lua", "-P", "Part=net"))
  end)

  it("goes on with an undo that has failed", function()
    local more = [[
if p.Part == "all" then aws.EC2.InternetGateway "Gateway" { Tags = { Name = "way" } } end
]]
    user:write("net.lua", RECIPE .. more)
    user:must("apply", "--yes", "net.lua")
    user:must("apply", "--yes", "-P", "Dns=true", "-P", "Part=most", "net.lua")
    emulator:behave { refuse = { operation = "CreateInternetGateway", message = "no" } }
    local said = user:mrun("undo", "--yes")
    assert.are.equal(1, said.code)
    assert.matches("Gateway was not created", said.out)
    emulator:behave {}
    assert.matches("1 to create, 0 to update, 0 to replace, 0 to delete",
      user:must("undo", "--yes").out)
    assert.are.same({}, user:planned "net.lua")
  end)

  it("undo makes nothing again that a rollback has taken back", function()
    local nothing = emulator:elsewhere(SEEN)
    user:must("apply", "--yes", "-P", "Part=net", "net.lua")
    user:mrun("apply", "--yes", "--rollback", "-P", "Part=bad", "-P", "Dns=true", "net.lua")
    user:must("undo", "--yes")
    assert.are.same(nothing, emulator:elsewhere(SEEN))
  end)

  it("undo leaves out what cannot be made without its secret, and says what to do", function()
    user:write("word.lua", [[
provider "aws".SSM.Parameter "Word" { Name = "/word", Type = "String", Value = "planted-word" }
]])
    user:must("apply", "--yes", "word.lua")
    user:must("undo", "--yes")
    local said = user:must("undo", "--yes", "--stack", "word")
    assert.matches("Word is not taken back: a new one needs its Value, a secret", said.out, 1, true)
    assert.matches("mrun apply with the recipe", said.out, 1, true)
    assert.matches("Nothing to do", said.out)
    user:must("apply", "--yes", "word.lua")
    assert.are.same({}, user:planned "word.lua")
  end)

  it("a move with a replacement leaves the new one alone, and undo puts it back", function()
    local moved = [[aws.EC2.SecurityGroup "%s" { GroupDescription = "%s", VpcId = net, %s }]]
    local function stack(...)
      return [[
local aws = provider "aws"
local net = aws.EC2.VPC "Net" { CidrBlock = "10.0.0.0/16" }
]] .. moved:format(...)
    end
    user:write("net.lua", stack("A", "one", ""))
    user:must("apply", "--yes", "net.lua")
    local before = emulator:elsewhere(SEEN)
    user:write("net.lua", stack("B", "two", [[moved_from = "A"]]))
    user:must("apply", "--yes", "net.lua")
    assert.are.same({}, user:planned "net.lua")
    user:must("undo", "--yes")
    assert.are.same(before, emulator:elsewhere(SEEN))
    user:write("net.lua", stack("B", "one", [[moved_from = "A"]]))
    assert.are.same({}, user:planned "net.lua")
  end)
end)
