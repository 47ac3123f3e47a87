local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

describe("aws act", function()
  local function created(type_name, want, answers)
    local world = fake.new(answers)
    world.run(function()
      return act.perform(world.job(type_name, nil, want), { op = "op", name = "a",
        type = type_name, place = world.place, action = "create", want = want, have = {},
        tags = { ["mrun:op"] = "op" } })
    end)
    return world.calls[1]
  end

  it("sends once what nobody could tell from a second one", function()
    local vpc = created("AWS::EC2::VPC", { CidrBlock = "10.0.0.0/16" },
      { CreateVpc = { Vpc = { VpcId = "vpc-1" } } })
    assert.are.same({ repeatable = false }, vpc[3])
    local endpoint = created("AWS::EC2::VPCEndpoint", { VpcId = "vpc-1", ServiceName = "s" },
      { CreateVpcEndpoint = { VpcEndpoint = { VpcEndpointId = "vpce-1" } } })
    assert.is_nil(endpoint[3])
    assert.are.equal("op", endpoint[2].ClientToken)
  end)
end)
