-- Encrypted state from the command line: by a passphrase and by KMS, in a folder and in a bucket.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local secrets = require "spec.support.secrets"

local RECIPE = [[
local aws = provider "aws"
local p = params { Name = { default = "one" } }
aws.IAM.Role "Role" { Description = p.Name, AssumeRolePolicyDocument = { Version = "2012-10-17",
  Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } } }
]]

local FIRST, SECOND = secrets.new "first", secrets.new "second"

describe("encrypted state", function()
  local emulator
  setup(function() emulator = Emulator.start() end)
  teardown(function() emulator:stop() end)
  before_each(function() emulator:reset() end)

  local function runner(user, setting)
    user:write("site.lua", RECIPE)
    user:write("mrun.json", setting)
    return function(words, environment, code)
      local said = user:shell(("%s \"$MRUN\" %s"):format(
        environment or "MRUN_PASSPHRASE=" .. FIRST, words))
      assert.are.equal(code or 0, said.code, words .. "\n" .. said.out .. said.err)
      return said
    end
  end

  -- What of the state can be read; the names of files and what they are sealed with may be.
  local function readable(path)
    local found = {}
    for _, name in ipairs(fs.list(path) or {}) do
      local bytes = fs.read(path .. "/" .. name)
      if bytes and bytes:find("AWS::", 1, true) then found[#found + 1] = name end
      for _, inner in ipairs(readable(path .. "/" .. name)) do found[#found + 1] = inner end
    end
    return found
  end

  it("goes the whole road with a passphrase", function()
    local user <close> = User.new(emulator)
    local run = runner(user, '{ "encryption": "passphrase" }')
    run "plan site.lua"
    assert.are.same({}, readable(user.folder .. "/.mrun"))
    run "apply"
    run "plan site.lua -P Name=two"
    assert.are.same({}, readable(user.folder .. "/.mrun"))
    run("plan site.lua -P Name=three")
    user:write("mrun.json", "{}")
    run "apply --yes site.lua -P Name=two"
    assert.are.same({}, readable(user.folder .. "/.mrun"))
    assert.is_truthy(run "show".out:find("AWS::IAM::Role", 1, true))
    assert.is_truthy(run "history".out:find("apply site.lua", 1, true))
    run "destroy --yes site.lua"
    assert.are.same({}, readable(user.folder .. "/.mrun"))
  end)

  it("asks for the passphrase where none is given, and says where one is wrong", function()
    local user <close> = User.new(emulator)
    local run = runner(user, '{ "encryption": "passphrase" }')
    local none = "env -u MRUN_PASSPHRASE"
    local said = run("apply --yes site.lua", none, 64)
    assert.is_truthy(said.err:find("no passphrase is given", 1, true), said.err)
    assert.are.equal(0, emulator.count(emulator:calls()).CreateRole or 0)
    run "apply --yes site.lua"
    said = run("plan site.lua", "MRUN_PASSPHRASE=" .. SECOND, 1)
    assert.is_truthy(said.err:find("passphrase of the state is wrong", 1, true), said.err)
    said = run("--json show", "MRUN_PASSPHRASE=" .. SECOND, 1)
    assert.is_truthy(said.out:find('"error"', 1, true))
    user:write("words", FIRST .. "\n")
    run("show", "MRUN_PASSPHRASE_FILE=words")
    user:write("words", "\n")
    run("show", "MRUN_PASSPHRASE_FILE=words", 64)
    run("show", "MRUN_PASSPHRASE_FILE=missing", 64)
    local asked = user:shell(('python3 %s "Passphrase of the state: " hidden %s "$MRUN" show')
      :format(User.project "spec/support/on_terminal.py", FIRST))
    assert.are.equal(0, asked.code, asked.out)
    assert.is_truthy(asked.out:find("AWS::IAM::Role", 1, true), asked.out)
  end)

  it("gets new keys by state rekey", function()
    local user <close> = User.new(emulator)
    local run = runner(user, "{}")
    run("apply --yes site.lua", "")
    local said = run("state rekey", "", 64)
    assert.is_truthy(said.err:find("this stack is not sealed", 1, true), said.err)
    assert.is_true(#readable(user.folder .. "/.mrun") > 0)
    user:write("mrun.json", '{ "encryption": "passphrase" }')
    said = run "state rekey"
    assert.is_truthy(said.out:find("3 files sealed anew", 1, true), said.out)
    assert.are.same({}, readable(user.folder .. "/.mrun"))
    run("--json state rekey", ("MRUN_PASSPHRASE=%s MRUN_NEW_PASSPHRASE=%s"):format(FIRST, SECOND))
    run("plan site.lua", nil, 1)
    said = run("plan site.lua", "MRUN_PASSPHRASE=" .. SECOND)
    assert.is_truthy(said.out:find("Nothing to do", 1, true), said.out)
  end)

  it("takes its key from KMS, in a bucket too", function()
    local user <close> = User.new(emulator)
    emulator:elsewhere [[
kms = client("kms")
key = kms.create_key()["KeyMetadata"]["KeyId"]
kms.create_alias(AliasName="alias/mrun", TargetKeyId=key)
client("s3").create_bucket(Bucket="states")
]]
    local run = runner(user, '{ "encryption": { "kms": "alias/mrun", "region": "us-east-1" } }')
    for _, place in ipairs { "", " --state s3://states/x" } do
      local stack = place ~= "" and " --stack other" or ""
      run("plan site.lua" .. stack .. place, "")
      run("apply" .. stack .. place, "")
      local said = run("plan site.lua" .. stack .. place, "")
      assert.is_truthy(said.out:find("Nothing to do", 1, true), said.out)
      run("state rekey --stack " .. (place ~= "" and "other" or "site") .. place, "")
      run("destroy --yes" .. (stack ~= "" and stack or " --stack site") .. place, "")
    end
    assert.are.same({}, readable(user.folder .. "/.mrun"))
    local plain = emulator:elsewhere [==[
s3 = client("s3")
keys = [o["Key"] for o in s3.list_objects_v2(Bucket="states", Prefix="x/other/")["Contents"]]
result = [k for k in keys if b"AWS::" in s3.get_object(Bucket="states", Key=k)["Body"].read()]
result = {"plain": result, "count": len(keys)}
]==]
    assert.are.same({}, plain.plain)
    assert.is_true(plain.count >= 4)
  end)
end)
