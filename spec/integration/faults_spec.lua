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

local WANTED = {
  ssm_managed_instance = { Vpcs = 1, Subnets = 1, Endpoints = 3, SecurityGroups = 2, Roles = 1,
    Profiles = 1, Instances = 1 },
  ssm_managed_instance_nat = { Vpcs = 1, Subnets = 2, SecurityGroups = 1, Roles = 1, Profiles = 1,
    Instances = 1, InternetGateways = 1, NatGateways = 1, Addresses = 1 },
}

-- Each alone, and all of it together.
local CHAOS = {
  { what = "throttles", throttle = 5 },
  { what = "resets connections", reset = 5 },
  { what = "loses answers to what it has done", drop = 4 },
  { what = "answers in another order", reorder = 60 },
  { what = "does all of this, late", throttle = 7, reset = 11, drop = 9, reorder = 20, hidden = 2,
    pending = 2 },
}

describe("a network that", function()
  local emulator, user

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  before_each(function()
    emulator:reset()
    user = User.new(emulator)
  end)
  after_each(function() user:leave() end)

  local function counts(kinds)
    local account, found = emulator:account(), {}
    for kind in pairs(kinds) do
      found[kind] = 0
      for _ in pairs(account[kind]) do found[kind] = found[kind] + 1 end
    end
    return found
  end

  local function nothing_of(kinds)
    local none = {}
    for kind in pairs(kinds) do none[kind] = 0 end
    return none
  end

  for _, name in ipairs { "ssm_managed_instance", "ssm_managed_instance_nat" } do
    for _, chaos in ipairs(CHAOS) do
      it(("%s makes nothing twice and loses nothing: %s"):format(chaos.what, name), function()
        local recipe = User.project(("recipes/%s.lua"):format(name))
        local rules = { tokens = true }
        for key, rule in pairs(chaos) do rules[key] = rule end
        emulator:behave(rules)
        user:must("apply", "--yes", recipe)
        assert.are.same(WANTED[name], counts(WANTED[name]))
        assert.are.same({}, user:planned(recipe))
        user:must("apply", "--yes", recipe, "-P", "EC2InstanceVolumeType=gp3")
        user:must("destroy", "--yes")
        assert.are.same(nothing_of(WANTED[name]), counts(WANTED[name]))
      end)
    end
  end
end)
