-- `identifier = ` in a recipe: what somebody made by hand becomes the stack's.
local User = require "spec.support.user"
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16", EnableDnsHostnames = true,
  identifier = "%s" }
aws.IAM.Role "Role" { RoleName = "hand", Description = "ours", AssumeRolePolicyDocument = {
  Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } }, identifier = "%s" }
aws.SSM.Parameter "Setting" { Name = "/hand", Type = "String", Value = "ours",
  identifier = "/hand" }
aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
]]

local BY_HAND = [[
ec2, iam = client("ec2"), client("iam")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
iam.create_role(RoleName="hand", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":['
  '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}')
client("ssm").put_parameter(Name="/hand", Type="String", Value="theirs")
result = vpc
]]

local TAGS = [[
result = {t["Key"]: t["Value"] for t in client("ec2").describe_vpcs(VpcIds=["%s"])
  ["Vpcs"][0].get("Tags", [])}
]]

describe("identifier", function()
  local emulator, user = stage.account(_ENV)

  it("takes over what was made by hand, tags it, updates what differs, and is done", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand"))
    local plan = user:json("plan", recipe)
    local by_name = {}
    for _, change in ipairs(plan.changes) do by_name[change.name] = change end
    assert.are.equal("adopt", by_name.Vpc.action)
    assert.are.equal("EnableDnsHostnames", by_name.Vpc.properties[1].path)
    assert.are.equal("adopt", by_name.Role.action)
    assert.are.equal("create", by_name.Subnet.action)
    assert.matches("1 to create, 0 to update, .*3 to adopt", user:must("plan", recipe).out)
    local applied = user:must("apply", "--yes", recipe)
    assert.is_nil(applied.counts.CreateVpc)
    assert.is_nil(applied.counts.CreateRole)
    local tags = emulator:elsewhere(TAGS:format(vpc))
    assert.matches("^mine/", tags["mrun:stack"])
    assert.are.equal("Vpc", tags["mrun:resource"])
    assert.are.same({}, user:planned(recipe))
    user:must("destroy", "--yes")
    assert.is_nil(emulator:account().Vpcs[vpc])
  end)

  it("says when it is not there, and whose it is when it is another stack's", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local wrong = user:mrun("plan", user:write("mine.lua", RECIPE:format("vpc-0bad", "hand")))
    assert.are.equal(1, wrong.code)
    assert.matches("Vpc is to take over vpc%-0bad, which is not there", wrong.err)
    assert.matches("mine.lua:2", wrong.err)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand"))
    user:must("apply", "--yes", recipe)
    local other = User.new(emulator)
    local theirs = other:mrun("plan", other:write("theirs.lua", RECIPE:format(vpc, "hand")))
    assert.are.equal(1, theirs.code)
    assert.matches("belongs to the stack mine/", theirs.err)
    assert.matches("mrun forget", theirs.err)
    local setting = other:mrun("plan", other:write("setting.lua", [[
      local aws = provider "aws"
      aws.SSM.Parameter "A" { Name = "/hand", Type = "String", Value = "x", identifier = "/hand" }
    ]]))
    assert.matches("belongs to the stack mine/", setting.err)
    other:leave()
    assert.are.same({}, user:planned(recipe))
  end)

  local SEEN = [==[
ec2, iam = client("ec2"), client("iam")
vpcs = [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]
ssm = client("ssm")
result = {"vpcs": [[v["VpcId"], v.get("Tags", []), ec2.describe_vpc_attribute(VpcId=v["VpcId"],
    Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]] for v in vpcs],
  "role": [iam.get_role(RoleName="hand")["Role"].get("Description", ""),
    iam.list_role_tags(RoleName="hand")["Tags"]],
  "setting": [ssm.get_parameter(Name="/hand")["Parameter"]["Value"],
    ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/hand")["TagList"]],
  "subnets": len(ec2.describe_subnets(Filters=[{"Name": "vpc-id",
    "Values": [v["VpcId"] for v in vpcs] or ["none"]}])["Subnets"])}]==]

  it("is taken back by an undo: put back as it was and let go, never deleted", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local before = emulator:elsewhere(SEEN)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand"))
    user:must("apply", "--yes", recipe)
    assert.are.equal("ours", emulator:elsewhere(SEEN).role[1])
    local said = user:must("undo", "--yes")
    assert.matches("it was taken over: it stays, and is nobody's again", said.out)
    assert.matches("2 updated, 0 replaced, 1 deleted, 3 forgotten", said.out)
    assert.matches("Setting: Value cannot be taken back %(a secret", said.out)
    before.setting[1] = "ours"
    assert.are.same(before, emulator:elsewhere(SEEN))
    assert.are.same({}, user:json("state", "list", "--stack", "mine").resources or {})
    said = user:must("undo", "--yes", "--stack", "mine")
    assert.matches("Vpc is not taken back: it was moved or let go", said.out)
    assert.are.same(before.vpcs, emulator:elsewhere(SEEN).vpcs)
    assert.matches("3 to adopt", user:must("plan", recipe).out)
  end)

  it("is taken back by --rollback in the same way", function()
    local vpc = emulator:elsewhere(BY_HAND)
    local before = emulator:elsewhere(SEEN)
    local recipe = user:write("mine.lua", RECIPE:format(vpc, "hand") .. [[
      aws.EC2.Subnet "Bad" { VpcId = vpc, CidrBlock = "10.9.1.0/24",
        depends_on = { "Subnet", "Role", "Setting" } }]])
    local said = user:mrun("apply", "--yes", "--rollback", recipe)
    assert.are.equal(1, said.code)
    assert.matches("Bad was not created", said.out)
    assert.matches("Taken back: .*Role %(forgotten%)", said.out)
    before.setting[1] = "ours" -- a secret: what it was nobody kept
    assert.are.same(before, emulator:elsewhere(SEEN))
    assert.matches("2 to create, .*3 to adopt", user:must("plan", recipe).out)
  end)
end)
