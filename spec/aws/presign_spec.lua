-- URLs that carry their own signature.
local aws = require "aws"
local emulator = require "spec.support.emulator"
local fs = require "native.fs"
local loop = require "spec.support.loop"
local support = require "spec.aws.support"
local sys = require "native.sys"

local answer, drive = support.answer, support.drive

local KEYS <const> = { access_key = "AKIAIOSFODNN7EXAMPLE",
  secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }

describe("a presigned URL", function()
  local function presign(service, operation, params, options, session_options)
    session_options = session_options or {}
    session_options.credentials = session_options.credentials or KEYS
    local session, clock = support.session(session_options)
    local about
    local log = drive(clock, {}, function()
      local url, how = session:client(service):presign(operation, params, options)
      about = how
      return url
    end)
    return log.result, about, log.failure
  end

  local function names(headers)
    local found = {}
    for name in pairs(headers) do found[#found + 1] = name end
    table.sort(found)
    return table.concat(found, " ")
  end

  it("is that of S3's manual", function()
    local url, about = presign("s3", "GetObject", { Bucket = "examplebucket", Key = "test.txt" },
      { expires_s = 86400 }, { region = "aws-global", now_ms = 1369353600000 })
    assert.equal("GET", about.method)
    assert.equal("", names(about.headers))
    assert.equal("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
      .. "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
      .. "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
      .. "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", url)
  end)

  it("of S3 signs no body, and each header that the parameters ask for", function()
    local url, about = presign("s3", "PutObject", { Bucket = "bucket", Key = "a b/+%/ü",
      ACL = "private", ContentType = "text/plain", Metadata = { colour = "red" } })
    for _, part in ipairs { "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%2B%25/%C3%BC?X-Amz",
      "SignedHeaders=content-type%3Bhost%3Bx-amz-acl%3Bx-amz-meta-colour&" } do
      assert.matches(part, url, 1, true)
    end
    assert.equal("PUT", about.method)
    assert.equal("content-type x-amz-acl x-amz-meta-colour", names(about.headers))
    url, about = presign("s3", "UploadPart", { Bucket = "bucket", Key = "k", UploadId = "u",
      PartNumber = 2 })
    assert.matches("/k%?.*partNumber=2", url)
    assert.matches("uploadId=u&X-Amz-Algorithm", url, 1, true)
    assert.equal("", names(about.headers))
  end)

  it("carries the session token, and AWS's time", function()
    local session, clock = support.session { credentials = { access_key = "A", secret_key = "S",
      token = "a/b+c" } }
    session.skew_ms = 3600000
    local url = drive(clock, {}, function()
      return (session:client "s3":presign("GetObject", { Bucket = "bucket", Key = "k" }))
    end).result
    assert.matches("X-Amz-Security-Token=a%2Fb%2Bc&", url, 1, true)
    assert.matches("X-Amz-Date=20231114T231320Z&X-Amz-Expires=3600", url, 1, true)
  end)

  it("of a service that takes forms is a GET with all in it", function()
    local url, about = presign("sts", "GetCallerIdentity", {}, { expires_s = 60 })
    assert.matches("//sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=", url, 1, true)
    assert.same({ "GET", "", {} }, { about.method, about.body, about.headers })
  end)

  it("of a JSON service says what to send along", function()
    local url, about = presign("dynamodb", "ListTables", { Limit = 1 })
    assert.matches("SignedHeaders=content%-type%%3Bhost%%3Bx%-amz%-target", url)
    assert.same({ "POST", '{"Limit":1}' }, { about.method, about.body })
    assert.equal("DynamoDB_20120810.ListTables", about.headers["x-amz-target"])
  end)

  it("lasts from a second to a week", function()
    for _, seconds in ipairs { 0, 604801, 1.5, -1 } do
      local _, _, fault = presign("s3", "GetObject", { Bucket = "bucket", Key = "k" },
        { expires_s = seconds })
      assert.equal("ParamValidation", fault.code)
      assert.matches("1 to 604800 seconds", tostring(fault))
    end
    assert.is_string(presign("s3", "GetObject", { Bucket = "bucket", Key = "k" },
      { expires_s = 604800 }))
  end)

  it("is made of right parameters, for what is signed at all", function()
    local _, _, fault = presign("s3", "GetObject", { Bucket = "bucket" })
    assert.matches("Key", tostring(fault))
    _, _, fault = presign("sts", "AssumeRoleWithWebIdentity", { RoleSessionName = "name",
      RoleArn = "arn:aws:iam::1:role/role", WebIdentityToken = "token" })
    assert.matches("needs no signature", tostring(fault))
  end)
end)

describe("a signature", function()
  local function fault(service, operation, params)
    local session, clock = support.session { credentials = KEYS }
    return drive(clock, { answer(200) }, function()
      return session:client(service):call(operation, params)
    end)
  end

  it("that mrun does not make is named, before anything is sent", function()
    for _, case in ipairs {
      { "s3", "GetObject", { Key = "k",
        Bucket = "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap" } },
      { "events", "PutEvents", { EndpointId = "abcde.veo", Entries = { {} } } },
    } do
      local log = fault(table.unpack(case))
      assert.equal(0, #log.requests)
      assert.equal("UnsupportedSignature", log.failure.code)
      assert.matches(case[1] .. " " .. case[2] .. " wants the signature sigv4a, which mrun does",
        tostring(log.failure), 1, true)
    end
  end)
end)

describe("a presigned URL, with ministack,", function()
  local server, s3

  local function curl(...)
    local said = assert(sys.run { "/usr/bin/curl", "-sS", "--path-as-is", "-w", "\n%{http_code}",
      ... })
    assert.equal(0, said.code, said.err)
    local body, status = said.out:match "^(.*)\n(%d+)$"
    return tonumber(status), body
  end

  setup(function()
    server = emulator.start "ministack"
    s3 = aws.client("s3", { env = {}, region = "us-east-1", endpoint_url = server.url,
      credentials = { access_key = server.access_key, secret_key = server.secret_key } })
    loop(function() s3:CreateBucket { Bucket = "bucket" } end)
  end)
  teardown(function() server:stop() end)

  local function presign(operation, params)
    params.Bucket = "bucket"
    return loop(function() return s3:presign(operation, params, { expires_s = 60 }) end)
  end

  it("lets curl put and get, and nothing else", function()
    local path <const> = os.getenv "TMPDIR" .. "/sent"
    assert(fs.replace(path, "by curl"))
    for _, key in ipairs { "plain", "a b/+%/ü//x", "a/../b", "%20", "~!*'()" } do
      local put, how = presign("PutObject", { Key = key, Metadata = { colour = "red" } })
      assert.same({ ["x-amz-meta-colour"] = "red" }, how.headers)
      assert.equal(403, (curl("-T", path, put)), "without the header that is signed")
      assert.equal(200, (curl("-T", path, "-H", "x-amz-meta-colour: red", put)), key)
      local get = presign("GetObject", { Key = key })
      local status, body = curl(get)
      assert.same({ 200, "by curl" }, { status, body }, key)
      assert.equal(403, (curl((get:gsub("Signature=%x", "Signature=g")))))
      assert.equal(403, (curl((get:gsub("Expires=60", "Expires=61")))))
    end
    os.remove(path)
  end)

  it("is a call of another service too", function()
    local url = loop(function()
      return (s3.session:client "sts":presign("GetCallerIdentity"))
    end)
    local status, body = curl(url)
    assert.equal(200, status)
    assert.matches("<Account>%d+</Account>", body)
    assert.equal(403, (curl((url:gsub("Signature=%x", "Signature=g")))))
  end)
end)
