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
  local all = { HOME = "/home/me", AWS_REGION = "eu-west-1", AWS_EC2_METADATA_DISABLED = "true" }
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
      .. "/home/me/.aws/config and /home/me/.aws/credentials, then the container "
      .. "(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI), then EC2 instance metadata "
      .. "(off by AWS_EC2_METADATA_DISABLED)", message, 1, true)
  end)

  it("that are half there are an error that shows no secret", function()
    local _, message = who(world({}, { AWS_SECRET_ACCESS_KEY = "HUSH" }))
    assert.matches("has AWS_SECRET_ACCESS_KEY but not AWS_ACCESS_KEY_ID", message, 1, true)
    assert.is_nil(message:find("HUSH", 1, true))
    _, message = who(world { credentials = "[default]\naws_access_key_id = A\n" })
    assert.matches("aws_access_key_id but not aws_secret_access_key", message, 1, true)
  end)

  it("of a profile that signs in and names no role come with what is missing", function()
    local _, message = who(world { config = "[default]\nsso_session = me\n"
      .. "[sso-session me]\nsso_region = us-east-1\nsso_start_url = https://x\n" })
    assert.matches("add sso_account_id and sso_role_name", message, 1, true)
  end)

  it("of spaces in the environment are none, and a token has two names", function()
    assert.same({ "FILEKEY" }, (who(world({ credentials = FILE },
      { AWS_ACCESS_KEY_ID = " ", AWS_SECRET_ACCESS_KEY = "  " }))))
    local _, _, log = who(world({}, { AWS_ACCESS_KEY_ID = "K", AWS_SECRET_ACCESS_KEY = "S",
      AWS_SECURITY_TOKEN = "OLDNAME" }))
    assert.equal("OLDNAME", log.requests[1].headers["x-amz-security-token"])
  end)

  it("of the credentials file are not completed from the config file", function()
    local _, message = who(world { credentials = "[default]\naws_access_key_id = A\n",
      config = "[default]\naws_secret_access_key = HUSH\n" })
    assert.matches("aws_access_key_id but not aws_secret_access_key", message, 1, true)
    assert.is_nil(message:find("HUSH", 1, true))
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
      ["credential_source = environment, which does not exist"] =
        role .. "credential_source = environment\n",
      ['duration_seconds = "long"'] = role .. "source_profile = b\nduration_seconds = long\n",
    } do
      local keys, message = who(world({ config = "[profile a]\n" .. text, credentials = FILE },
        { AWS_PROFILE = "a" }))
      assert.same({}, keys)
      assert.matches(expected, message, 1, true)
    end
  end)

  it("stand in a source profile above the role there", function()
    local config = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = c\n"
      .. "[profile c]\nrole_arn = arn:aws:iam::1:role/C\nsource_profile = b\n"
      .. "aws_access_key_id = CKEY\naws_secret_access_key = S\n"
    assert.same({ "CKEY", "ROLEA" }, (who(world({ config = config, credentials = FILE },
      { AWS_PROFILE = "a" }), { assumed "ROLEA" })))
  end)

  it("of a role that may not be assumed say whom to ask, and what for", function()
    local config = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = b\n"
    local _, message = who(world({ config = config, credentials = FILE }, { AWS_PROFILE = "a" }),
      { support.answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: x is "
        .. "not authorized</Message></Error></ErrorResponse>") })
    assert.matches("cannot assume the role arn:aws:iam::1:role/A: sts AssumeRole: AccessDenied: "
      .. "User: x is not authorized", message, 1, true)
    assert.matches("the role's trust policy must name who holds the credentials from the profile b",
      message, 1, true)
  end)

  it("of a role are asked where the partition keeps STS when there is no region", function()
    local config = "[profile a]\nrole_arn = arn:aws-cn:iam::1:role/A\nsource_profile = b\n"
    local options = world({ config = config, credentials = FILE }, { AWS_PROFILE = "a" })
    options.env.AWS_REGION = nil
    local session, clock = support.session(options)
    local log = support.drive(clock, { assumed "ROLEA" }, function()
      return session:get_credentials().access_key
    end)
    assert.equal("ROLEA", log.result)
    assert.equal("https://sts.cn-northwest-1.amazonaws.com.cn/", log.requests[1].url)
  end)

  it("of a role are not asked of the endpoint that another service was given", function()
    local session, clock = support.session(world({}, KEYS,
      { assume_role = "arn:aws:iam::1:role/R", endpoint_url = "http://127.0.0.1:1" }))
    local log = support.drive(clock, { assumed "ROLE", support.answer(200, IDENTITY) }, function()
      return session:client "sts":GetCallerIdentity()
    end)
    assert.equal("https://sts.eu-west-1.amazonaws.com/", log.requests[1].url)
    assert.equal("http://127.0.0.1:1/", log.requests[2].url)
  end)

  it("of a role with an MFA device take the code that was typed, once", function()
    local config = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = b\n"
      .. "mfa_serial = arn:aws:iam::1:mfa/me\n"
    local asked = {}
    local function world_that(answers)
      return world({ config = config, credentials = FILE }, { AWS_PROFILE = "a" },
        { ask = function(question)
          asked[#asked + 1] = question
          return answers
        end })
    end
    local keys, _, log = who(world_that " 123456 ", { assumed "ROLEA" })
    assert.same({ "BKEY", "ROLEA" }, keys)
    assert.same({ "MFA code for arn:aws:iam::1:mfa/me: " }, asked)
    assert.matches("SerialNumber=arn%%3Aaws%%3Aiam%%3A%%3A1%%3Amfa%%2Fme", log.requests[1].body)
    assert.matches("TokenCode=123456", log.requests[1].body, 1, true)
    local _, message = who(world_that "abc")
    assert.matches("what was typed is none", message, 1, true)
    _, message = who(world({ config = config, credentials = FILE }, { AWS_PROFILE = "a" },
      { ask = function() end }))
    assert.matches("there is nobody to ask", message, 1, true)
    assert.matches("aws configure export-credentials --profile a", message, 1, true)
  end)
end)
