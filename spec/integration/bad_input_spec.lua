-- Everything that a person can get wrong: one to three lines that say what, where and what to do
-- next, an exit code that is not 0, and nothing created.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local RECIPE = User.project "recipes/ssm_managed_instance.lua"

-- What is declared, and what the error has to say.
local RECIPES = {
  ["a syntax error"] = { "local aws = provider \"aws\"\naws.EC2.VPC \"x\" { CidrBlock = ",
    { "syntax error", "r%.lua:3" } },
  ["an unknown type"] = {
    [[aws.EC2.VPX "x" {}]],
    { "no type EC2%.VPX", "r%.lua:2", "aws%.EC2%.VPC" } },
  ["an unknown property"] = { [[aws.EC2.VPC "x" { CidrBlok = "10.0.0.0/16" }]],
    { "no property CidrBlok", "r%.lua:2", "did you mean CidrBlock" } },
  ["an unknown attribute"] = {
    [[output { A = (aws.EC2.VPC "x" { CidrBlock = "10.0.0.0/16" }).VpcIdd }]],
    { "no attribute VpcIdd", "r%.lua:2", "did you mean VpcId" } },
  ["a wrong value type"] = {
    [[aws.EC2.VPC "x" { CidrBlock = "10.0.0.0/16", EnableDnsSupport = "maybe" }]],
    { "EnableDnsSupport takes a boolean", "r%.lua:2" } },
  ["a bad enum"] = { [[aws.EC2.VPC "x" { CidrBlock = "10.0.0.0/16", InstanceTenancy = "defalt" }]],
    { "InstanceTenancy", "did you mean default", "r%.lua:2" } },
  ["a bad CIDR"] = {
    [[aws.EC2.VPC "x" { CidrBlock = "10.0.0.0/33" }]],
    { "CidrBlock", "r%.lua:2" } },
  ["a CIDR with host bits"] = { [[aws.EC2.VPC "x" { CidrBlock = "10.0.0.1/16" }]],
    { "host bits", "10%.0%.0%.0/16" } },
  ["a bad CIDR of IPv6"] = {
    [[aws.EC2.Route "x" { RouteTableId = "rtb-1", DestinationIpv6CidrBlock = "zz::/0" }]],
    { "DestinationIpv6CidrBlock", "no IPv6 network", "r%.lua:2" } },
  ["a boolean that is none"] = {
    [[aws.EC2.VPC "x" { CidrBlock = "10.0.0.0/16", EnableDnsSupport = "maybe" }]],
    { "EnableDnsSupport takes a boolean", "r%.lua:2", "see mrun types AWS::EC2::VPC" } },
  ["a property that the service cannot write"] = {
    [[aws.EC2.Instance "x" { SsmAssociations = { { DocumentName = "d" } } }]],
    { "SsmAssociations cannot be written", "r%.lua:2", "Systems Manager" } },
  ["a look-up of what is not there"] = { [[aws.lookup.parameter "/nope"]],
    { "no parameter /nope in us%-east%-1", "r%.lua:2" } },
  ["a parameter that names what is not there"] = {
    [[params { P = { type = "AWS::SSM::Parameter::Value<String>", default = "/nope" } }]],
    { "no parameter /nope in us%-east%-1", "r%.lua:2" } },
  ["a pipe for a file"] = { [[file "pipe"]], { "pipe is a pipe or a device", "r%.lua:2" } },
  ["a missing required property"] = { [[aws.EC2.Subnet "x" { CidrBlock = "10.0.0.0/24" }]],
    { "VpcId is required", "r%.lua:2" } },
  ["a cycle"] = { [[
    local a = aws.EC2.SecurityGroup "a" { GroupDescription = "x", depends_on = { "b" } }
    aws.EC2.SecurityGroup "b" { GroupDescription = "x", VpcId = a.GroupId }]],
    { "depend on each other", "a %(r%.lua:2%)", "b %(r%.lua:3%)" } },
  ["arithmetic on a deferred value"] = {
    [[print(vpc.VpcId + 1)]],
    { "x%.VpcId", "r%.lua:3", "apply%(" } },
  ["an order of deferred values"] = { [[print(vpc.VpcId < "a")]], { "x%.VpcId", "r%.lua:3" } },
  ["the length of a deferred value"] = { [[print(#vpc.VpcId)]], { "x%.VpcId", "r%.lua:3" } },
  ["ipairs of a deferred value"] = { [[for _ in ipairs(vpc.CidrBlockAssociations) do end]],
    { "x%.CidrBlockAssociations", "r%.lua:3", "each%(" } },
  ["a string function of a deferred value"] = { [[print(string.upper(vpc.VpcId))]],
    { "x%.VpcId", "r%.lua:3" } },
  ["a loop for ever"] = { "while true do end", { "not finished", "r%.lua:2" } },
  ["a loop for ever that pcall guards"] = { "pcall(function() while true do end end)",
    { "not finished" } },
  ["a pattern that never ends"] = { [[print((("a"):rep(99999)):find(("a-"):rep(30) .. "b"))]],
    { "r%.lua:2" } },
  ["all of the memory"] = { [[local s = "x" while true do s = s .. s end]], { "memory" } },
  ["a change of a library"] = { [[getmetatable("").__index.upper = nil]], { "r%.lua:2" } },
  ["a file elsewhere"] = { [[file "/etc/passwd"]], { "/etc/passwd is outside", "r%.lua:2" } },
  ["a link that leads elsewhere"] = { [[file "link"]], { "outside" } },
}

local function lines(text)
  return select(2, text:gsub("[^\n]+", ""))
end

--- Runs mrun with words as a shell splits them; `before` are assignments for it alone.
local function mrun(one, words, before)
  return one:shell(("%s \"$MRUN\" %s"):format(before or "", words))
end

-- Says that it failed well: the words, at most three lines, no traceback.
local function assert_clear(said, words)
  assert.are_not.equal(0, said.code)
  for _, word in ipairs(words) do assert.matches(word, said.err) end
  assert.is_true(lines(said.err) <= 3, said.err)
  assert.is_nil(said.err:find("traceback", 1, true))
end

describe("bad input", function()
  local aws, one

  setup(function() aws = Emulator.start() end)
  teardown(function() aws:stop() end)
  before_each(function() one = User.new(aws) end)
  after_each(function() one:leave() end)

  --- The first call since the last time that was more than a read.
  local function changed()
    for _, call in ipairs(aws:calls()) do
      if not call.operation:find "^Describe" and not call.operation:find "^Get" then
        return call.operation
      end
    end
  end

  describe("in a recipe:", function()
    for name, case in pairs(RECIPES) do
      it(name, function()
        local vpc = case[1]:find("vpc.", 1, true)
          and "local vpc = aws.EC2.VPC \"x\" { CidrBlock = \"10.0.0.0/16\" }\n" or ""
        local first = case[1]:find "^local aws" and "" or "local aws = provider \"aws\"\n"
        one:write("r.lua", first .. vpc .. case[1] .. "\n")
        one:shell "ln -s /etc/passwd link; mkfifo pipe"
        assert_clear(mrun(one, "apply --yes r.lua"), case[2])
        assert.is_nil(changed())
      end)
    end
  end)

  it("a recipe or a command that is not there, and options of nobody", function()
    assert_clear(mrun(one, "plan nope.lua"), { "nope%.lua" })
    assert.are.equal(64, mrun(one, "frob").code)
    assert_clear(mrun(one, "plam r.lua"), { "did you mean mrun plan" })
    assert_clear(mrun(one, "plan --exit-cod"), { "did you mean %-%-exit%-code" })
    one:write("r.lua", "")
    one:write("list.json", "[1]")
    assert_clear(mrun(one, "plan --params-file list.json r.lua"), { "not a JSON object" })
    assert_clear(mrun(one, "plan --params-file none.json r.lua"), { "none%.json", "give " })
    assert.are.equal(64, mrun(one, "plan").code)
  end)

  it("no credentials", function()
    assert_clear(mrun(one, "plan " .. RECIPE, "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY="),
      { "no AWS credentials", "AWS_ACCESS_KEY_ID" })
  end)

  it("a wrong secret, which is not printed", function()
    local said = mrun(one, "plan " .. RECIPE, "AWS_SECRET_ACCESS_KEY=wr0ngsecret")
    assert_clear(said, { "SignatureDoesNotMatch", "secret key from the environment is wrong" })
    assert.is_nil((said.out .. said.err):find("wr0ngsecret", 1, true))
  end)

  it("no region", function()
    assert_clear(mrun(one, "plan " .. RECIPE, "AWS_REGION= AWS_DEFAULT_REGION= "
      .. "AWS_EC2_METADATA_DISABLED=true"),
      { "no AWS region", "set AWS_REGION" })
  end)

  it("an endpoint that refuses", function()
    assert_clear(mrun(one, "plan " .. RECIPE, "AWS_ENDPOINT_URL=http://127.0.0.1:1"),
      { "127%.0%.0%.1:1", "AWS_ENDPOINT_URL" })
  end)

  it("an endpoint of plain HTTP elsewhere", function()
    assert_clear(mrun(one, "plan " .. RECIPE, "AWS_ENDPOINT_URL=http://aws.example"),
      { "plain HTTP", "allow_http" })
  end)

  it("a question that nobody can answer, before any call", function()
    aws:calls()
    for _, words in ipairs { "apply " .. RECIPE, "destroy " .. RECIPE } do
      local said = mrun(one, words)
      assert.are.equal(64, said.code)
      assert_clear(said, { "no terminal", "%-%-yes" })
    end
    assert.are.same({}, aws:calls())
  end)

  it("an apply without a saved plan", function()
    assert_clear(mrun(one, "apply"), { "no saved plan", "mrun plan RECIPE" })
  end)

  it("is a document with --json, on standard output", function()
    local said = mrun(one, "--json plan nope.lua")
    local document = json.decode(said.out)
    assert.are_not.equal(0, said.code)
    assert.is_string(document.error.what)
    assert.is_string(document.error.next)
  end)
end)

describe("bad state", function()
  local aws, one
  local STATE = ".mrun/small/state.json"

  setup(function() aws = Emulator.start() end)
  teardown(function() aws:stop() end)
  before_each(function()
    aws:reset()
    one = User.new(aws)
    one:write("small.lua", [[
      local aws = provider "aws"
      aws.EC2.VPC "Vpc" { CidrBlock = params { Cidr = { default = "10.1.0.0/16" } }.Cidr }]])
    local said = mrun(one, "apply --yes small.lua")
    assert.are.equal(0, said.code, said.err)
  end)
  after_each(function() one:leave() end)

  it("a file that is cut short", function()
    one:write(STATE, fs.read(one.folder .. "/" .. STATE):sub(1, 100))
    assert_clear(mrun(one, "plan small.lua"), { "cut short", "state%.json" })
  end)

  it("a file of a newer version", function()
    one:write(STATE, (fs.read(one.folder .. "/" .. STATE):gsub('"version":1', '"version":9')))
    assert_clear(mrun(one, "plan small.lua"), { "version 9", "newer mrun" })
  end)

  it("a stack of another recipe", function()
    one:write("other.lua", "provider \"aws\"")
    assert_clear(mrun(one, "plan --stack small other.lua"),
      { "another recipe", "small%.lua", "%-%-stack" })
  end)

  it("another account than the state's", function()
    local state = fs.read(one.folder .. "/" .. STATE)
    one:write(STATE, (state:gsub('"account":"123456789012"', '"account":"210987654321"')))
    assert_clear(mrun(one, "plan small.lua"), { "210987654321", "123456789012" })
  end)

  it("a saved plan whose state has changed since", function()
    assert.are.equal(0, mrun(one, "plan -P Cidr=10.2.0.0/16 small.lua").code)
    one:shell "cp .mrun/small/plan kept"
    assert.are.equal(0, mrun(one, "apply --yes -P Cidr=10.3.0.0/16 small.lua").code)
    one:shell "cp kept .mrun/small/plan"
    assert_clear(mrun(one, "apply"), { "out of date", "mrun plan again" })
  end)

  it("a second apply at the same time", function()
    aws:behave { delay_ms = 700 }
    local said = one:shell [[
      "$MRUN" apply --yes -P Cidr=10.4.0.0/16 small.lua > first 2>&1 < /dev/null &
      while ! [ -e .mrun/small/lock.json ]; do :; done
      "$MRUN" apply --yes small.lua; code=$?
      wait; exit $code]]
    aws:behave {}
    assert_clear(said, { "in use by", "wait until" })
    assert.matches("1 replaced", fs.read(one.folder .. "/first"))
  end)

  it("a full disk, which loses nothing", function()
    local before = fs.read(one.folder .. "/" .. STATE)
    local said = one:shell [[
      ulimit -f 0
      trap "" XFSZ; "$MRUN" apply --yes -P Cidr=10.5.0.0/16 small.lua]]
    assert.are_not.equal(0, said.code)
    assert.are.equal(before, fs.read(one.folder .. "/" .. STATE))
    assert.are.equal(0, mrun(one, "plan --exit-code small.lua").code)
  end)
end)

describe("what is somebody else's", function()
  it("a role of that name stops the plan and names identifier =", function()
    local aws <close> = Emulator.start()
    aws:behave { exact = true }
    local one = User.new(aws)
    assert.are.equal(0, mrun(one, [[aws iam CreateRole --input ']]
      .. [[{"RoleName":"stg-EC2SSMRoleForRDSAccess","AssumeRolePolicyDocument":"{}"}']]).code)
    local said = mrun(one, "apply --yes " .. RECIPE)
    local account = aws:account()
    one:leave()
    assert_clear(said, { "exists already", 'identifier = "stg%-EC2SSMRoleForRDSAccess"' })
    assert.is_nil(next(account.Vpcs))
  end)
end)
