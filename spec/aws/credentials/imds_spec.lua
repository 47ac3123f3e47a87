local support = require "spec.aws.support"
local world = require "spec.aws.credentials.world"

local BASE <const> = "http://169.254.169.254/latest/"
local ROLE_URL <const> = BASE .. "meta-data/iam/security-credentials/"
local TOKEN <const>, NAME <const> = support.answer(200, "tok"), support.answer(200, "web-role\n")
local NOBODY <const> = { failure = { op = "connect", reason = "timed out", code = "timeout" } }

local KEYS <const> = world.json { Code = "Success", AccessKeyId = "K", SecretAccessKey = "HUSH",
  Token = "T", Expiration = "2023-11-15T00:00:00Z" }

local function ask(answers, env, more)
  local options = { answers = answers, env = { AWS_EC2_METADATA_DISABLED = false } }
  for name, value in pairs(env or {}) do options.env[name] = value end
  for name, value in pairs(more or {}) do options[name] = value end
  return world.ask(options)
end

local function urls(said)
  local found = {}
  for at, request in ipairs(said.requests) do
    found[at] = request.method .. " " .. request.url
  end
  return found
end

describe("the instance's metadata", function()
  it("gives the credentials of the instance's role, by IMDSv2", function()
    local said = ask { TOKEN, NAME, KEYS }
    assert.same({ access_key = "K", secret_key = "HUSH", token = "T", expires_ms = 1700006400000,
      source = "the instance's role" }, said.keys)
    assert.same({ "PUT " .. BASE .. "api/token", "GET " .. ROLE_URL,
      "GET " .. ROLE_URL .. "web-role" }, urls(said))
    assert.equal("21600", said.requests[1].headers["x-aws-ec2-metadata-token-ttl-seconds"])
    assert.equal("tok", said.requests[3].headers["x-aws-ec2-metadata-token"])
    for _, request in ipairs(said.requests) do
      assert.is_nil(request.proxy)
      assert.equal(1000, request.timeout_ms)
    end
  end)

  it("is asked without a token only where the user allows it", function()
    local refused = support.answer(403)
    local said = ask { refused }
    assert.matches("HTTP 403 to IMDSv2, and IMDSv1 is off", said.message, 1, true)
    assert.equal(1, #said.requests)
    said = ask({ refused, NAME, KEYS }, { AWS_EC2_METADATA_V1_DISABLED = "false" })
    assert.equal("K", said.keys.access_key)
    assert.is_nil(said.requests[2].headers["x-aws-ec2-metadata-token"])
    said = ask({ refused, NAME, KEYS }, {},
      { config = "[default]\nec2_metadata_v1_disabled = false\n" })
    assert.equal("K", said.keys.access_key)
    assert.is_nil(ask({ refused }, { AWS_EC2_METADATA_V1_DISABLED = "true" }).keys)
  end)

  it("that is not there is asked once, or as often as the user says", function()
    local said = ask { NOBODY }
    assert.matches("EC2 instance metadata (timed out)", said.message, 1, true)
    assert.equal(1, #said.requests)
    said = ask({ NOBODY, NOBODY, TOKEN, NAME, KEYS }, { AWS_METADATA_SERVICE_NUM_ATTEMPTS = "3",
      AWS_METADATA_SERVICE_TIMEOUT = "2.5" })
    assert.equal("K", said.keys.access_key)
    assert.equal(2500, said.requests[1].timeout_ms)
    said = ask({ NOBODY, NOBODY }, {},
      { config = "[default]\nmetadata_service_num_attempts = 2\n" })
    assert.equal(2, #said.requests)
    said = ask({}, { AWS_METADATA_SERVICE_TIMEOUT = "soon" })
    assert.matches('metadata_service_timeout is "soon"', said.message, 1, true)
  end)

  it("that is in trouble is asked again", function()
    local busy = support.answer(503)
    local said = ask { busy, TOKEN, busy, busy, NAME, KEYS }
    assert.equal("K", said.keys.access_key)
    assert.same({ 100, 100, 200 }, said.waits)
    said = ask { TOKEN, busy, busy, busy, busy }
    assert.matches("EC2 instance metadata (HTTP 503)", said.message, 1, true)
  end)

  it("says why it has none", function()
    for reason, answers in pairs {
      ["no role is attached"] = { TOKEN, support.answer(404) },
      ["no token"] = { support.answer(200, "") },
      ["HTTP 400"] = { support.answer(400) },
      ["no name of a role"] = { TOKEN, support.answer(200, "<html>") },
      ["HTTP 404 for the role web-role"] = { TOKEN, NAME, support.answer(404) },
      ["the role web-role: AssumeRoleUnauthorizedAccess"] = { TOKEN, NAME,
        world.json { Code = "AssumeRoleUnauthorizedAccess", Message = "m" } },
      ["the answer is no JSON object"] = { TOKEN, NAME, support.answer(200, "HUSH") },
      ["the answer has no SecretAccessKey"] = { TOKEN, NAME, world.json { AccessKeyId = "HUSH" } },
    } do
      local said = ask(answers)
      assert.matches(reason, said.message, 1, true)
      assert.is_nil(said.message:find("HUSH", 1, true))
    end
  end)

  it("is asked at the user's endpoint, by its mode, and for the user's profile", function()
    local said = ask({ TOKEN, KEYS }, { AWS_EC2_INSTANCE_PROFILE_NAME = "mine",
      AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = "ipv6" })
    assert.same({ "PUT http://[fd00:ec2::254]/latest/api/token",
      "GET http://[fd00:ec2::254]/latest/meta-data/iam/security-credentials/mine" }, urls(said))
    said = ask({ NOBODY }, { AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://127.0.0.1:99/" })
    assert.same({ "PUT http://127.0.0.1:99/latest/api/token" }, urls(said))
    said = ask({}, { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = "IPv5" })
    assert.matches("write IPv4 or IPv6", said.message, 1, true)
  end)

  it("is asked by plain HTTP nowhere else", function()
    local env = { AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://10.0.0.1" }
    local said = ask({}, env)
    assert.matches("plain HTTP to 10.0.0.1", said.message, 1, true)
    assert.equal(0, #said.requests)
    assert.equal(1, #ask({ NOBODY }, env, { allow_http = true }).requests)
    assert.equal(1, #ask({ NOBODY },
      { AWS_EC2_METADATA_SERVICE_ENDPOINT = "https://10.0.0.1" }).requests)
  end)

  it("may be the source of a role", function()
    local config = "[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/R\n"
      .. "credential_source = Ec2InstanceMetadata\n"
    local said = ask({ NOBODY }, {}, { config = config })
    assert.matches("takes its credentials from where there are none: EC2 instance metadata "
      .. "(timed out)", said.message, 1, true)
    said = ask({ TOKEN, NAME, KEYS, support.answer(403) }, {}, { config = config })
    assert.matches("Credential=K/", said.requests[4].headers.authorization, 1, true)
  end)
end)
