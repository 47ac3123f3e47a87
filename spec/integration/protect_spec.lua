-- Protection, retaining and forgetting where it counts: in the tags that AWS keeps.
local stage = require "spec.support.stage"

local RECIPE = [[
local aws = provider "aws"
local p = params { Protect = { default = "" }, Cidr = { default = "10.0.0.0/16" } }
local protect
if p.Protect ~= "" then protect = p.Protect == "yes" end
aws.EC2.VPC "Net" { CidrBlock = p.Cidr, protect = protect, Tags = { Own = "1" } }
local trust = { Version = "2012-10-17", Statement = { { Effect = "Allow",
  Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } } } }
aws.IAM.Role "Role" { RoleName = "guarded", AssumeRolePolicyDocument = trust, protect = protect }
local profile = aws.IAM.InstanceProfile "Profile" { InstanceProfileName = "guarded",
  Roles = { "guarded" }, depends_on = { "Role" } }
aws.IAM.ManagedPolicy "Policy" { ManagedPolicyName = "guarded", PolicyDocument = {
  Version = "2012-10-17", Statement = { { Effect = "Allow", Action = "s3:Get*",
  Resource = "*" } } } }
aws.SSM.Parameter "Text" { Name = "/guarded", Type = "String", Value = "x" }
]]

local TAGS = [[
def plain(tags): return {tag["Key"]: tag["Value"] for tag in tags}
vpcs = client("ec2").describe_vpcs(Filters=[{"Name": "tag:Own", "Values": ["1"]}])["Vpcs"]
iam = client("iam")
arn = iam.list_policies(Scope="Local")["Policies"][0]["Arn"]
result = {"Net": plain(vpcs[0]["Tags"]),
  "Role": plain(iam.get_role(RoleName="guarded")["Role"].get("Tags", [])),
  "Profile": plain(iam.get_instance_profile(InstanceProfileName="guarded")
    ["InstanceProfile"].get("Tags", [])),
  "Policy": plain(iam.list_policy_tags(PolicyArn=arn)["Tags"]),
  "Text": plain(client("ssm").list_tags_for_resource(ResourceType="Parameter",
    ResourceId="/guarded")["TagList"])}
]]

describe("on AWS", function()
  local emulator, user = stage.account(_ENV)
  before_each(function() user:write("net.lua", RECIPE) end)

  it("protection is in the tags, outlives its line, and ends when that is said", function()
    user:must("apply", "--yes", "net.lua")
    assert.is_nil(emulator:elsewhere(TAGS).Net["mrun:protect"])
    assert.are.same({ "update Net", "update Role" }, user:planned("net.lua", "-P", "Protect=yes"))
    user:must("apply", "--yes", "-P", "Protect=yes", "net.lua")
    local tags = emulator:elsewhere(TAGS)
    assert.are.equal("true", tags.Net["mrun:protect"])
    assert.are.equal("true", tags.Role["mrun:protect"])
    assert.are.same({}, user:planned "net.lua")
    assert.matches("is protected", user:mrun("destroy", "--yes").err)
    assert.matches("Net is protected",
      user:mrun("plan", "-P", "Cidr=10.9.0.0/16", "net.lua").err)
    -- The state is lost, and the protection is not.
    assert(os.remove(user.folder .. "/.mrun/net/state.json"))
    os.execute("rm -rf " .. user.folder .. "/.mrun/net/history")
    user:must("apply", "--yes", "net.lua")
    assert.matches("is protected", user:mrun("destroy", "--yes").err)
    user:must("apply", "--yes", "-P", "Protect=no", "net.lua")
    assert.is_nil(emulator:elsewhere(TAGS).Net["mrun:protect"])
    user:must("destroy", "--yes")
  end)

  it("what is forgotten stays, and has no tag of ours left", function()
    user:must("apply", "--yes", "net.lua")
    for _, name in ipairs { "Net", "Role", "Profile", "Policy", "Text" } do
      assert.is_not_nil(emulator:elsewhere(TAGS)[name]["mrun:stack"], name)
    end
    assert.are.equal(64, user:mrun("forget", "Nothing", "--yes").code)
    assert.are.equal(64, user:mrun("forget", "Net").code)
    local said = user:must("forget", "Net", "Role", "Profile", "Policy", "Text", "--yes")
    assert.matches("5 forgotten", said.out)
    assert.are.same({ Net = { Own = "1" }, Role = {}, Profile = {}, Policy = {}, Text = {} },
      emulator:elsewhere(TAGS))
    assert.matches("0 resources", user:must("show").out)
  end)
end)
