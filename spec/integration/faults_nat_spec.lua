local chaos = require "spec.support.chaos"
local Emulator = require "spec.support.emulator"

describe("under the recipe ssm_managed_instance_nat, a network that", function()
  local emulator

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)

  for _, rules in ipairs(chaos.CHAOS) do
    it(rules.what .. " makes nothing twice and loses nothing", function()
      emulator:reset()
      local seen = chaos.lives(emulator, "ssm_managed_instance_nat", rules)
      assert.are.same(seen.wanted, seen.made)
      assert.are.same({}, seen.planned)
      assert.are.same(seen.nothing, seen.left)
    end)
  end
end)
