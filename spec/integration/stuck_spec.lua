-- A destroy that cannot go on for what another stack has in the way: it says so soon, and a person
-- who interrupts it before is heard at once.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"

local NET = [[
local aws = provider "aws"
aws.EC2.VPC "Net" { CidrBlock = "10.0.0.0/16" }
aws.EC2.VPC "Other" { CidrBlock = "10.1.0.0/16" }
]]

local WEB = [[
local aws = provider "aws"
aws.EC2.Subnet "Web" { VpcId = %q, CidrBlock = "10.0.1.0/24" }
]]

describe("on AWS a delete that another stack is in the way of", function()
  local emulator, user

  lazy_setup(function()
    emulator = Emulator.start()
    user = User.new(emulator)
    user:write("net.lua", NET)
    user:must("apply", "--yes", "net.lua")
    local vpc = emulator:elsewhere [[
vpcs = client("ec2").describe_vpcs()["Vpcs"]
result = [v for v in vpcs if v["CidrBlock"] == "10.0.0.0/16"][0]["VpcId"]
]]
    user:write("web.lua", WEB:format(vpc))
    user:must("apply", "--yes", "web.lua")
  end)
  lazy_teardown(function()
    user:leave()
    emulator:stop()
  end)

  it("ends at once when it is interrupted, and the next run goes on", function()
    for _, signal in ipairs { "INT", "TERM" } do
      local said = user:shell(([[
set -m
$MRUN --stack net destroy --yes 2> err > out & pid=$!
until grep -q "used by" err; do sleep 0.1; done
start=$(date +%%s); kill -%s $pid; wait $pid; echo "code $?"
echo "took $(($(date +%%s) - start))"; cat out]]):format(signal))
      assert.matches("code 3", said.out)
      assert.is_true(tonumber(said.out:match "took (%d+)") <= 3)
      assert.matches("Interrupted", said.out)
      assert.matches("Net", user:must("--stack", "net", "state", "list").out)
    end
  end)

  it("ends soon, and says whose it is", function()
    local start = os.time()
    local said = user:mrun("--stack", "net", "destroy", "--yes")
    assert.are.equal(1, said.code)
    assert.is_true(os.time() - start < 60)
    assert.matches("it is used by subnet%-%x+ %(subnet%) of the stack web", said.out)
    user:must("--stack", "web", "destroy", "--yes")
    user:must("--stack", "net", "destroy", "--yes")
    assert.is_nil(next(emulator:account().Vpcs))
  end)
end)
