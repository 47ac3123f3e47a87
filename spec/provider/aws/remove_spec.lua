local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

describe("aws remove", function()
  it("tells what AWS did not delete, also where one unknown id split the call", function()
    local world = fake.new { DeleteVpcEndpoints = function(params)
      if #params.VpcEndpointIds > 1 then error(fake.error "InvalidVpcEndpointId.NotFound", 0) end
      if params.VpcEndpointIds[1] == "vpce-1" then return { Unsuccessful = {} } end
      return { Unsuccessful = { { ResourceId = "vpce-2",
        Error = { Code = "OperationNotPermitted", Message = "no" } } } }
    end }
    local failed = {}
    local function delete(id)
      return function()
        local ok, err = pcall(act.perform, world.job("AWS::EC2::VPCEndpoint", id), { op = id,
          name = id, type = "AWS::EC2::VPCEndpoint", place = world.place, action = "delete",
          identifier = id })
        failed[id] = not ok and err.code or nil
      end
    end
    world.run(function() coroutine.yield { all = { delete "vpce-1", delete "vpce-2" } } end)
    assert.are.same({ ["vpce-2"] = "OperationNotPermitted" }, failed)
    assert.are.equal(3, #world.calls)
  end)
end)
