-- Secrets of each kind through plan, apply, failures, show and destroy: nothing of them comes out.
-- What looks for them is User, after each run.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local secrets = require "spec.support.secrets"

local RECIPE = [[
local aws = provider "aws"
local p = params {
  Hidden = { secret = true, pattern = "^mrun.*$", max = 60 },
  Stored = { type = "AWS::SSM::Parameter::Value<String>", default = "/stored", secret = true },
  Deep   = { type = "AWS::SSM::Parameter::Value<String>", default = "/deep" },
}
local literal = secret "mrun-secret-literal"
local joined = secret("ann:" .. env "TOKEN" .. "@db")
local plain = aws.SSM.Parameter "Plain" { Name = "/out/plain", Type = "String",
  Value = "mrun-secret-by-its-model" }
aws.SSM.Parameter "Hidden" { Name = "/out/hidden", Type = "String", Value = p.Hidden,
  Description = literal, Tags = { Joined = joined, Stored = p.Stored, Deep = p.Deep } }
aws.SSM.Parameter "Told" { Name = "/out/told", Type = "String", Description = "of " .. p.Hidden,
  Value = apply(p.Hidden, function(v) print("v is " .. v) return v .. "!" end) }
aws.IAM.Role "Role" { AssumeRolePolicyDocument = { Version = "2012-10-17", Statement = { {
    Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } },
  Description = ("made for %s"):format(literal),
  Policies = { { PolicyName = "own", PolicyDocument = { Version = "2012-10-17", Statement = { {
    Effect = "Allow", Action = "s3:GetObject",
    Resource = "arn:aws:s3:::" .. p.Hidden .. "/*" } } } } } }
output { Hidden = p.Hidden, Value = plain.Value, List = { literal }, Joined = joined }
]]

local STORE = [[
ssm = client("ssm")
ssm.put_parameter(Name="/stored", Type="String", Value="mrun-secret-stored")
ssm.put_parameter(Name="/deep", Type="SecureString", Value="mrun-secret-deep")
]]

describe("a secret", function()
  local emulator
  setup(function() emulator = Emulator.start() end)
  teardown(function() emulator:stop() end)
  before_each(function()
    emulator:reset()
    emulator:elsewhere(STORE)
  end)

  local function given(user, words, hidden)
    return user:shell(('TOKEN=mrun-secret-token "$MRUN" %s -P Hidden=%s'):format(words,
      hidden or "mrun-secret-given"))
  end

  local function must(said)
    assert.are.equal(0, said.code, said.out .. said.err)
    return said
  end

  it("goes to AWS, and nowhere else", function()
    local user <close> = User.new(emulator)
    user:write("site.lua", RECIPE)
    must(given(user, "plan site.lua"))
    must(given(user, "apply"))
    local found = emulator:elsewhere [[
ssm = client("ssm")
result = {p: ssm.get_parameter(Name="/out/" + p)["Parameter"]["Value"]
  for p in ["plain", "hidden", "told"]}
]]
    assert.are.same({ plain = "mrun-secret-by-its-model", hidden = "mrun-secret-given",
      told = "mrun-secret-given!" }, found)
    assert.are.equal("", user:shell "find .mrun -perm /077".out)
    local drift = user:must("drift").out
    assert.are.same({ "No drift", nil }, { drift:match "No drift", drift:match "no longer" })
    local again = must(given(user, "plan site.lua"))
    assert.is_truthy(again.out:find("Nothing to do", 1, true), again.out)
  end)

  it("stays hidden where it changes, in each command and as JSON", function()
    local user <close> = User.new(emulator)
    user:write("site.lua", RECIPE)
    must(given(user, "apply --yes --debug site.lua"))
    must(given(user, "apply --yes --debug site.lua", "mrun-secret-rotated"))
    for _, words in ipairs { "plan site.lua", "--json plan site.lua", "diff site.lua",
      "--json diff site.lua", "apply --yes --json site.lua", "show --json", "show",
      "output --json", "output Hidden", "state pull", "state show Hidden", "history --json",
      "state list", "--json destroy --yes site.lua" } do
      local hidden = words:find "site.lua" and not words:find "destroy"
      local said = hidden and given(user, words, "mrun-secret-changed")
        or user:shell('"$MRUN" ' .. words)
      assert.are.equal(0, said.code, words .. ": " .. said.out .. said.err)
    end
  end)

  it("is left out of what AWS says of a call that failed", function()
    local user <close> = User.new(emulator)
    user:write("site.lua", RECIPE)
    for _, words in ipairs { "", "--json ", "--debug " } do
      emulator:behave { refuse = { operation = "PutParameter",
        message = "Value 'mrun-secret-given' at 'value' is not valid: mrun-secret-given!" } }
      local said = given(user, words .. "apply --yes site.lua")
      assert.are.equal(1, said.code, said.out .. said.err)
      assert.is_truthy((said.out .. said.err):find("'(secret)' at 'value' is not valid", 1, true),
        said.err)
    end
  end)

  it("is left out where the recipe itself fails or tells", function()
    local user <close> = User.new(emulator)
    user:write("bad.lua", [[params { Hidden = { secret = true, pattern = "^x$" } }]])
    assert.are.equal(64, given(user, "plan bad.lua").code)
    user:write("raises.lua", [[local p = params { Hidden = { secret = true } }
      apply(p.Hidden, function(v) error("no: " .. v) end)]])
    local said = user:shell('MRUN_DEBUG=1 "$MRUN" plan raises.lua -P Hidden=mrun-secret-given')
    assert.are.equal(1, said.code)
    assert.is_truthy(said.err:find("no: (secret)", 1, true), said.err)
  end)

  it("that is planted in what is printed or written is found", function()
    local user <close> = User.new(emulator)
    for _, script in ipairs { "echo %s", "echo %s >&2", "mkdir -p .mrun/a; echo %s > .mrun/a/plan",
      "echo x%s | base64 > b", "echo xx%s | base64 > c", "echo %s | base64 > d" } do
      local ok, why = pcall(user.shell, user, script:format(secrets.new "planted"))
      assert.is_false(ok, script)
      assert.is_truthy(tostring(why):find("a secret has come out", 1, true), script)
      user:shell "rm -rf .mrun b c d"
    end
    local ok = pcall(user.shell, user, 'echo "$AWS_SECRET_ACCESS_KEY" > key')
    assert.is_false(ok)
  end)
end)
