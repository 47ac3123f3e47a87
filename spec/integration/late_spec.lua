-- AWS as it is: what was made is not seen at once, what is seen is not ready, tokens are kept.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

describe("a service that takes its time", function()
  local emulator, user

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  after_each(function() user:leave() end)

  local function empty(account)
    for _, kind in ipairs { "Vpcs", "Roles", "Profiles", "Instances", "Addresses",
      "NatGateways" } do
      assert.is_nil(next(account[kind]), kind)
    end
  end

  for _, name in ipairs { "ssm_managed_instance", "ssm_managed_instance_nat" } do
    it("is waited for: " .. name, function()
      user = User.new(emulator)
      local recipe = User.project(("recipes/%s.lua"):format(name))
      emulator:behave { hidden = 2, pending = 2, tokens = true }
      user:must("apply", "--yes", recipe)
      assert.are.same({}, user:planned(recipe))
      user:must("destroy", "--yes")
      emulator:behave {}
      empty(emulator:account())
    end)
  end
end)
