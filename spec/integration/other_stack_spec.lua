-- What one stack puts out is what another one is made of.
local stage = require "spec.support.stage"

local NETWORK = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "vpc" { CidrBlock = "10.0.0.0/16" }
output { VpcId = vpc.VpcId, Key = secret "hunter2" }
]]
local WEB = [[
local aws = provider "aws"
aws.EC2.Subnet "web" { VpcId = stack("network").VpcId, CidrBlock = "10.0.0.0/24" }
]]

describe("a recipe that reads another stack", function()
  local emulator, user = stage.account(_ENV)
  before_each(function()
    user:write("network.lua", NETWORK)
    user:write("web.lua", WEB)
  end)

  it("stops where that is not there", function()
    local said = user:mrun("plan", "web.lua")
    assert.are.equal(1, said.code)
    assert.matches("there is no stack network", said.err, 1, true)
    assert.matches("web.lua:2", said.err, 1, true)
  end)

  it("gets its outputs, also from a saved plan", function()
    user:must("--state", "here", "apply", "--yes", "network.lua")
    local vpc = user:json("--state", "here", "--stack", "network", "output").VpcId
    user:must("--state", "here", "plan", "web.lua")
    user:must "apply"
    local _, subnet = next(emulator:account().Subnets)
    assert.are.equal(vpc, subnet.VpcId)
    assert.are.same({}, user:planned("web.lua", "--state", "here"))
    user:must("--state", "here", "destroy", "--stack", "web", "--yes")
    user:must("--state", "here", "destroy", "--stack", "network", "--yes")
    assert.are.equal(1, user:mrun("--state", "here", "plan", "web.lua").code)
  end)

  it("gets no secret, and not what is its own", function()
    user:must("apply", "--yes", "network.lua")
    user:write("web.lua", 'output { Key = stack("network").Key }')
    local said = user:mrun("plan", "web.lua")
    assert.matches("is secret", said.err, 1, true)
    assert.is_nil((said.out .. said.err):find "hunter2")
    said = user:mrun("plan", "web.lua", "--stack", "network")
    assert.are.equal(1, said.code)
    user:write("web.lua", 'output { Id = stack("network").VpcId }')
    said = user:mrun("plan", "web.lua", "--stack", "network")
    assert.matches("reads an output of its own", said.err, 1, true)
  end)
end)
