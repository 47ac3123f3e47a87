local crypto = require "native.crypto"
local json = require "json"
local world = require "spec.aws.credentials.world"

local PROFILE <const> = "[default]\nsso_session = corp\nsso_account_id = 111122223333\n"
  .. "sso_role_name = Admin\n"
local SESSION <const> = "[sso-session corp]\nsso_region = eu-central-1\n"
  .. "sso_start_url = https://corp.example/start\n"
local LEGACY <const> = "[default]\nsso_region = eu-central-1\nsso_account_id = 111122223333\n"
  .. "sso_start_url = https://corp.example/start\nsso_role_name = Admin\n"

local function path(key)
  return ("/home/me/.aws/sso/cache/%s.json"):format(crypto.hex(crypto.sha1(key)))
end
local CACHE <const>, LEGACY_CACHE <const> = path "corp", path "https://corp.example/start"

local ROLE <const> = world.json { roleCredentials = { accessKeyId = "K", secretAccessKey = "HUSH",
  sessionToken = "T", expiration = 1700003600000 } }

-- What the CLI has kept: a token that is good for so many minutes.
local function kept(minutes, more)
  local token = { accessToken = "BEARER", region = "eu-central-1", clientId = "id",
    startUrl = "https://corp.example/start", clientSecret = "HUSH-SECRET",
    refreshToken = "HUSH-REFRESH", registrationExpiresAt = "2024-01-01T00:00:00Z",
    expiresAt = require "native.time".format(world.NOW_MS // 1000 + minutes * 60, "date_time") }
  for name, value in pairs(more or {}) do token[name] = value or nil end
  return json.encode(token)
end

local function ask(options)
  options.config = options.config or PROFILE .. SESSION
  local said = world.ask(options)
  assert.is_nil(said.message:find("HUSH", 1, true))
  return said
end

describe("SSO", function()
  it("gives the credentials of a role for the token that the CLI has kept", function()
    local said = ask { files = { [CACHE] = kept(60) }, answers = { ROLE } }
    assert.same({ access_key = "K", secret_key = "HUSH", token = "T", expires_ms = 1700003600000,
      account_id = "111122223333", source = "SSO as Admin in 111122223333" }, said.keys)
    local request = said.requests[1]
    assert.equal("BEARER", request.headers["x-amz-sso_bearer_token"])
    assert.is_nil(request.headers.authorization)
    assert.matches("^https://portal%.sso%.eu%-central%-1%.amazonaws%.com/federation/credentials%?",
      request.url)
  end)

  it("knows sessions that are written into the profile itself", function()
    local said = ask { config = LEGACY, files = { [LEGACY_CACHE] = kept(60) }, answers = { ROLE } }
    assert.equal("K", said.keys.access_key)
    said = ask { config = LEGACY, files = { [LEGACY_CACHE] = kept(5) }, answers = { ROLE } }
    assert.equal("K", said.keys.access_key)
    said = ask { config = LEGACY, files = { [LEGACY_CACHE] = kept(-1) } }
    assert.matches("has expired", said.message, 1, true)
    assert.matches("aws sso login --profile default", said.message, 1, true)
  end)

  it("renews the token before it expires, and keeps the new one for the CLI", function()
    local said = ask { files = { [CACHE] = kept(10) }, answers = {
      world.json { accessToken = "NEW", expiresIn = 3600, refreshToken = "NEXT" }, ROLE } }
    assert.equal("K", said.keys.access_key)
    assert.equal("https://oidc.eu-central-1.amazonaws.com/token", said.requests[1].url)
    assert.same({ grantType = "refresh_token", clientId = "id", clientSecret = "HUSH-SECRET",
      refreshToken = "HUSH-REFRESH" }, json.decode(said.requests[1].body))
    assert.equal("NEW", said.requests[2].headers["x-amz-sso_bearer_token"])
    assert.same({ accessToken = "NEW", refreshToken = "NEXT", expiresAt = "2023-11-14T23:13:20Z",
      clientId = "id", clientSecret = "HUSH-SECRET", region = "eu-central-1",
      registrationExpiresAt = "2024-01-01T00:00:00Z", startUrl = "https://corp.example/start" },
      json.decode(said.files[CACHE]))
  end)

  it("uses a token that cannot be renewed until it expires", function()
    local denied = world.json({ error = "invalid_grant" }, 400)
    denied.headers["x-amzn-errortype"] = "InvalidGrantException"
    local said = ask { files = { [CACHE] = kept(10) }, answers = { denied, ROLE } }
    assert.equal("BEARER", said.requests[2].headers["x-amz-sso_bearer_token"])
    said = ask { files = { [CACHE] = kept(10, { refreshToken = false }) }, answers = { ROLE } }
    assert.equal("K", said.keys.access_key)
    said = ask { files = { [CACHE] = kept(-1) }, answers = { denied } }
    assert.matches("the SSO session of the profile default has expired", said.message, 1, true)
    assert.matches("InvalidGrantException", said.message, 1, true)
    assert.matches("aws sso login --profile default", said.message, 1, true)
    said = ask { files = { [CACHE] = kept(-1,
      { registrationExpiresAt = "2023-01-01T00:00:00Z" }) } }
    assert.equal(0, #said.requests)
    assert.matches("has expired", said.message, 1, true)
  end)

  it("without a token that can be read says how to sign in", function()
    assert.matches("has not begun\n  aws sso login", ask({}).message, 1, true)
    for _, text in ipairs { "{", "[]", "{}", '{"accessToken":"HUSH"}', '{"accessToken":5}' } do
      assert.matches("aws sso login --profile default", ask({ files = { [CACHE] = text } }).message,
        1, true)
    end
    local refused = world.json({ message = "Session token not found or invalid" }, 401)
    refused.headers["x-amzn-errortype"] = "UnauthorizedException"
    local said = ask { files = { [CACHE] = kept(60) }, answers = { refused } }
    assert.matches("UnauthorizedException", said.message, 1, true)
    assert.matches("aws sso login --profile default", said.message, 1, true)
  end)

  it("reads the times of older versions of the CLI", function()
    local said = ask { files = { [CACHE] = kept(60, { expiresAt = "2023-11-15T22:13:20UTC" }) },
      answers = { ROLE } }
    assert.equal("K", said.keys.access_key)
  end)

  it("of a wrong profile is an error that says which setting", function()
    for reason, config in pairs {
      ["has no sso_role_name"] = "[default]\nsso_account_id = 1\nsso_start_url = x\n",
      ["has no sso_account_id"] = "[default]\nsso_role_name = 1\nsso_session = x\n",
      ["has sso_session = corp, which does not exist"] = PROFILE,
      ["has no sso_region"] = PROFILE .. "[sso-session corp]\nsso_start_url = x\n",
      ["differ in sso_region"] = PROFILE .. "sso_region = eu-west-1\n" .. SESSION,
      ["has neither sso_session nor sso_start_url"] =
        "[default]\nsso_role_name = a\nsso_account_id = 1\n",
    } do
      local said = ask { config = config }
      assert.matches(reason, said.message, 1, true)
      assert.equal(0, #said.requests)
    end
  end)

  it("gives a bearer token, unless the environment has one for the service", function()
    local options = { files = { [CACHE] = kept(60) }, config = "[default]\nsso_session = corp\n"
      .. SESSION, run = function(session) return session:get_bearer_token "bedrock" end }
    assert.same({ token = "BEARER", expires_ms = world.NOW_MS + 3600000 }, ask(options).keys)
    options.env = { AWS_BEARER_TOKEN_BEDROCK = "GIVEN" }
    assert.same({ token = "GIVEN" }, ask(options).keys)
    options.config, options.env = "[default]\n", nil
    assert.matches("looked in AWS_BEARER_TOKEN_BEDROCK and the profile default",
      ask(options).message, 1, true)
  end)
end)
