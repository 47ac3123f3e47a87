-- Values made to fit the service model, as deep as they go.
local fit = require "provider.aws.fit"
local members = require "provider.aws.members"
local operation = require "provider.aws.operation"
local pack = require "native.pack"

describe("a property's value", function()
  local run

  setup(function() run = operation.of(assert(pack.open()), "ec2", "RunInstances") end)

  it("takes the model's kinds and names at every depth", function()
    local made = fit.to_shape(run.input.NetworkInterfaces, { {
      DeviceIndex = "0", GroupSet = { "sg-1" },
      PrivateIpAddresses = { { Primary = "true", PrivateIpAddress = "10.0.0.4" } },
    } }, { GroupSet = "Groups" })
    assert.are.same({ {
      DeviceIndex = 0, Groups = { "sg-1" },
      PrivateIpAddresses = { { Primary = true, PrivateIpAddress = "10.0.0.4" } },
    } }, made)
  end)

  it("goes where a path into the parameters leads", function()
    local params, rest = members.send({ called = { On = "Monitoring.Enabled" }, send = {} }, run,
      { On = "true", Nowhere = 1 })
    assert.are.same({ Monitoring = { Enabled = true } }, params)
    assert.are.same({ "Nowhere" }, rest)
  end)
end)
