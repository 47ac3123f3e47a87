local support = require "spec.aws.support"

local IDENTITY <const> = [[<GetCallerIdentityResponse><GetCallerIdentityResult>
  <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>]]

local function assumed(key, expires)
  return support.answer(200, ([[<AssumeRoleResponse><AssumeRoleResult><Credentials>
    <AccessKeyId>%s</AccessKeyId><SecretAccessKey>ASSUMEDSECRET</SecretAccessKey>
    <SessionToken>TOKEN-%s</SessionToken><Expiration>%s</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>]]):format(key, key, expires or "2023-11-14T23:13:20Z"))
end

local function world(files, env, more)
  local all = { HOME = "/home/me", AWS_REGION = "eu-west-1" }
  for name, value in pairs(env or {}) do all[name] = value end
  local options = { env = all, files = {
    ["/home/me/.aws/config"] = files.config, ["/home/me/.aws/credentials"] = files.credentials } }
  for name, value in pairs(more or {}) do options[name] = value end
  return options
end

-- Calls STS once; the keys that each request was signed with.
local function who(options, answers)
  local session, clock = support.session(options)
  answers = answers or {}
  answers.default = answers.default or support.answer(200, IDENTITY)
  local log = support.drive(clock, answers, function()
    return session:client "sts":GetCallerIdentity()
  end)
  local keys = {}
  for at, request in ipairs(log.requests) do
    keys[at] = request.headers.authorization:match("Credential=([^/]*)/")
  end
  return keys, tostring(log.failure), log
end

local KEYS <const> = { AWS_ACCESS_KEY_ID = "ENVKEY", AWS_SECRET_ACCESS_KEY = "ENVSECRET" }
local ROLE <const> = { assume_role = "arn:aws:iam::1:role/R" }
local FILE <const> = "[default]\naws_access_key_id = FILEKEY\naws_secret_access_key = FILESECRET\n"
  .. "[b]\naws_access_key_id = BKEY\naws_secret_access_key = BSECRET\n"

describe("credentials", function()
  it("come from the environment, then from the profile in either file", function()
    assert.same({ "ENVKEY" }, (who(world({ credentials = FILE }, KEYS))))
    assert.same({ "FILEKEY" }, (who(world { credentials = FILE })))
    assert.same({ "BKEY" }, (who(world({ credentials = FILE }, { AWS_PROFILE = "b" }))))
    assert.same({ "FILEKEY" }, (who(world { config = FILE })))
  end)

  it("come from a profile that was asked for by name, whatever the environment has", function()
    assert.same({ "BKEY" }, (who(world({ credentials = FILE }, KEYS, { profile = "b" }))))
    assert.same({ "ENVKEY" },
      (who(world({ credentials = FILE }, { AWS_PROFILE = "b", AWS_ACCESS_KEY_ID = "ENVKEY",
        AWS_SECRET_ACCESS_KEY = "x" }))))
  end)

  it("that are not there are an error that names all that was looked at", function()
    local keys, message = who(world {})
    assert.same({}, keys)
    assert.matches("there are no AWS credentials", message, 1, true)
    assert.matches("the environment (AWS_ACCESS_KEY_ID), then the profile default of "
      .. "/home/me/.aws/config and /home/me/.aws/credentials", message, 1, true)
  end)

  it("that are half there are an error that shows no secret", function()
    local _, message = who(world({}, { AWS_SECRET_ACCESS_KEY = "HUSH" }))
    assert.matches("has AWS_SECRET_ACCESS_KEY but not AWS_ACCESS_KEY_ID", message, 1, true)
    assert.is_nil(message:find("HUSH", 1, true))
    _, message = who(world { credentials = "[default]\naws_access_key_id = A\n" })
    assert.matches("aws_access_key_id but not aws_secret_access_key", message, 1, true)
  end)

  it("of a profile that signs in otherwise come with the way to get them", function()
    local _, message = who(world { config = "[default]\nsso_session = me\n" })
    assert.matches("aws configure export-credentials --profile default", message, 1, true)
  end)

  it("are those of an assumed role, also of a chain of roles", function()
    local config = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = b2\n"
      .. "external_id = ext\nduration_seconds = 900\n"
      .. "[profile b2]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = b\n"
    local keys, _, log = who(world({ config = config, credentials = FILE }, { AWS_PROFILE = "a" }),
      { assumed "ROLEB", assumed "ROLEA" })
    assert.same({ "BKEY", "ROLEB", "ROLEA" }, keys)
    assert.matches("ExternalId=ext", log.requests[2].body, 1, true)
    assert.matches("DurationSeconds=900", log.requests[2].body, 1, true)
    assert.equal("TOKEN-ROLEA", log.requests[3].headers["x-amz-security-token"])
  end)

  it("of a role may come from the environment or from the profile's own keys", function()
    local role = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\n"
    local env = { AWS_PROFILE = "a" }
    for name, value in pairs(KEYS) do env[name] = value end
    local options = world({ config = role .. "credential_source = Environment\n" }, env,
      { profile = "a" })
    assert.same({ "ENVKEY", "ROLEA" }, (who(options, { assumed "ROLEA" })))
    assert.same({ "OWN", "ROLEA" }, (who(world({ config = role .. "source_profile = a\n"
      .. "aws_access_key_id = OWN\naws_secret_access_key = S\n" }, { AWS_PROFILE = "a" }),
      { assumed "ROLEA" })))
  end)

  it("are those of the role that the session was asked to assume", function()
    assert.same({ "ENVKEY", "ROLE" },
      (who(world({}, KEYS, { assume_role = "arn:aws:iam::1:role/R" }), { assumed "ROLE" })))
  end)

  it("that STS does not send are an error and no crash", function()
    local _, message = who(world({}, KEYS, ROLE), { support.answer(200,
      "<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>") })
    assert.matches("the answer holds no credentials", message, 1, true)
  end)

  it("of a wrong role profile are an error that names the profile", function()
    local role = "role_arn = arn:aws:iam::1:role/A\n"
    for expected, text in pairs {
      ["without source_profile"] = role,
      ["both source_profile and credential_source"] =
        role .. "source_profile = b\ncredential_source = Environment\n",
      ["source_profile = zz, which does not exist"] = role .. "source_profile = zz\n",
      ["form a circle"] = role .. "source_profile = c\n[profile c]\n" .. role
        .. "source_profile = a\n",
      ["holds no credentials"] = role .. "source_profile = c\n[profile c]\nregion = x\n",
      ["asks for an MFA code"] = role .. "source_profile = b\nmfa_serial = m\n",
    } do
      local keys, message = who(world({ config = "[profile a]\n" .. text, credentials = FILE },
        { AWS_PROFILE = "a" }))
      assert.same({}, keys)
      assert.matches(expected, message, 1, true)
    end
  end)

  it("are fetched once, renewed before they expire and when AWS says that they have", function()
    local session, clock = support.session(world({}, KEYS, ROLE))
    local expired = support.answer(403, "<ErrorResponse><Error><Code>ExpiredToken</Code>"
      .. "<Message>m</Message></Error></ErrorResponse>")
    local log = support.drive(clock, {
      assumed "ONE", support.answer(200, IDENTITY), support.answer(200, IDENTITY),
      assumed("TWO", "2023-11-15T23:13:20Z"), support.answer(200, IDENTITY),
      expired, assumed("THREE", "2023-11-15T23:13:20Z"), support.answer(200, IDENTITY),
    }, function()
      local sts = session:client "sts"
      sts:GetCallerIdentity()
      sts:GetCallerIdentity()
      clock.ms = clock.ms + 56 * 60 * 1000 -- four minutes before the first expire
      sts:GetCallerIdentity()
      sts:GetCallerIdentity()
    end)
    assert.is_true(log.ok)
    assert.equal(8, #log.requests)
  end)

  it("are fetched once for all who wait, and one failure is everybody's", function()
    local session, clock = support.session(world({}, KEYS, ROLE))
    local threads, asked = {}, 0
    for at = 1, 200 do
      threads[at] = coroutine.create(function() return session:get_credentials().access_key end)
      local _, wanted = coroutine.resume(threads[at])
      if wanted.http then asked = asked + 1 end
    end
    assert.equal(1, asked)
    local _, key = coroutine.resume(threads[1], assumed "ROLE")
    assert.equal("ROLE", key)
    for at = 2, 200 do
      local _, other = coroutine.resume(threads[at])
      assert.equal("ROLE", other)
    end
    session.credentials = nil
    local first = coroutine.create(function() return session:get_credentials() end)
    local second = coroutine.create(function() return session:get_credentials() end)
    coroutine.resume(first)
    coroutine.resume(second)
    local ok, fault = coroutine.resume(first, support.answer(403, "<ErrorResponse><Error>"
      .. "<Code>AccessDenied</Code><Message>m</Message></Error></ErrorResponse>"))
    assert.is_false(ok)
    local _, same = coroutine.resume(second)
    assert.equal(fault, same)
    assert.equal(clock.ms, session.now())
  end)
end)
