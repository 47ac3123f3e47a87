-- A CloudFormation template goes the same road as a recipe, and means the same.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"
local TEMPLATES = {
  ["of the specs"] = "spec/template/ssm_managed_instance.yml",
  ["of the seed, as it is"] = "../shared/seed/ssm_managed_instance.yml",
}

--- What a plan declares, apart from where that stands.
local function declared(user, path)
  local list = {}
  for _, change in ipairs(user:json("plan", path).changes) do
    for _, property in ipairs(change.properties) do property.old = nil end
    list[change.name] = { type = change.type, properties = change.properties }
  end
  return list
end

describe("the template", function()
  local emulator, user

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  before_each(function() user = User.new(emulator) end)
  after_each(function() user:leave() end)

  for name, path in pairs(TEMPLATES) do
    local full = fs.realpath(path)
    if not full then
      pending(name .. ": " .. path .. " is not there")
    else
      it(name .. " is planned, applied, planned again and destroyed", function()
        assert.matches("12 to create", user:must("plan", full).out)
        user:must("apply")
        assert.matches("Nothing to do: 12 resources", user:must("plan", full).out)
        user:must("diff", "--exit-code", full)
        user:must("destroy", "--yes")
        assert.are.same({}, emulator:account().Vpcs)
      end)

      it(name .. " declares what the recipe declares", function()
        assert.are.same(declared(user, RECIPE), declared(user, full))
      end)
    end
  end
end)
