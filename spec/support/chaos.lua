--- A stack's whole life over a network that misbehaves: nothing is made twice, nothing is lost.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local assert = require "luassert"
local stage = require "spec.support.stage"

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

local function nothing_of(kinds)
  local none = {}
  for kind in pairs(kinds) do none[kind] = 0 end
  return none
end

--- A stack of a shipped recipe is made, looked at, changed and taken away over each such network.
---@param busted table the spec's _ENV
---@param name string of the recipe
return function(busted, name)
  local emulator, user = stage.account(busted)
  local recipe, wanted = User.project("recipes/" .. name .. ".lua"), WANTED[name]

  local function sizes() return Emulator.sizes(emulator:account(), wanted) end

  for _, chaos in ipairs(CHAOS) do
    busted.it(chaos.what .. " makes nothing twice and loses nothing", function()
      local rules = { tokens = true }
      for key, rule in pairs(chaos) do rules[key] = rule end
      emulator:behave(rules)
      user:must("apply", "--yes", recipe)
      assert.are.same(wanted, sizes())
      assert.are.same({}, user:planned(recipe))
      user:must("apply", "--yes", recipe, "-P", "EC2InstanceVolumeType=gp3")
      user:must("destroy", "--yes")
      assert.are.same(nothing_of(wanted), sizes())
    end)
  end
end
