local fake = require "spec.support.fake_aws"
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
end)
