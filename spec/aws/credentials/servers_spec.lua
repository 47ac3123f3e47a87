-- The links of the chain from end to end: mrun run, a real network on loopback, servers that hand
-- out keys which an emulator that checks signatures knows.
local child = require "spec.support.child"
local crypto = require "native.crypto"
local emulator = require "spec.support.emulator"
local fs = require "native.fs"
local json = require "json"
local server = require "spec.support.server"
local sys = require "native.sys"
local time = require "native.time"

local VENV <const> = os.getenv "MRUN_VENV" or "build/deps/venv"
local HOME <const> = os.getenv "TMPDIR" .. "/home"
local ROLE <const> = "arn:aws:iam::123456789012:role/app"

-- Somebody's role, and two sets of keys of sessions of it.
local MAKE_KEYS <const> = [[
import json
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"AWS": "*"}}]}
allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*",
         "Resource": "*"}]}
iam, sts = client("iam"), client("sts")
iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(trust))
iam.put_role_policy(RoleName="app", PolicyName="all", PolicyDocument=json.dumps(allow))
result = []
for name in ("one", "two"):
    keys = sts.assume_role(RoleArn="%s", RoleSessionName=name)["Credentials"]
    result.append({"AccessKeyId": keys["AccessKeyId"], "SecretAccessKey": keys["SecretAccessKey"],
                   "Token": keys["SessionToken"]})
]]

local MAKE_WEB_ROLE <const> = [[
import json
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
         "Action": "sts:AssumeRoleWithWebIdentity",
         "Principal": {"Federated": "accounts.google.com"}}]}
result = client("iam").create_role(RoleName="app",
                                   AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
]]

-- Prints who the caller is, as AWS knows it.
local WHO <const> = [[
local aws = require "aws"
print(aws.client("sts"):GetCallerIdentity().Arn)
]]

-- The same of botocore with the CLI's cache of roles; nobody is there to be asked for a code, or
-- somebody who knows it.
local BOTOCORE <const> = [[
import botocore.session, botocore.utils
session = botocore.session.get_session()
role = session.get_component("credential_provider").get_provider("assume-role")
role.cache = botocore.utils.JSONFileCache("%%s/.aws/cli/cache")
role._prompter = %s
print(session.create_client("sts").get_caller_identity()["Arn"])
]]
local BOTOCORE_WHO <const> = BOTOCORE:format "None"
local BOTOCORE_ASKED <const> = BOTOCORE:format 'lambda question: "123456"'

describe("credentials from a server", function()
  local cloud, giver, keys

  local function request(method, path, body)
    local said = sys.run { "/usr/bin/env", "curl", "-sS", "-X", method, "--data-binary", body or "",
      giver:url(path) }
    return json.decode(assert(said).out)
  end

  local function state(fields)
    local all = { keys = keys, life_s = 3600, status = 200, wait_s = 0, imds_v1 = false,
      bearer = "bearer-0", refresh = "refresh-0" }
    for name, value in pairs(fields or {}) do all[name] = value end
    request("PUT", "/_state", json.encode(all))
  end

  setup(function()
    cloud = emulator.start "moto"
    giver = server.start("credentials_server.py", "", VENV .. "/bin/python")
    keys = cloud:elsewhere(MAKE_KEYS:format(ROLE))
    assert.equal(2, #keys)
  end)

  teardown(function()
    giver:stop()
    cloud:stop()
  end)

  before_each(function() assert(fs.mkdir(HOME .. "/.aws")) end)
  after_each(function() os.execute("rm -rf '" .. HOME .. "'") end)

  local function write(path, text)
    assert(fs.mkdir((HOME .. path):match "^(.*)/"))
    assert(fs.replace(HOME .. path, text))
  end

  -- Runs a script as a user with nothing but this in the environment, on a terminal of these
  -- words where there are any.
  local function run(script, env, terminal)
    write("/script.lua", script)
    local words = table.move(terminal or {}, 1, #(terminal or {}), 1, {})
    for _, word in ipairs { "/usr/bin/env", "-i", "HOME=" .. HOME, "PATH=/usr/bin:/bin",
      "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL_STS=" .. cloud.url,
      "AWS_EC2_METADATA_SERVICE_ENDPOINT=" .. giver:url "" } do
      words[#words + 1] = word
    end
    for name, value in pairs(env or {}) do words[#words + 1] = name .. "=" .. value end
    for _, word in ipairs { child.binary, "run", HOME .. "/script.lua" } do
      words[#words + 1] = word
    end
    local said = assert(sys.run(words, { timeout_ms = 60000 }))
    for _, each in ipairs(keys) do
      assert.is_nil((said.out .. said.err):find(each.SecretAccessKey, 1, true))
    end
    return said
  end

  -- What botocore says, as the CLI uses it.
  local function cli(script)
    local said = assert(sys.run({ "/usr/bin/env", "-i", "HOME=" .. HOME,
      "AWS_DEFAULT_REGION=us-east-1", "AWS_ENDPOINT_URL_STS=" .. cloud.url, VENV .. "/bin/python",
      "-c", script }))
    assert.equal("", said.err)
    return said.out
  end

  local function assert_is(said, name)
    assert.equal("", said.err)
    assert.matches("assumed%-role/app/" .. name .. "\n$", said.out)
  end

  it("come from an instance's metadata", function()
    state()
    assert_is(run(WHO), "one")
    assert.same({ imds_token = 1, imds = 2 }, request("GET", "/_count"))
  end)

  it("come from a container's agent that wants to be shown a token", function()
    state { authorization = "Bearer of-the-pod" }
    write("/token", "Bearer of-the-pod")
    local env = { AWS_CONTAINER_CREDENTIALS_FULL_URI = giver:url "/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = HOME .. "/token" }
    assert_is(run(WHO, env), "one")
    env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = nil
    local said = run(WHO, env)
    assert.equal(1, said.code)
    assert.matches("the container's credentials: HTTP 401: no", said.err, 1, true)
  end)

  it("come from a program", function()
    write("/keys.json", json.encode { Version = 1, AccessKeyId = keys[1].AccessKeyId,
      SecretAccessKey = keys[1].SecretAccessKey, SessionToken = keys[1].Token })
    write("/.aws/config", ("[default]\ncredential_process = cat '%s/keys.json'\n"):format(HOME))
    assert_is(run(WHO), "one")
  end)

  it("come from a role that the keys of a program may assume", function()
    write("/keys.json", json.encode { Version = 1, AccessKeyId = keys[1].AccessKeyId,
      SecretAccessKey = keys[1].SecretAccessKey, SessionToken = keys[1].Token })
    write("/.aws/config", ([[
[default]
role_arn = %s
role_session_name = three
source_profile = tool
[profile tool]
credential_process = cat %s/keys.json
]]):format(ROLE, HOME))
    assert_is(run(WHO), "three")
  end)

  it("come from a role whose device's code is asked for on the terminal, once", function()
    write("/.aws/credentials", ("[me]\naws_access_key_id = %s\naws_secret_access_key = %s\n")
      :format(cloud.access_key, cloud.secret_key))
    write("/.aws/config", ("[default]\nrole_arn = %s\nsource_profile = me\n"
      .. "role_session_name = device\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n")
      :format(ROLE))
    local question = "MFA code for arn:aws:iam::123456789012:mfa/me: "
    local twice = [[
      local session, waiting = require "aws".session(), {}
      local function who() return session:client "sts":GetCallerIdentity().Arn end
      print(table.concat(coroutine.yield { all = { who, who } }, "\n"))
    ]]
    local said = run(WHO)
    assert.equal(1, said.code)
    assert.matches("asks for an MFA code (mfa_serial), and there is nobody to ask", said.err, 1,
      true)
    said = run(twice, nil, { "/usr/bin/env", "python3", "spec/support/on_terminal.py",
      question, "hidden", "123456" })
    local arn = "arn:aws:sts::123456789012:assumed-role/app/device\n"
    assert.equal(question .. "\n" .. arn .. arn, said.out)
    assert_is(run(WHO), "device") -- and from then on for every command, and for the CLI
    assert.equal(arn, cli(BOTOCORE_WHO:format(HOME)))
  end)

  it("come from a role that the CLI has got with a device's code", function()
    local device = "arn:aws:iam::123456789012:mfa/me"
    write("/.aws/config", ("[default]\nrole_arn = %s\nsource_profile = me\nexternal_id = a+b\n"
      .. "duration_seconds = 3600\nmfa_serial = %s\n"):format(ROLE, device))
    write("/.aws/credentials", ("[me]\naws_access_key_id = %s\naws_secret_access_key = %s\n")
      :format(cloud.access_key, cloud.secret_key))
    local arn = cli(BOTOCORE_ASKED:format(HOME))
    assert.matches("assumed%-role/app/botocore%-session", arn)
    assert.equal(arn, run(WHO).out)
  end)

  -- moto with signatures on knows no call without one.
  it("come from a web identity in the environment", function()
    local other <close> = emulator.start "ministack"
    local arn = other:elsewhere(MAKE_WEB_ROLE)
    write("/jwt", ("e30.%s.e30"):format(crypto.base64 '{"iss":"accounts.google.com"}'))
    assert_is(run(WHO, { AWS_ENDPOINT_URL_STS = other.url, AWS_ROLE_ARN = arn,
      AWS_WEB_IDENTITY_TOKEN_FILE = HOME .. "/jwt", AWS_ROLE_SESSION_NAME = "web" }), "web")
  end)

  local function mode_of(path) return ("%o"):format(assert(fs.stat(path)).mode & 511) end

  it("come from SSO, and its token is renewed for the CLI too", function()
    state()
    write("/.aws/config", "[default]\nsso_session = corp\nsso_account_id = 123456789012\n"
      .. "sso_role_name = app\n[sso-session corp]\nsso_region = us-east-1\n"
      .. "sso_start_url = https://corp.example\n")
    local path = ("/.aws/sso/cache/%s.json"):format(crypto.hex(crypto.sha1 "corp"))
    local soon = time.format(sys.now_ms() // 1000 + 60, "date_time")
    write(path, json.encode { accessToken = "bearer-0", expiresAt = soon, refreshToken =
      "refresh-0", clientId = "c", clientSecret = "s",
      registrationExpiresAt = "2099-01-01T00:00:00Z" })
    local env = { AWS_ENDPOINT_URL_SSO = giver:url "", AWS_ENDPOINT_URL_SSO_OIDC = giver:url "" }
    assert_is(run(WHO, env), "one")
    assert.same({ oidc = 1, sso = 1 }, request("GET", "/_count"))
    local kept = json.decode((assert(fs.read(HOME .. path))))
    assert.same({ "bearer-1", "refresh-1" }, { kept.accessToken, kept.refreshToken })
    assert.equal("600", mode_of(HOME .. path))
    assert_is(run(WHO, env), "two")
    assert.same({ oidc = 1, sso = 2 }, request("GET", "/_count"))
  end)

  it("come from aws login, with a proof that the service checks", function()
    state()
    local arn = "arn:aws:sts::123456789012:assumed-role/app/me"
    write("/.aws/config", "[default]\nlogin_session = " .. arn .. "\n")
    local path = ("/.aws/login/cache/%s.json"):format(crypto.hex(crypto.sha256(arn)))
    write(path, json.encode { clientId = "c", refreshToken = "refresh-0",
      dpopKey = require "spec.aws.credentials.key", accessToken = { accessKeyId = "OLD",
        secretAccessKey = "OLD", sessionToken = "OLD", accountId = "123456789012",
        expiresAt = "2020-01-01T00:00:00Z" } })
    assert_is(run(WHO, { AWS_ENDPOINT_URL_SIGNIN = giver:url "" }), "one")
    assert.equal("600", mode_of(HOME .. path))
    assert_is(run(WHO), "one") -- from the cache alone
    assert.same({ signin = 1 }, request("GET", "/_count"))
  end)

  it("are renewed in the middle of a run, before they expire", function()
    state { life_s = 3 }
    local said = run [[
      local aws, sys = require "aws", require "native.sys"
      local sts, seen = aws.client "sts", {}
      local until_ms = sys.now_ms() + 5000
      while sys.now_ms() < until_ms do
        local name = sts:GetCallerIdentity().Arn:match "[^/]*$"
        if seen[#seen] ~= name then seen[#seen + 1] = name end
        coroutine.yield { until_ms = sys.now_ms() + 50 }
      end
      print(table.concat(seen, " "))
    ]]
    assert.equal("", said.err)
    assert.equal("one two\n", said.out)
    local count = request("GET", "/_count")
    assert.is_true(count.imds_token >= 2 and count.imds_token <= 5)
  end)

  it("are asked for once, though two hundred wait", function()
    state { wait_s = 0.2 }
    local said = run [[
      local aws = require "aws"
      local session, waiting = aws.session(), {}
      for at = 1, 200 do
        waiting[at] = function() return session:get_credentials().access_key end
      end
      local found, seen = coroutine.yield { all = waiting }, {}
      for _, key in ipairs(found) do seen[key] = (seen[key] or 0) + 1 end
      for _, count in pairs(seen) do print(count) end
    ]]
    assert.equal("200\n", said.out)
    assert.same({ imds_token = 1, imds = 2 }, request("GET", "/_count"))
  end)

  it("are renewed once, though two hundred wait for new ones", function()
    state { life_s = 3, wait_s = 0.2 }
    local said = run [[
      local aws, sys = require "aws", require "native.sys"
      local session, waiting = aws.session(), {}
      local first = session:get_credentials()
      coroutine.yield { until_ms = first.expires_ms + 50 }
      for at = 1, 200 do
        waiting[at] = function() return session:get_credentials().access_key end
      end
      local seen = {}
      for _, key in ipairs(coroutine.yield { all = waiting }) do
        assert(key ~= first.access_key)
        seen[key] = (seen[key] or 0) + 1
      end
      for _, count in pairs(seen) do print(count) end
    ]]
    assert.equal("", said.err)
    assert.equal("200\n", said.out)
    assert.same({ imds_token = 2, imds = 4 }, request("GET", "/_count"))
  end)

  it("are none where all links have none, and the error is short", function()
    state { status = 404 }
    local said = run(WHO)
    assert.equal(1, said.code)
    assert.matches("there are no AWS credentials\n  looked in the environment", said.err, 1, true)
    assert.matches("then EC2 instance metadata (HTTP 404 to IMDSv2, and IMDSv1 is off)", said.err,
      1, true)
  end)
end)
