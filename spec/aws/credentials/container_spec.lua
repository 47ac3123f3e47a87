local support = require "spec.aws.support"
local world = require "spec.aws.credentials.world"

local KEYS <const> = world.json { AccessKeyId = "K", SecretAccessKey = "HUSH", Token = "T",
  Expiration = "2023-11-15T00:00:00Z", AccountId = "123456789012", RoleArn = "arn:x" }
local BROKEN <const> = { failure = { op = "connect", reason = "refused", code = "refused" } }

local function ask(env, answers, files)
  return world.ask { env = env, answers = answers or { KEYS }, files = files }
end

local function full(url) return { AWS_CONTAINER_CREDENTIALS_FULL_URI = url } end

describe("the container's credentials", function()
  it("come from ECS by a path", function()
    local said = ask { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/v2/x?id=1" }
    assert.same({ access_key = "K", secret_key = "HUSH", token = "T", expires_ms = 1700006400000,
      account_id = "123456789012", source = "the container's credentials" }, said.keys)
    local request = said.requests[1]
    assert.equal("http://169.254.170.2/v2/x?id=1", request.url)
    assert.equal("application/json", request.headers.accept)
    assert.is_nil(request.headers.authorization)
    assert.is_nil(request.proxy)
  end)

  it("are asked for where a path would name another host never", function()
    for _, path in ipairs { "@evil.example/", "evil", ".evil.example/x" } do
      local said = ask { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = path }
      assert.matches("does not begin with /", said.message, 1, true)
      assert.equal(0, #said.requests)
    end
  end)

  it("come from the hosts that AWS names, from this machine, and by TLS from everywhere", function()
    for _, url in ipairs { "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials",
      "http://[fd00:ec2::23]/v1/credentials", "http://127.0.0.1:80/x", "http://localhost/x",
      "http://[::1]/x", "https://example.com/x" } do
      local said = ask(full(url))
      assert.equal("K", (said.keys or {}).access_key)
      assert.equal(url, said.requests[1].url)
    end
    for _, url in ipairs { "http://169.254.169.254/x", "http://example.com/", "http://10.0.0.1/x",
      "http://127.0.0.1.example.com/", "/x", "ftp://localhost/", "http://a b/" } do
      local said = ask(full(url))
      assert.equal(0, #said.requests)
      assert.matches("AWS_CONTAINER_CREDENTIALS_FULL_URI", said.message, 1, true)
    end
  end)

  it("are asked for with a token, from a file before the variable", function()
    local env = full "http://169.254.170.23/v1/credentials"
    env.AWS_CONTAINER_AUTHORIZATION_TOKEN = "Basic one"
    assert.equal("Basic one", ask(env).requests[1].headers.authorization)
    env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "/var/token"
    assert.equal("two", ask(env, nil, { ["/var/token"] = "two" }).requests[1].headers.authorization)
    local said = ask(env)
    assert.matches("cannot read the token's file: No such file", said.message, 1, true)
    assert.matches("/var/token", said.message, 1, true)
    said = ask(env, nil, { ["/var/token"] = "HUSH\r\nX-Evil: 1" })
    assert.matches("the token holds a line end", said.message, 1, true)
    assert.is_nil(said.message:find("HUSH", 1, true))
    assert.equal(0, #said.requests)
  end)

  it("are asked for again where nobody answers or the agent is in trouble", function()
    local env = full "http://169.254.170.2/x"
    local said = ask(env, { BROKEN, support.answer(500), KEYS })
    assert.equal("K", said.keys.access_key)
    said = ask(env, { BROKEN, BROKEN, BROKEN })
    assert.matches("no answer: refused", said.message, 1, true)
    said = ask(env, { world.json({ code = "Denied", message = "not you" }, 403) })
    assert.matches("HTTP 403: not you", said.message, 1, true)
    said = ask(env, { support.answer(200, "HUSH") })
    assert.matches("no JSON object", said.message, 1, true)
    assert.is_nil(said.message:find("HUSH", 1, true))
  end)

  it("come after the profile and before the instance", function()
    local env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/x" }
    local said = world.ask { env = env,
      config = "[default]\naws_access_key_id = FILE\naws_secret_access_key = S\n" }
    assert.equal("FILE", said.keys.access_key)
    env.AWS_EC2_METADATA_DISABLED = false
    assert.equal(1, #ask(env).requests)
  end)
end)
