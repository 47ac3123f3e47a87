local act = require "provider.aws.act"
local fake = require "spec.support.fake_aws"

describe("an instance that has to be stopped for a change", function()
  local function changed(refuse)
    local state = "running"
    local world
    world = fake.new {
      DescribeInstances = function()
        return { Reservations = { { Instances = { { State = { Name = state } } } } } }
      end,
      StopInstances = function() state = "stopped" return {} end,
      StartInstances = function() state = "running" return {} end,
      ModifyInstanceAttribute = function()
        if refuse then error(fake.error "InvalidParameterValue", 0) end
        return {}
      end,
    }
    local ok, err = world.run(function()
      return pcall(act.perform, world.job("AWS::EC2::Instance", "i-1"), {
        op = "op", name = "i", type = "AWS::EC2::Instance", place = world.place,
        action = "update", identifier = "i-1", changed = { "InstanceType" },
        want = { InstanceType = "t3.large" }, have = { InstanceType = "t3.small" },
      })
    end)
    return world, state, ok, err
  end

  it("runs again afterwards", function()
    local world, state, ok = changed(false)
    assert.is_true(ok)
    assert.are.equal("running", state)
    assert.are.equal("ModifyInstanceAttribute", world.operations()[4])
  end)

  it("runs again when the change is refused, and the refusal is told", function()
    local _, state, ok, err = changed(true)
    assert.is_false(ok)
    assert.are.equal("InvalidParameterValue", err.code)
    assert.are.equal("running", state)
  end)

  local function resumed(before, now)
    local world = fake.new { StartInstances = {}, DescribeInstances = {
      Reservations = { { Instances = { { State = { Name = now } } } } } } }
    world.run(function()
      act.resume(world.job("AWS::EC2::Instance", "i-1"), { op = "op", name = "i", action = "update",
        type = "AWS::EC2::Instance", identifier = "i-1", changed = { "InstanceType" },
        want = { InstanceType = "t3.large" }, have = { State = { Name = before } } })
    end)
    return world.operations()[2]
  end

  it("runs again when the change was cut off, and stays stopped where it was", function()
    assert.are.equal("StartInstances", resumed("running", "stopped"))
    assert.is_nil(resumed("running", "running"))
    assert.is_nil(resumed("stopped", "stopped"))
  end)
end)

describe("the user data of an instance", function()
  local instances = require "provider.aws.instances"

  it("is declared in base64, and given plain to the client", function()
    assert.are.equal("#!/bin/sh", instances.user_data "IyEvYmluL3No")
    local ok, err = pcall(instances.user_data, "#!/bin/sh")
    assert.is_false(ok)
    assert.are.equal("UserData is not in base64", err.what)
  end)
end)
