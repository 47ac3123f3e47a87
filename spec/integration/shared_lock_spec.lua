-- The lock of a state in a bucket, as people meet it.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local json = require "json"

local RECIPE = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16" }
local last = vpc
for at = 1, 3 do
  last = aws.EC2.Subnet("Subnet" .. at) { VpcId = vpc, CidrBlock = ("10.0.%d.0/24"):format(at),
    depends_on = { last } }
end
]]

local STATE <const> = "s3://states/team"

describe("the lock of a state in a bucket", function()
  local emulator, one

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)

  before_each(function()
    emulator:reset()
    emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
    one = User.new(emulator)
    one:write("net.lua", RECIPE)
  end)

  after_each(function() one:leave() end)

  it("stays while a person thinks about the question", function()
    one:write("mrun.json", json.encode { state = { url = STATE, lock_expiry = 3 } })
    local said = one:shell(([[
ANSWER_AFTER=8 python3 %s "Do this" shown yes $MRUN apply net.lua > first 2>&1 &
sleep 7; $MRUN apply --yes net.lua; wait; cat first]]):format(
      User.project "spec/support/on_terminal.py"))
    assert.matches("in use by .+ apply net.lua", said.err)
    assert.matches("Vpc.-created", said.out)
    assert.matches("Nothing to do: 4 resources", one:must("plan", "net.lua").out)
  end)

  it("is given back, and the state saved, when a person interrupts an apply", function()
    one:write("mrun.json", json.encode { state = STATE })
    emulator:behave { delay_ms = 700 }
    local said = one:shell [[
$MRUN apply --yes net.lua 2> err & pid=$!
until grep -q Vpc err; do sleep 0.1; done
kill -TERM $pid; wait $pid; echo "code $?"]]
    emulator:behave {}
    assert.matches("code 3", said.out)
    assert.matches("Nobody held the lock", one:must("--stack", "net", "state", "unlock").out)
    one:must("apply", "--yes", "net.lua")
    assert.matches("Nothing to do: 4 resources", one:must("plan", "net.lua").out)
  end)
end)
