-- Twenty processes apply the same stack at once: one wins, the others wait or say who holds it.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local json = require "json"

-- Each process wants something else, so that each that comes in turn has something to do.
local RECIPE = [[
local aws = provider "aws"
local p = params { Name = { default = "zero" } }
aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16", Tags = { Name = p.Name } }
aws.IAM.Role "Role" { RoleName = "net", AssumeRolePolicyDocument = { Version = "2012-10-17",
  Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } } }
]]

-- Half of them wait for the lock. Somebody looks at the state all the time.
local SCRIPT = [[
for i in $(seq 20); do
  wait=; [ $((i % 2)) = 0 ] && wait="--lock-timeout 120"
  ( $MRUN $wait apply --yes -P Name=n$i net.lua > out.$i 2> err.$i; echo $? > code.$i ) &
done
( until [ -e over ]; do $MRUN --stack net --json state list >> seen 2> told; done ) &
for i in $(seq 20); do while [ ! -s code.$i ]; do sleep 0.1; done; done
touch over; wait
for i in $(seq 20); do echo "$i $(cat code.$i) $(tr '\n' ' ' < err.$i)"; done
]]

local NETWORK_IS_BAD <const> = os.getenv "MRUN_SPEC_FAULTS" ~= nil -- and may let no look through

local function check_each(said)
  local done = 0
  for number, code, err in said:gmatch "(%d+) (%d+) ([^\n]*)" do
    if code == "0" then
      done = done + 1
    else
      assert.are.equal(1, number % 2, err) -- who waits gets it
      assert.matches("in use by .+ on .+ %(process %d+, apply net.lua, since .+%)", err)
    end
  end
  return done
end

local function check_serials(one)
  local last, looks = 0, 0
  for line in io.lines(one.folder .. "/seen") do
    local document = assert(json.decode(line))
    local failed = document.error
    if failed and not (NETWORK_IS_BAD and failed.service == "s3") then -- nobody has come so far
      assert.are.equal("there is no stack net here", failed.what)
    elseif not failed then
      assert.is_true(document.serial >= last)
      last, looks = document.serial, looks + 1
    end
  end
  assert.is_true(looks > 3)
end

for _, place in ipairs { ".mrun", "s3://states/team" } do
  describe("twenty processes at once on a state in " .. place, function()
    it("take turns, and lose nothing", function()
      local emulator <close> = Emulator.start()
      emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
      local one <close> = User.new(emulator)
      one:write("net.lua", RECIPE)
      one:write("mrun.json", json.encode { state = place })
      local said = one:shell(SCRIPT)
      local done = check_each(said.out)
      assert.is_true(done >= 10)
      check_serials(one)
      local account = emulator:account()
      assert.is_nil(next(account.Vpcs, (next(account.Vpcs))))
      local seen = one:json("state", "list")
      assert.are.equal(done, seen.serial)
      assert.matches("in use by [^;]+; waiting ", said.out)
      local changed = 0
      for _, run in ipairs(one:json("history").runs) do
        if run.totals.create or run.totals.update then changed = changed + 1 end
      end
      assert.are.equal(done, changed)
    end)
  end)
end

describe("a holder of the lock in a bucket who is killed", function()
  it("is named until the lock ends, and then followed by the next", function()
    local emulator <close> = Emulator.start()
    emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
    local one <close> = User.new(emulator)
    one:write("net.lua", RECIPE)
    one:write("mrun.json", json.encode {
      state = { url = "s3://states/team", lock_expiry = 4 } })
    emulator:behave { kill = { at = 5, when = "after", pid_file = one.folder .. "/pid" } }
    assert.are_not.equal(0, one:mrun("apply", "--yes", "net.lua").code)
    emulator:behave {}
    assert.matches("in use by .+ apply net.lua", one:mrun("apply", "--yes", "net.lua").err)
    one:must("apply", "--lock-timeout", "20", "--yes", "net.lua")
    assert.matches("Nothing to do: 2 resources", one:must("plan", "net.lua").out)
    local vpcs = emulator:account().Vpcs
    assert.is_nil(next(vpcs, (next(vpcs))))
  end)
end)
