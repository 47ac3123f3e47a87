-- What the README says: its recipe, its policy, its commands.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local README = assert(fs.read "README.md")

local function block(language)
  return assert(README:match("```" .. language .. "\n(.-)```"))
end

--- Whether a policy's action ("ec2:Describe*") allows an operation.
local function allows(actions, service, operation)
  for _, action in ipairs(actions) do
    local pattern = "^" .. action:gsub("%*", ".*") .. "$"
    if (service .. ":" .. operation):find(pattern) then return true end
  end
  return false
end

describe("the README", function()
  local emulator, user

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)
  before_each(function() user = User.new(emulator) end)
  after_each(function() user:leave() end)

  local function blocks(language)
    local found = {}
    for text in README:gmatch("```" .. language .. "\n(.-)```") do found[#found + 1] = text end
    return found
  end

  it("shows a script that talks to S3", function()
    local script = user:write("script.lua", blocks "lua"[2])
    local said = user:must("run", script)
    assert.matches("a %+ b\t5\nhttp://%S+X%-Amz%-Signature=%x+", said.out)
  end)

  it("shows calls of AWS", function()
    assert.matches("\nec2\n", user:must("aws").out)
    assert.matches("\nDescribeVpcs\n", user:must("aws", "ec2").out)
    assert.matches("VpcIds", user:must("aws", "ec2", "DescribeVpcs", "--help").out)
    local vpcs = user:must("aws", "ec2", "describe-vpcs", "--query", "Vpcs[].VpcId", "--all-pages")
    assert.matches('^%["vpc%-%x+"%]\n$', vpcs.out)
  end)

  it("shows a recipe that applies and plans empty", function()
    local recipe = user:write("recipe.lua", block "lua")
    assert.matches("VpcId = \"vpc%-", user:must("apply", "--yes", recipe).out)
    assert.are.same({}, user:planned(recipe))
    user:must("destroy", "--yes", recipe)
  end)

  it("names every action that its recipes need", function()
    local actions = json.decode(block "json").Statement[1].Action
    for _, name in ipairs { "ssm_managed_instance", "ssm_managed_instance_nat" } do
      local recipe = User.project("recipes/" .. name .. ".lua")
      for _, words in ipairs { { "apply", "--yes", recipe }, { "plan", recipe },
        { "destroy", "--yes", "--stack", name } } do
        for _, call in ipairs(user:must(table.unpack(words)).calls) do
          assert.is_true(allows(actions, call.service, call.operation),
            call.service .. ":" .. call.operation)
        end
      end
    end
  end)

  it("shows a plan in the form that mrun prints", function()
    local recipe = User.project "recipes/ssm_managed_instance.lua"
    user:must("apply", "--yes", recipe)
    local out = user:must("plan", recipe, "-P", "VpcCidr=10.1.0.0/16",
      "-P", "PrivateSubnet1Cidr=10.1.2.0/24").out
    assert.matches('CidrBlock: "10%.0%.0%.0/16" %-> "10%.1%.0%.0/16"  # forces replacement', out)
    assert.matches("\n!!! %d+ resources will be destroyed and made anew: StgVPC", out)
    assert.matches("\n0 to create, 0 to update, 10 to replace, 0 to delete%. 15 API calls%.\n$",
      out)
    user:must("destroy", "--yes", recipe)
  end)

  it("names commands that are there", function()
    local help = user:must("help").out
    for name in README:gmatch "\n    mrun (%l+) " do
      assert.matches("\n  " .. name .. " ", help)
    end
  end)
end)
