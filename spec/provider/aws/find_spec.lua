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
end)
