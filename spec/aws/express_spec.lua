-- Sessions with directory buckets.
local pack = require "native.pack"
local support = require "spec.aws.support"
local time = require "native.time"

local BUCKET <const> = "b--use1-az4--x-s3"
local START_MS <const> = 1700000000000
local SECOND_MS <const> = 1000

local function begun(key, at_ms)
  return support.answer(200, ([[<CreateSessionResult><Credentials><SessionToken>token of %s/+=
    </SessionToken><SecretAccessKey>S</SecretAccessKey><AccessKeyId>%s</AccessKeyId>
    <Expiration>%s</Expiration></Credentials></CreateSessionResult>]]):format(key, key,
    time.format(at_ms // 1000, "date_time")):gsub("=%s+<", "=<"), {})
end

local function error_of(code, status)
  return support.answer(status or 400, ("<Error><Code>%s</Code><Message>m</Message></Error>")
    :format(code))
end

local OK <const> = support.answer(200, "<R/>")
local GONE_MS <const> = START_MS + 300 * SECOND_MS

local function session_of(more)
  local options = { now_ms = START_MS, env = { AWS_ACCESS_KEY_ID = "K",
    AWS_SECRET_ACCESS_KEY = "S", AWS_SESSION_TOKEN = "of the caller", AWS_REGION = "us-east-1",
    HOME = "/home/me" } }
  for name, value in pairs((more or {}).env or {}) do options.env[name] = value end
  for name, value in pairs(more or {}) do
    if name ~= "env" then options[name] = value end
  end
  return support.session(options)
end

-- "KEY METHOD path" of each request.
local function lines(log)
  local found = {}
  for at, request in ipairs(log.requests) do
    found[at] = ("%s %s %s"):format(request.headers.authorization:match "Credential=([^/]+)",
      request.method, request.url:match "^%a+://[^/]+(.*)$")
  end
  return found
end

-- PutObject or another at each of these seconds.
local function calls_at(seconds, answers, options)
  local session, clock = session_of(options)
  local log = support.drive(clock, answers, function()
    local s3 = session:client "s3"
    for _, second in ipairs(seconds) do
      clock.ms = START_MS + second * SECOND_MS
      s3:DeleteObject { Bucket = BUCKET, Key = "k" }
    end
  end)
  return log
end

describe("a session with a directory bucket", function()
  it("signs its calls with keys of its own, and its token", function()
    local log = calls_at({ 0, 1 }, { begun("ONE", GONE_MS), OK, OK })
    assert.is_true(log.ok, log.failure)
    assert.same({ "K GET /?session", "ONE DELETE /k", "ONE DELETE /k" }, lines(log))
    local asked, sent = log.requests[1].headers, log.requests[2].headers
    assert.equal("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", asked.host)
    assert.matches("/us-east-1/s3express/aws4_request", asked.authorization, 1, true)
    assert.equal("of the caller", asked["x-amz-security-token"])
    assert.is_nil(asked["x-amz-s3session-token"])
    assert.matches("/us-east-1/s3express/aws4_request", sent.authorization, 1, true)
    assert.matches("SignedHeaders=[^,]*;x%-amz%-s3session%-token", sent.authorization)
    assert.equal("token of ONE/+=", sent["x-amz-s3session-token"])
    assert.is_nil(sent["x-amz-security-token"])
  end)

  it("is begun where the rules want one alone", function()
    local function first(operation, params, options)
      local session, clock = session_of(options)
      local log = support.drive(clock, { begun("ONE", GONE_MS), OK, OK }, function()
        session:client "s3":call(operation, params)
      end)
      return lines(log)[1]
    end
    local object = { Bucket = BUCKET, Key = "k" }
    assert.equal("K GET /?session", first("DeleteObject", object))
    assert.equal("K GET /?session", first("HeadBucket", { Bucket = BUCKET }))
    assert.equal("K GET /?session", first("ListObjectsV2", { Bucket = BUCKET }))
    assert.equal("K GET /?session", first("CreateSession", { Bucket = BUCKET }))
    assert.equal("K PUT /k", first("CopyObject", { Bucket = BUCKET, Key = "k",
      CopySource = BUCKET .. "/a" }))
    assert.equal("K GET /b--use1-az4--x-s3?policy", first("GetBucketPolicy", { Bucket = BUCKET }))
    assert.equal("K DELETE /k", first("DeleteObject", { Bucket = "usual", Key = "k" }))
    assert.equal("K GET /?session", first("DeleteObject", object, {
      env = { AWS_S3_DISABLE_EXPRESS_SESSION_AUTH = "false" } }))
    assert.equal("K DELETE /k", first("DeleteObject", object, {
      env = { AWS_S3_DISABLE_EXPRESS_SESSION_AUTH = "true" } }))
    assert.equal("K DELETE /k", first("DeleteObject", object, {
      s3 = { disable_s3_express_session_auth = true } }))
    assert.equal("K DELETE /k", first("DeleteObject", object, { files = {
      ["/home/me/.aws/config"] = "[default]\ns3_disable_express_session_auth = true\n" } }))
  end)

  it("is begun at the endpoint that the user named", function()
    local log = calls_at({ 0 }, { begun("ONE", GONE_MS), OK },
      { endpoint_url = "http://127.0.0.1:1" })
    assert.same({ "K GET /b--use1-az4--x-s3?session", "ONE DELETE /b--use1-az4--x-s3/k" },
      lines(log))
    assert.matches("^http://127.0.0.1:1/", log.requests[2].url)
  end)

  it("is renewed before it ends, and the old one is good enough meanwhile", function()
    local log = calls_at({ 0, 254, 256, 300 }, { begun("ONE", GONE_MS), OK, OK,
      begun("TWO", GONE_MS + 256 * SECOND_MS), OK, OK })
    assert.is_true(log.ok, log.failure)
    assert.same({ "K GET /?session", "ONE DELETE /k", "ONE DELETE /k", "K GET /?session",
      "TWO DELETE /k", "TWO DELETE /k" }, lines(log))
    local denied = error_of("AccessDenied", 403)
    log = calls_at({ 0, 256, 260, 267, 291 }, { begun("ONE", GONE_MS), OK, denied, OK, OK, denied,
      OK, denied })
    assert.equal("AccessDenied", log.failure.code)
    assert.same({ "K GET /?session", "ONE DELETE /k", "K GET /?session", "ONE DELETE /k",
      "ONE DELETE /k", "K GET /?session", "ONE DELETE /k", "K GET /?session" }, lines(log))
  end)

  it("that has ended by the server's word gives way to another, once a call", function()
    for _, word in ipairs { error_of "ExpiredToken", error_of "InvalidToken",
      error_of("InvalidAccessKeyId", 403) } do
      local log = calls_at({ 0, 1 }, { begun("ONE", GONE_MS), OK, word, begun("TWO", GONE_MS), OK })
      assert.is_true(log.ok, log.failure)
      assert.same({ "K GET /?session", "ONE DELETE /k", "ONE DELETE /k", "K GET /?session",
        "TWO DELETE /k" }, lines(log))
      log = calls_at({ 0 }, { begun("ONE", GONE_MS), word, begun("TWO", GONE_MS), word })
      assert.equal(4, #log.requests)
      assert.is_string(log.failure.code)
    end
    assert.equal(2, #calls_at({ 0 }, { begun("ONE", GONE_MS),
      error_of("AccessDenied", 403) }).requests)
  end)

  it("that has ended is recognised by the status alone where HEAD says no more", function()
    local session, clock = session_of()
    local log = support.drive(clock, { begun("ONE", GONE_MS), support.answer(400),
      begun("TWO", GONE_MS), OK }, function()
      session:client "s3":HeadObject { Bucket = BUCKET, Key = "k" }
    end)
    assert.is_true(log.ok, log.failure)
    assert.equal("TWO HEAD /k", lines(log)[4])
  end)

  it("that another call has replaced already is not replaced again", function()
    local session = session_of()
    local s3 = session:client "s3"
    local function begin()
      local thread = coroutine.create(function()
        return s3:DeleteObject { Bucket = BUCKET, Key = "k" }
      end)
      return thread, select(2, coroutine.resume(thread)).http
    end
    local one = begin()
    coroutine.resume(one, begun("ONE", GONE_MS))
    local two = begin()
    coroutine.resume(one, error_of "ExpiredToken")
    coroutine.resume(one, begun("TWO", GONE_MS))
    local _, sent = coroutine.resume(two, error_of "ExpiredToken")
    assert.same({ "TWO DELETE /k" }, lines { requests = { sent.http } })
  end)

  it("is each bucket's and each caller's own", function()
    local session, clock = session_of()
    local other = { access_key = "OTHER", secret_key = "S" }
    local log = support.drive(clock, { begun("ONE", GONE_MS), OK, begun("TWO", GONE_MS), OK,
      begun("THREE", GONE_MS), OK, OK, OK, OK }, function()
      local function delete(s3, bucket) s3:DeleteObject { Bucket = bucket, Key = "k" } end
      local mine = session:client "s3"
      local theirs = session:client("s3", { credentials = other })
      delete(mine, BUCKET)
      delete(mine, "c--use1-az4--x-s3")
      delete(theirs, BUCKET)
      delete(mine, BUCKET)
      delete(theirs, BUCKET)
      delete(session:client("s3", { timeout_ms = 1000 }), BUCKET)
    end)
    assert.is_true(log.ok, log.failure)
    assert.same({ "K GET /?session", "ONE DELETE /k", "K GET /?session", "TWO DELETE /k",
      "OTHER GET /?session", "THREE DELETE /k", "ONE DELETE /k", "THREE DELETE /k",
      "ONE DELETE /k" }, lines(log))
  end)

  it("of one profile is not that of another", function()
    local files = { ["/home/me/.aws/credentials"] = "[a]\naws_access_key_id = A\n"
      .. "aws_secret_access_key = S\n[b]\naws_access_key_id = B\naws_secret_access_key = S\n" }
    for _, profile in ipairs { "a", "b" } do
      local log = calls_at({ 0 }, { begun("ONE", GONE_MS), OK },
        { files = files, profile = profile })
      assert.equal(profile:upper() .. " GET /?session", lines(log)[1])
    end
  end)

  it("that cannot be begun is told with what to allow", function()
    local log = calls_at({ 0 }, { error_of("AccessDenied", 403) })
    assert.equal("AccessDenied", log.failure.code)
    assert.matches("cannot begin a session with the bucket b--use1-az4--x-s3: s3 CreateSession: "
      .. "AccessDenied", log.failure.what, 1, true)
    assert.matches("allow s3express:CreateSession to who holds", log.failure.next, 1, true)
    log = calls_at({ 0 }, { begun("ONE", GONE_MS), error_of("AccessDenied", 403) })
    assert.matches("allow s3express:CreateSession to who holds", log.failure.next, 1, true)
    log = calls_at({ 0 }, { support.answer(200, "<CreateSessionResult/>") })
    assert.equal("UnreadableAnswer", log.failure.code)
  end)

  it("signs URLs, with its token in the query", function()
    local session, clock = session_of()
    local log = support.drive(clock, { begun("ONE", GONE_MS) }, function()
      return (session:client "s3":presign("GetObject", { Bucket = BUCKET, Key = "k" }))
    end)
    assert.matches("X-Amz-S3session-Token=token%20of%20ONE%2F%2B%3D&", log.result, 1, true)
    assert.matches("X-Amz-Credential=ONE%2F20231114%2Fus-east-1%2Fs3express%2F", log.result, 1,
      true)
    assert.is_nil(log.result:find("X-Amz-Security-Token", 1, true))
    local lines_of = require "aws.watch".request { method = "GET", url = log.result }
    assert.is_nil(lines_of:find("token%20of", 1, true))
  end)

  it("that ends again and again says nothing of the caller's own keys", function()
    local session, clock = session_of()
    local mine = { access_key = "MINE", secret_key = "S", expires_ms = START_MS * 2 }
    session.held.found = mine
    session.held.renewal = { advisory_ms = math.huge, mandatory_ms = math.huge }
    local log = support.drive(clock, { begun("ONE", GONE_MS), error_of "ExpiredToken",
      begun("TWO", GONE_MS), error_of "ExpiredToken" }, function()
      session:client "s3":DeleteObject { Bucket = BUCKET, Key = "k" }
    end)
    assert.equal("ExpiredToken", log.failure.code)
    assert.equal(mine, session.held.found)
  end)

  -- An operation whose model is older than the choice of an algorithm; S3 has none today.
  local function older()
    local whole = assert(pack.open())
    return setmetatable({ operation = function(_, service, name)
      local found = {}
      for key, value in pairs(whole:operation(service, name)) do found[key] = value end
      if found.httpChecksum then found.httpChecksum, found.httpChecksumRequired = nil, true end
      return found
    end }, { __index = function(_, name)
      return function(_, ...) return whole[name](whole, ...) end
    end })
  end

  it("sends a checksum that S3 Express takes", function()
    local function sent(bucket, data)
      local session, clock = session_of { request_checksum_calculation = "when_required",
        data = data }
      local log = support.drive(clock, { begun("ONE", GONE_MS), OK }, function()
        session:client "s3":DeleteObjects { Bucket = bucket,
          Delete = { Objects = { { Key = "k" } } } }
      end)
      local headers = log.requests[#log.requests].headers
      return { headers["x-amz-checksum-crc32"] ~= nil, headers["content-md5"] ~= nil }
    end
    assert.same({ true, false }, sent(BUCKET))
    assert.same({ true, false }, sent(BUCKET, older()))
    assert.same({ true, true }, sent("usual", older()))
  end)
end)
