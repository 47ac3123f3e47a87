-- kill -9 before and after every changing call of the seed's apply: one plain `mrun apply --yes`
-- later there is one of everything and nothing else, and nothing is left to do.
local emulator = require "spec.support.emulator"
local person = require "spec.support.person"

local RECIPE = person.ROOT .. "/recipes/ssm_managed_instance.lua"
local READS = { "^Describe", "^Get", "^List" }

-- What the independent client has to count.
local WANTED = {
  Vpcs = 1, Subnets = 1, RouteTables = 1, SecurityGroups = 2, Endpoints = 3, Roles = 1, Profiles = 1,
  Instances = 1, InternetGateways = 0, NatGateways = 0, Addresses = 0,
}

local function changes(call)
  for _, pattern in ipairs(READS) do
    if call.operation:find(pattern) then return false end
  end
  return true
end

local function size(t)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count
end

local function counted(account)
  local found = {}
  for kind in pairs(WANTED) do found[kind] = size(account[kind]) end
  return found
end

describe("kill -9", function()
  local aws, one
  setup(function() aws = emulator.start "moto" end)
  teardown(function() aws:stop() end)

  before_each(function()
    aws:reset()
    one = person.new(aws:environment())
    aws:behave { tokens = true }
    aws:calls()
  end)
  after_each(function() one:close() end)

  --- Kills the apply at its n-th changing call; whether it got that far.
  local function apply_killed_at(n, when)
    aws:behave { tokens = true, kill = { at = n, when = when, pid_file = one:path "pid" } }
    local said = one:shell(([[sh -c 'echo $$ > pid; exec "$MRUN" apply --yes %s']]):format(RECIPE))
    aws:behave { tokens = true }
    return said.code ~= 0, said
  end

  local function goes_on()
    local said = one:mrun("apply --yes " .. RECIPE)
    assert.are.equal(0, said.code, said.err .. said.out)
    assert.are.same(WANTED, counted(aws:account()))
    local again = one:mrun("plan --exit-code " .. RECIPE)
    assert.are.equal(0, again.code, again.out .. again.err)
  end

  local function points()
    assert.are.equal(0, one:mrun("apply --yes " .. RECIPE).code)
    local count = 0
    for _, call in ipairs(aws:calls()) do
      if changes(call) then count = count + 1 end
    end
    one:mrun("destroy --yes " .. RECIPE)
    return count
  end

  for _, when in ipairs { "before", "after" } do
    it(("%s any changing call loses nothing"):format(when), function()
      local total = points()
      assert.is_true(total >= 16)
      for n = 1, total do
        one:close()
        aws:reset()
        one = person.new(aws:environment())
        local killed, said = apply_killed_at(n, when)
        assert.is_true(killed, ("call %d: %s"):format(n, said.err))
        goes_on()
      end
      print(("  killed %s each of %d changing calls: nothing lost"):format(when, total))
    end)
  end
end)
