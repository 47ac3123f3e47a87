-- Killed before and after each changing call of the seed's apply; then one plain apply.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"
local WANTED = { Vpcs = 1, Subnets = 1, RouteTables = 1, SecurityGroups = 2, Endpoints = 3,
  Roles = 1, Profiles = 1, Instances = 1 }

describe("an apply that is killed", function()
  local emulator

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)

  local function counts()
    local account, found = emulator:account(), {}
    for kind in pairs(WANTED) do
      found[kind] = 0
      for _ in pairs(account[kind]) do found[kind] = found[kind] + 1 end
    end
    return found
  end

  --- Whether there was a call of that number to be killed at.
  local function killed_at(at, when)
    local user = User.new(emulator)
    emulator:behave { tokens = true,
      kill = { at = at, when = when, pid_file = user.folder .. "/pid" } }
    local finished = user:mrun("apply", "--yes", RECIPE).code == 0
    emulator:behave { tokens = true }
    if not finished then
      user:must("apply", "--yes", RECIPE)
      assert.are.same({}, user:planned(RECIPE))
      assert.are.same(WANTED, counts(), ("killed %s call %d"):format(when, at))
    end
    user:must("destroy", "--yes")
    user:leave()
    return not finished
  end

  for _, when in ipairs { "before", "after" } do
    it(("is finished by the next one, wherever it was killed %s a call"):format(when), function()
      local points = 0
      while killed_at(points + 1, when) do points = points + 1 end
      print(("  killed %s each of %d changing calls"):format(when, points))
      assert.is_true(points >= 16)
    end)
  end
end)
