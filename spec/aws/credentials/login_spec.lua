local crypto = require "native.crypto"
local json = require "json"
local pem = require "spec.aws.credentials.key"
local time = require "native.time"
local world = require "spec.aws.credentials.world"

local SESSION <const> = "arn:aws:sts::111122223333:assumed-role/Admin/me"
local CONFIG <const> = "[default]\nlogin_session = " .. SESSION .. "\n"
local KEY <const> = crypto.hex(crypto.sha256(SESSION)) .. ".json"
local CACHE <const> = "/home/me/.aws/login/cache/" .. KEY

local function kept(minutes, more)
  local token = { clientId = "client", refreshToken = "HUSH-REFRESH", idToken = "HUSH-ID",
    dpopKey = pem, accessToken = { accessKeyId = "OLD", secretAccessKey = "HUSH",
      sessionToken = "HUSH", accountId = "111122223333",
      expiresAt = time.format(world.NOW_MS // 1000 + minutes * 60, "date_time") } }
  for name, value in pairs(more or {}) do token[name] = value or nil end
  return json.encode(token)
end

local function ask(options)
  options.config = options.config or CONFIG
  local said = world.ask(options)
  assert.is_nil(said.message:find("HUSH", 1, true))
  return said
end

local function refused(reason, code)
  local answer = world.json({ error = reason, message = "no" }, 400)
  answer.headers["x-amzn-errortype"] = code or "AccessDeniedException"
  return answer
end

local RENEWED <const> = world.json { accessToken = { accessKeyId = "NEW", secretAccessKey = "HUSH",
  sessionToken = "T" }, refreshToken = "HUSH-NEXT", expiresIn = 900, tokenType = "x" }

local function decoded(text)
  text = text:gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return json.decode((assert(crypto.unbase64(text .. ("="):rep(-#text % 4)))))
end

describe("a session of aws login", function()
  it("gives what the CLI has kept while that is good", function()
    local said = ask { files = { [CACHE] = kept(6) } }
    assert.same({ access_key = "OLD", secret_key = "HUSH", token = "HUSH",
      account_id = "111122223333", expires_ms = world.NOW_MS + 360000,
      source = "the login session of the profile default" }, said.keys)
    assert.equal(0, #said.requests)
    said = ask { env = { AWS_LOGIN_CACHE_DIRECTORY = "~/cache" },
      files = { ["/home/me/cache/" .. KEY] = kept(6) } }
    assert.equal("OLD", said.keys.access_key)
  end)

  it("is renewed with a proof that is made for this request", function()
    local said = ask { files = { [CACHE] = kept(4) }, answers = { RENEWED } }
    assert.equal("NEW", said.keys.access_key)
    assert.equal(world.NOW_MS + 900000, said.keys.expires_ms)
    local request = said.requests[1]
    assert.equal("https://us-east-1.signin.aws.amazon.com/v1/token", request.url)
    assert.is_nil(request.headers.authorization)
    assert.same({ clientId = "client", refreshToken = "HUSH-REFRESH", grantType = "refresh_token" },
      json.decode(request.body))
    local head, payload, signature = request.headers.dpop:match "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$"
    assert.equal(86, #signature)
    assert.same({ "dpop+jwt", "ES256", "P-256" },
      { decoded(head).typ, decoded(head).alg, decoded(head).jwk.crv })
    local claims = decoded(payload)
    assert.same({ "POST", request.url, world.NOW_MS // 1000 },
      { claims.htm, claims.htu, claims.iat })
    assert.equal(36, #claims.jti)
  end)

  it("is kept for the CLI with all that it knew", function()
    local said = ask { files = { [CACHE] = kept(-1, { other = "stays" }) }, answers = { RENEWED } }
    local new = json.decode(said.files[CACHE])
    assert.same({ "HUSH-NEXT", "HUSH-ID", "client", pem, "stays" },
      { new.refreshToken, new.idToken, new.clientId, new.dpopKey, new.other })
    assert.same({ accessKeyId = "NEW", secretAccessKey = "HUSH", sessionToken = "T",
      accountId = "111122223333", expiresAt = "2023-11-14T22:28:20Z" }, new.accessToken)
  end)

  it("that cannot be renewed is good until it ends", function()
    local said = ask { files = { [CACHE] = kept(4) }, answers = { refused "TOKEN_EXPIRED" } }
    assert.equal("OLD", said.keys.access_key)
    for reason, text in pairs { TOKEN_EXPIRED = "has expired",
      USER_CREDENTIALS_CHANGED = "the password was changed",
      INSUFFICIENT_PERMISSIONS = "signin:CreateOAuth2Token is not allowed" } do
      said = ask { files = { [CACHE] = kept(-1) }, answers = { refused(reason) } }
      assert.matches(text, said.message, 1, true)
      assert.matches("aws login --profile default", said.message, 1, true)
    end
  end)

  it("that is not whole says so", function()
    assert.matches("has not begun", ask({}).message, 1, true)
    for name in pairs { clientId = 1, refreshToken = 1, dpopKey = 1, accessToken = 1 } do
      local said = ask { files = { [CACHE] = kept(60, { [name] = false }) } }
      assert.matches("is not whole: no " .. name, said.message, 1, true)
    end
    local said = ask { files = { [CACHE] = kept(-1, { dpopKey = "HUSH" }) } }
    assert.matches("dpopKey is no key", said.message, 1, true)
    assert.equal(0, #said.requests)
    assert.is_nil(ask { files = { [CACHE] = "HUSH" } }.keys)
    said = ask { files = { [CACHE] = kept(60, { accessToken = { accessKeyId = "K" } }) } }
    assert.is_nil(said.keys)
  end)
end)
