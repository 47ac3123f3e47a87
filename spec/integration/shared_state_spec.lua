-- State that several machines share, in a bucket of S3.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local RECIPE = [[
local aws = provider "aws"
local p = params { Name = { default = "one" } }
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16", Tags = { Name = p.Name } }
for at = 1, 3 do
  aws.EC2.Subnet("Subnet" .. at) { VpcId = vpc, CidrBlock = ("10.0.%d.0/24"):format(at) }
end
output { Vpc = vpc }
]]

local STATE <const> = "s3://states/team"

describe("state in a bucket", function()
  local emulator, one, other

  lazy_setup(function() emulator = Emulator.start() end)
  lazy_teardown(function() emulator:stop() end)

  before_each(function()
    emulator:reset()
    emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
    one, other = User.new(emulator), User.new(emulator)
    one:write("net.lua", RECIPE)
    other:write("net.lua", RECIPE)
  end)

  after_each(function()
    one:leave()
    other:leave()
  end)

  local function keys()
    return emulator:elsewhere [[
result = sorted(o["Key"] for o in
                client("s3").list_objects_v2(Bucket="states").get("Contents", []))]]
  end

  it("is one for two machines", function()
    one:must("--state", STATE, "apply", "--yes", "net.lua")
    local again = other:must("--state", STATE, "plan", "net.lua")
    assert.matches("Nothing to do: 4 resources", again.out)
    other:must("--state", STATE, "apply", "--yes", "-P", "Name=two", "net.lua")
    local seen = one:must("--state", STATE, "show")
    assert.matches("two", seen.out)
    assert.is_nil(fs.stat(one.folder .. "/.mrun/net/state.json"))
    one:must("--state", STATE, "destroy", "--yes")
    assert.are.same({}, emulator:account().Subnets)
    assert.matches("0 resources", other:must("--state", STATE, "--stack", "net", "show").out)
    for _, key in ipairs(keys()) do assert.matches("^team/net/", key) end
  end)

  it("is where --state, MRUN_STATE or mrun.json says, in that order", function()
    one:write("mrun.json", json.encode {
      state = { url = "s3://states/json", region = "us-east-1" } })
    one:must("apply", "--yes", "net.lua")
    assert.matches("^json/net/", keys()[1])
    local said = one:shell 'MRUN_STATE=s3://states/env $MRUN plan net.lua'
    assert.matches("there is no state here, and a stack of this name exists", said.err)
    said = one:shell 'MRUN_STATE=s3://states/env $MRUN --state s3://states/json plan net.lua'
    assert.matches("Nothing to do", said.out)
    one:write("mrun.json", json.encode { state = "shared" })
    one:must("apply", "--yes", "--new", "net.lua")
    assert.is_table(fs.stat(one.folder .. "/shared/net/state.json"))
  end)

  it("is carried by a saved plan", function()
    one:must("--state", STATE, "plan", "net.lua")
    one:must "apply"
    assert.matches("Nothing to do", other:must("--state", STATE, "plan", "net.lua").out)
  end)

  it("comes there from a folder by pull and push", function()
    one:must("apply", "--yes", "net.lua")
    one:write("state.json", one:must("state", "pull").out)
    one:must("--state", STATE, "--stack", "net", "state", "push", "state.json")
    local again = other:must("--state", STATE, "plan", "net.lua")
    assert.matches("Nothing to do: 4 resources", again.out)
    assert.matches("the whole state pushed", other:must("--state", STATE, "history").out)
  end)

  it("that is nowhere, or said wrongly, is told in three lines", function()
    local said = one:mrun("--state", "s3://absent/x", "plan", "net.lua")
    assert.are.equal(1, said.code)
    assert.matches("there is no bucket absent", said.err)
    said = one:mrun("--state", "s3://states/x?colour=red", "plan", "net.lua")
    assert.are.equal(64, said.code)
    said = one:mrun("--lock-timeout", "soon", "apply", "--yes", "net.lua")
    assert.are.equal(64, said.code)
  end)
end)
