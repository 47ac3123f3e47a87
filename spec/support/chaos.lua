--- A stack's whole life over a network that misbehaves: nothing is made twice, nothing is lost.
local User = require "spec.support.user"

local WANTED <const> = {
  ssm_managed_instance = { Vpcs = 1, Subnets = 1, Endpoints = 3, SecurityGroups = 2, Roles = 1,
    Profiles = 1, Instances = 1 },
  ssm_managed_instance_nat = { Vpcs = 1, Subnets = 2, SecurityGroups = 1, Roles = 1, Profiles = 1,
    Instances = 1, InternetGateways = 1, NatGateways = 1, Addresses = 1 },
}

-- Each alone, and all of it together.
local CHAOS <const> = {
  { what = "throttles", throttle = 5 },
  { what = "resets connections", reset = 5 },
  { what = "loses answers to what it has done", drop = 4 },
  { what = "answers in another order", reorder = 60 },
  { what = "does all of this, late", throttle = 7, reset = 11, drop = 9, reorder = 20, hidden = 2,
    pending = 2 },
}

local function counts(emulator, kinds)
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

--- A stack of a shipped recipe is made, looked at, changed and taken away over such a network.
---@param emulator table
---@param name string of the recipe
---@param rules table of CHAOS
local function lives(emulator, name, rules)
  local recipe, wanted = User.project(("recipes/%s.lua"):format(name)), WANTED[name]
  local faults, user = { tokens = true }, User.new(emulator)
  for key, rule in pairs(rules) do faults[key] = rule end
  emulator:behave(faults)
  user:must("apply", "--yes", recipe)
  local made, planned = counts(emulator, wanted), user:planned(recipe)
  user:must("apply", "--yes", recipe, "-P", "EC2InstanceVolumeType=gp3")
  user:must("destroy", "--yes")
  user:leave()
  return { made = made, wanted = wanted, planned = planned, left = counts(emulator, wanted),
    nothing = nothing_of(wanted) }
end

return { CHAOS = CHAOS, lives = lives }
