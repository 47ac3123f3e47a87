-- Kills an apply of the seed's stack at each of its changing calls, and applies again.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local assert = require "luassert"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"
local WANTED = { Vpcs = 1, Subnets = 1, RouteTables = 1, SecurityGroups = 2, Endpoints = 3,
  Roles = 1, Profiles = 1, Instances = 1 }

local killed = {}

--- Whether there was a call of that number to be killed at.
local function killed_at(emulator, at, when)
  local user <close> = User.new(emulator)
  local pid_file = user.folder .. "/pid"
  emulator:behave { tokens = true, kill = { at = at, when = when, pid_file = pid_file } }
  local finished = user:mrun("apply", "--yes", RECIPE).code == 0
  emulator:behave { tokens = true }
  if not finished then
    user:must("apply", "--yes", RECIPE)
    assert.are.same({}, user:planned(RECIPE))
    local found = Emulator.sizes(emulator:account(), WANTED)
    assert.are.same(WANTED, found, ("killed %s call %d"):format(when, at))
  end
  emulator:reset()
  return not finished
end

--- Kills before or after each changing call in turn; how many there were.
---@param when "before"|"after"
---@return integer
function killed.everywhere(when)
  local emulator <close> = Emulator.start()
  local points = 0
  while killed_at(emulator, points + 1, when) do points = points + 1 end
  print(("  killed %s each of %d changing calls"):format(when, points))
  return points
end

return killed
