-- What somebody else has by now is neither changed nor deleted.
local stage = require "spec.support.stage"

local ROLE = [[
local aws = provider "aws"
aws.IAM.Role "Role" { RoleName = "rr", AssumeRolePolicyDocument = { Version = "2012-10-17",
  Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } } }
aws.IAM.InstanceProfile "Profile" { InstanceProfileName = "pp", Roles = {} }
]]

local PARAMETER = [[
local aws = provider "aws"
aws.SSM.Parameter "Setting" { Name = "/b/x", Type = "String", Value = %s }
]]

-- Each deleted by somebody else, and made anew by them.
local ROLE_ANEW = [[
import json
iam = client("iam")
iam.delete_role(RoleName="rr")
iam.create_role(RoleName="rr", Tags=[{"Key": "owner", "Value": "stranger"}],
  AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "ec2.amazonaws.com"}}]}))
]]

local PARAMETER_ANEW = [[
ssm = client("ssm")
ssm.delete_parameter(Name="/b/x")
ssm.put_parameter(Name="/b/x", Type="String", Value="theirs",
  Tags=[{"Key": "mrun:stack", "Value": "other/123"}, {"Key": "mrun:resource", "Value": "X"}])
]]

local PARAMETER_TAGS = [[result = {t["Key"]: t["Value"] for t in client("ssm")
  .list_tags_for_resource(ResourceType="Parameter", ResourceId="/b/x")["TagList"]}]]

local GATEWAY = [[result = {"id":
  client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]}]]

local function refused(said, ...)
  assert.are.equal(1, said.code)
  local text = said.err:gsub("%s+", " ")
  for _, pattern in ipairs { ... } do assert.matches(pattern, text) end
end

local function reads_only(said)
  for operation in pairs(said.counts) do
    local reads = operation:find "^Describe" or operation:find "^Get" or operation:find "^List"
    assert.is_truthy(reads, operation)
  end
end

describe("what is somebody else's by now", function()
  local emulator, user = stage.account(_ENV)

  it("is kept where another stack imported it first and tagged it", function()
    local id = emulator:elsewhere(GATEWAY).id
    for _, file in ipairs { "one.lua", "two.lua" } do
      user:must("import", "--type", "AWS::EC2::InternetGateway", id, "--out", file)
    end
    user:must("apply", "--yes", "one.lua")
    for _, words in ipairs { { "destroy", "two.lua", "--yes" }, { "apply", "two.lua", "--yes" },
      { "plan", "two.lua" } } do
      local said = user:mrun(table.unpack(words))
      refused(said, "is to take over " .. id:gsub("%-", "%%-")
        .. ", which belongs to the stack one/%x+", "mrun forget")
      reads_only(said)
    end
    assert.is_not_nil(emulator:account().InternetGateways[id])
    local name = user:json("show", "two.lua").resources[1].name
    user:must("forget", name, "--stack", "two", "--yes")
    assert.are.same({}, user:planned "one.lua")
    user:must("destroy", "one.lua", "--yes")
    assert.is_nil(emulator:account().InternetGateways[id])
  end)

  it("is kept where it took a name of ours, and carries nobody's tags", function()
    user:must("apply", "--yes", user:write("role.lua", ROLE))
    emulator:elsewhere(ROLE_ANEW)
    local told = "Role: rr does not carry this stack's tags any more"
    for _, words in ipairs { { "plan", "role.lua" }, { "apply", "--yes", "role.lua" },
      { "destroy", "--yes" } } do
      local said = user:mrun(table.unpack(words))
      refused(said, told, "mrun forget Role", "mrun:stack = role/%x+, mrun:resource = Role")
      reads_only(said)
    end
    local drifted = user:mrun("drift")
    assert.are.equal(2, drifted.code)
    assert.matches("Role.*it does not carry this stack's tags any more", drifted.out)
    assert.is_true(user:json("drift").drift[1].not_ours)
    user:must("forget", "Role", "--yes")
    local said = user:must("destroy", "--yes")
    assert.matches("1 deleted", said.out)
    assert.are.equal(1, said.counts.DeleteInstanceProfile)
    assert.is_not_nil(emulator:account().Roles.rr)
  end)

  it("is kept where it took a name of ours, and is another stack's", function()
    user:must("apply", "--yes", user:write("set.lua", PARAMETER:format '"ours"'))
    emulator:elsewhere(PARAMETER_ANEW)
    local told = "Setting: /b/x belongs to the stack other/123 now"
    for _, words in ipairs { { "plan", "set.lua" }, { "apply", "--yes", "set.lua" },
      { "destroy", "--yes" } } do
      local said = user:mrun(table.unpack(words))
      refused(said, told, "mrun forget Setting")
      reads_only(said)
    end
    local drifted = user:mrun("drift")
    assert.are.equal(2, drifted.code)
    assert.matches("Setting.*it belongs to the stack other/123 now", drifted.out)
    assert.are.equal("other/123", user:json("drift").drift[1].owner)
    local said = user:must("forget", "Setting", "--yes")
    reads_only(said)
    assert.are.same({ ["mrun:stack"] = "other/123", ["mrun:resource"] = "X" },
      emulator:elsewhere(PARAMETER_TAGS))
    refused(user:mrun("plan", "set.lua"), "/b/x exists already and belongs to the stack other/123")
  end)

  it("is told of by lists of everything, too", function()
    local function role(i)
      local text = ROLE:match "aws.IAM.Role.-} }\n"
      return (text:gsub('"Role"', '"Role' .. i .. '"'):gsub('"rr"', '"r' .. i .. '"'))
    end
    user:write("roles.lua", 'local aws = provider "aws"\n' .. role(1) .. role(2) .. role(3))
    user:must("apply", "--yes", "roles.lua")
    emulator:elsewhere((ROLE_ANEW:gsub('"rr"', '"r2"'):gsub('"owner"', '"mrun:stack"')))
    refused(user:mrun("destroy", "--yes"), "Role2: r2 belongs to the stack stranger now")
    assert.is_not_nil(emulator:account().Roles.r2)
    user:must("forget", "Role2", "--yes")
    user:must("destroy", "--yes")
    assert.is_nil(emulator:account().Roles.r1)
    assert.is_not_nil(emulator:account().Roles.r2)
  end)

  it("is seen by the tags of what has none in its schema", function()
    emulator:elsewhere [[client("iam").create_instance_profile(InstanceProfileName="pp")]]
    for _, file in ipairs { "one.lua", "two.lua" } do
      user:must("import", "--type", "AWS::IAM::InstanceProfile", "pp", "--out", file)
    end
    user:must("apply", "--yes", "one.lua")
    refused(user:mrun("destroy", "two.lua", "--yes"), "pp, which belongs to the stack one/%x+")
    emulator:elsewhere [[
iam = client("iam")
iam.delete_instance_profile(InstanceProfileName="pp")
iam.create_instance_profile(InstanceProfileName="pp")]]
    refused(user:mrun("destroy", "one.lua", "--yes"), "pp does not carry this stack's tags")
    user:must("destroy", "two.lua", "--yes")
    assert.is_nil(emulator:account().Profiles.pp)
  end)

  it("costs no call more where nothing is to be changed", function()
    user:must("apply", "--yes", user:write("set.lua", PARAMETER:format '"ours"'))
    local again = user:must("plan", "set.lua")
    assert.is_nil(again.counts.ListTagsForResource)
    user:write("set.lua", PARAMETER:format '"more"')
    assert.are.equal(1, user:must("plan", "set.lua").counts.ListTagsForResource)
    user:must("apply", "--yes", "set.lua")
    user:must("destroy", "--yes")
  end)

  it("is ours still where an id that AWS gave has lost its tags", function()
    user:write("vpc.lua", [[provider "aws".EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16" }]])
    user:must("apply", "--yes", "vpc.lua")
    local id = user:json("show").resources[1].identifier
    emulator:elsewhere(([[client("ec2").delete_tags(Resources=["%s"])]]):format(id))
    assert.are.same({}, user:planned "vpc.lua")
    user:must("destroy", "--yes")
    assert.is_nil(emulator:account().Vpcs[id])
  end)
end)
