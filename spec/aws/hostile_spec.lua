-- Servers that answer what they should not, over real connections: every call ends, soon and in
-- little memory, with an error that says what came, and after the right number of attempts.
local aws = require "aws"
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "json"
local native_http = require "native.http"
local Server = require "spec.support.server"

local LARGEST <const> = 1024 * 1024
local LONG_MS <const>, SHORT_MS <const> = 20000, 500

local function memory_kib()
  local status = assert(fs.read "/proc/self/status")
  return tonumber(status:match("VmRSS:%s*(%d+)"))
end

describe("a hostile server", function()
  local server, http

  setup(function() server = Server.start "hostile_server.py" end)
  teardown(function() server:stop() end)
  before_each(function() http = assert(native_http.new()) end)
  after_each(function()
    assert.equal(0, http:pending())
    http:close()
  end)

  local function fetch(request)
    request.max_body_bytes = math.min(request.max_body_bytes, LARGEST)
    local id = assert(http:add(request))
    while true do
      local done = http:poll(10000)
      if done[id] then return done[id] end
    end
  end

  -- A call by real connections; what it would wait for between the attempts is skipped.
  local function call(name, more)
    more = more or {}
    local clock = { ms = 1700000000000 }
    local env = { AWS_REGION = "eu-west-1", AWS_ACCESS_KEY_ID = "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY = "SECRETEXAMPLE", AWS_CA_BUNDLE = more.ca_file,
      AWS_ENDPOINT_URL = more.url or server:url("/" .. name) }
    local session = aws.session { env = env, now = function() return clock.ms end,
      read_file = function() return nil, { code = "ENOENT" } end,
      timeout_ms = more.timeout_ms or LONG_MS }
    local log = { attempts = 0 }
    local thread = coroutine.create(function()
      return session:client(more.service or "ec2"):call(more.operation or "DescribeVpcs",
        more.params, more.options)
    end)
    local ok, wanted = coroutine.resume(thread)
    while ok and coroutine.status(thread) ~= "dead" do
      if wanted.http then
        log.attempts = log.attempts + 1
        ok, wanted = coroutine.resume(thread, fetch(wanted.http))
      else
        clock.ms = wanted.until_ms
        ok, wanted = coroutine.resume(thread)
      end
    end
    log.ok, log.result = ok, wanted
    return log
  end

  local JSON <const> = { service = "dynamodb", operation = "GetItem",
    params = { TableName = "t", Key = { k = { S = "1" } } } }

  local function refused(name, attempts, pattern, more)
    local before = memory_kib()
    local log = call(name, more)
    assert.is_false(log.ok, name)
    assert.is_true(failure.is(log.result), name .. ": " .. tostring(log.result))
    local text = tostring(log.result)
    assert.matches(pattern, text)
    assert.equal(attempts, log.attempts, name .. ": " .. text)
    assert.is_true(#text < 2000, "a long message")
    assert.not_matches("SECRETEXAMPLE", text, 1, true)
    assert.is_true(memory_kib() - before < 64 * 1024, name .. " takes memory")
    return log.result
  end

  it("that cuts its answers is asked again, and then told", function()
    for _, name in ipairs { "silent", "cut", "cut-header", "cut-chunk" } do
      refused(name, 3, "no answer from 127%.0%.0%.1:%d+: ")
    end
    refused("cut-xml", 1, "an answer that cannot be read")
  end)

  it("that counts wrongly is no server", function()
    for _, name in ipairs { "bad-chunk", "negative-chunk", "huge-chunk", "negative-length",
      "garbage", "wrong-gzip", "unknown-coding" } do
      refused(name, 3, "no answer from 127%.0%.0%.1:%d+: ")
    end
    for _, name in ipairs { "two-lengths", "huge-length" } do -- libcurls differ in these
      assert.is_true(failure.is(call(name).result))
    end
  end)

  it("that does not end is left, and not asked again", function()
    for _, name in ipairs { "endless", "bomb" } do
      assert.equal("too_large", refused(name, 1, "the answer is larger than the limit").code)
    end
    for _, name in ipairs { "endless-header", "long-header" } do
      refused(name, 1, "no answer from")
    end
    refused("endless-early", 3, "no answer from .*[Tt]oo large")
  end)

  it("that is slow by the byte, or silent, has its time", function()
    for _, name in ipairs { "slow", "slow-header", "hang" } do
      local log = refused(name, 3, "no answer from .*[Tt]ime", { timeout_ms = SHORT_MS })
      assert.equal("timeout", log.code)
      assert.is_true(log.ambiguous)
    end
    refused("hang", 1, "no answer from", { operation = "CreateVpc",
      options = { repeatable = false }, params = { CidrBlock = "10.0.0.0/16" },
      timeout_ms = SHORT_MS })
  end)

  it("that answers deep, wrong or not at all in our language is told apart from AWS", function()
    refused("entities", 1, "it has a DOCTYPE, which no answer of AWS's has")
    for _, name in ipairs { "deep-xml", "binary" } do
      refused(name, 1, "an answer that cannot be read")
    end
    refused("html", 1, "HTTP 200 with an HTML page")
    for _, name in ipairs { "deep-json", "wrong-json", "wrong-type", "binary" } do
      refused(name, 1, "an answer that cannot be read", JSON)
    end
    refused("odd-status", 1, "HTTP 999")
    refused("wrong-error", 1, "HTTP 400", JSON)
    refused("long-error", 1, "m%.%.%.", JSON)
    refused("early", 1, "HTTP 101")
  end)

  it("of the old days is understood", function()
    local log = call "http10"
    assert.same({ Vpcs = { { VpcId = "vpc-1" } } }, log.result)
  end)

  local function count(port)
    local url = ("http://127.0.0.1:%d/count"):format(port)
    return json.decode(fetch({ url = url, max_body_bytes = LARGEST }).body)
  end

  it("that sends us elsewhere is not followed, and elsewhere hears nothing", function()
    local elsewhere = Server.start "hostile_server.py"
    for _, name in ipairs { "redirect", "moved" } do
      local to = ("http://127.0.0.1:%d/fine"):format(elsewhere.port)
      refused(name, 1, "a redirect to " .. to:gsub("%p", "%%%0"),
        { url = server:url("/" .. name .. "?" .. to) })
      refused(name, 1, "a redirect to ", { url = server:url("/" .. name .. "?" .. to),
        service = JSON.service, operation = JSON.operation, params = JSON.params })
    end
    local seen = count(elsewhere.port)
    elsewhere:stop()
    assert.equal(0, seen.requests)
    assert.matches("authorization: aws4-hmac-sha256", count(server.port).last:lower(), 1, true)
  end)

  it("with the certificate of another host is shown no request", function()
    local folder = (os.getenv "TMPDIR" or "/tmp") .. "/"
    local file = folder .. "hostile"
    assert(os.execute(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
      .. " -days 2 -keyout %s.key -out %s.pem -subj /CN=spec"
      .. " -addext subjectAltName=DNS:elsewhere.example 2>/dev/null"):format(file, file)))
    local tls = Server.start("hostile_server.py", file .. ".pem " .. file .. ".key")
    local fault = refused("tls", 3, "no answer from", { url = tls:url("/fine", "https"),
      ca_file = file .. ".pem" })
    tls:stop()
    os.remove(file .. ".pem")
    os.remove(file .. ".key")
    assert.equal("tls", fault.code)
    assert.is_false(fault.ambiguous)
  end)
end)
