local fake = require "spec.support.fake_aws"
local listed = require "provider.aws.listed"
local owned = require "provider.aws.owned"

describe("aws owned", function()
  it("leaves open of which type a rule of a group is", function()
    local world = fake.new { DescribeTags = function(params)
      local key = params.Filters[1].Values[1]
      return { Tags = { { Key = key, ResourceId = "sgr-1", ResourceType = "security-group-rule",
        Value = key == "mrun:stack" and "demo/1" or "rule" } } }
    end }
    local found = world.run(function()
      return owned.list(world.machine, world.place, "demo", {
        "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::VPC" })
    end)
    assert.are.equal("rule", found[1].name)
    assert.are.same({ "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress" },
      found[1].types)
  end)

  it("finds in lists what no search by tag tells, each by its own tags", function()
    local function tags_of(stack)
      return { { Key = "mrun:stack", Value = stack }, { Key = "mrun:resource", Value = "R" } }
    end
    local mine, other = tags_of "demo/1", tags_of "demo/2"
    local world = fake.new {
      GetAccountAuthorizationDetails = { RoleDetailList = {
        { RoleName = "a", Tags = mine }, { RoleName = "b", Tags = other }, { RoleName = "c" } } },
      ListInstanceProfiles = { InstanceProfiles = { { InstanceProfileName = "p" },
        { InstanceProfileName = "gone" } } },
      GetInstanceProfile = function(params)
        if params.InstanceProfileName == "gone" then error(fake.error "NoSuchEntity", 0) end
        return { InstanceProfile = { Tags = mine } }
      end,
      ListPolicies = { Policies = { { Arn = "arn:x" } } },
      ListPolicyTags = { Tags = other },
      DescribeParameters = function(params)
        assert.are.same({ { Key = "tag:mrun:stack", Values = { "demo/1" } } },
          params.ParameterFilters)
        return { Parameters = { { Name = "/a" } } }
      end,
      ListTagsForResource = { TagList = mine },
    }
    local found = world.run(function() return listed.list(world.machine, world.place, "demo/1") end)
    local texts = {}
    for i, one in ipairs(found) do texts[i] = one.type .. " " .. one.identifier end
    assert.are.same({ "AWS::IAM::InstanceProfile p", "AWS::IAM::Role a",
      "AWS::SSM::Parameter /a" }, texts)
  end)
end)
