local fake = require "spec.support.fake_aws"
local find = require "provider.aws.find"

describe("aws find", function()
  it("knows a gateway's attachment by the gateway and the VPC", function()
    local world = fake.new { DescribeInternetGateways = { InternetGateways = {
      { InternetGatewayId = "igw-1", Attachments = { { VpcId = "vpc-1", State = "available" } } },
    } } }
    local function found(gateway)
      local want = { VpcId = "vpc-1", InternetGatewayId = gateway }
      return world.run(function()
        return (find.any(world.job("AWS::EC2::VPCGatewayAttachment", nil, want),
          { op = "op", name = "a", want = want }))
      end)
    end
    assert.are.equal("IGW|vpc-1", found "igw-1")
    assert.is_nil(found "igw-2")
  end)

  it("takes what is there already for ours by its tags alone, where it can carry some", function()
    local own, theirs = { { Key = "mrun:stack", Value = "demo/1" },
      { Key = "mrun:resource", Value = "a" } }, { { Key = "mine", Value = "1" } }
    local function ours(list)
      local world = fake.new {
        GetParameters = { Parameters = { { Name = "/x", Type = "String", Value = "v" } } },
        ListTagsForResource = { TagList = list },
      }
      return world.run(function()
        return find.ours(world.job "AWS::SSM::Parameter", { op = "op", name = "a",
          want = { Name = "/x" }, tags = { ["mrun:stack"] = "demo/1", ["mrun:resource"] = "a" } })
      end)
    end
    assert.are.equal("/x", ours(own))
    assert.is_nil(ours(theirs))
    assert.is_nil(ours {})
  end)
end)
