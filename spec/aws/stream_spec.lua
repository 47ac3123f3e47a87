-- Bodies that are files: what is sent, and what becomes of what comes.
local crypto = require "native.crypto"
local fs = require "native.fs"
local support = require "spec.aws.support"

local answer, broken, drive = support.answer, support.broken, support.drive

describe("a body that is a file", function()
  local folder, path

  before_each(function()
    folder = os.getenv "TMPDIR" .. "/stream"
    path = folder .. "/sent"
    assert(fs.mkdir(folder))
    assert(fs.replace(path, "0123456789"))
  end)
  after_each(function()
    for _, name in ipairs(assert(fs.list(folder))) do fs.remove(folder .. "/" .. name) end
    fs.remove(folder)
  end)

  local function call(service, operation, params, answers, options)
    local session, clock = support.session(options and options.session)
    return drive(clock, answers, function()
      return session:client(service):call(operation, params, options)
    end)
  end

  local function put(params, answers, session)
    params.Bucket, params.Key = "bucket", "key"
    return call("s3", "PutObject", params, answers or { answer(200) }, { session = session })
  end

  local function b64(bytes) return crypto.base64(bytes) end
  local function crc32(text) return b64((">I4"):pack(crypto.crc32(text))) end

  it("is sent from there, unsigned under TLS, with a checksum", function()
    local request = put({ Body = { file = path } }).requests[1]
    assert.same({ path, 0, 10 }, { request.body_file, request.body_offset, request.body_bytes })
    assert.is_nil(request.body)
    assert.equal("UNSIGNED-PAYLOAD", request.headers["x-amz-content-sha256"])
    assert.equal(crc32 "0123456789", request.headers["x-amz-checksum-crc32"])
    assert.equal("CRC32", request.headers["x-amz-sdk-checksum-algorithm"])
    assert.equal("application/octet-stream", request.headers["content-type"])
    assert.matches("x-amz-checksum-crc32", request.headers.authorization, 1, true)
    assert.is_true(request.timeout_ms > 3600000 and request.gives_way)
  end)

  it("is signed by its own hash without TLS, or without a checksum", function()
    local hash = crypto.hex(crypto.sha256 "345")
    local part = { file = path, offset = 3, length = 3 }
    local plain = put({ Body = part }, nil, { endpoint_url = "http://localhost:1" }).requests[1]
    assert.same({ 3, 3 }, { plain.body_offset, plain.body_bytes })
    assert.equal(hash, plain.headers["x-amz-content-sha256"])
    assert.equal(crc32 "345", plain.headers["x-amz-checksum-crc32"])
    local env = { AWS_ACCESS_KEY_ID = "A", AWS_REGION = "r", AWS_SECRET_ACCESS_KEY = "S",
      AWS_REQUEST_CHECKSUM_CALCULATION = "when_required" }
    local bare = put({ Body = part }, nil, { env = env }).requests[1]
    assert.equal(hash, bare.headers["x-amz-content-sha256"])
    assert.is_nil(bare.headers["x-amz-checksum-crc32"])
  end)

  it("has the checksum that the caller chose, or gave", function()
    for name, sum in pairs { SHA256 = crypto.sha256 "0123456789",
      CRC64NVME = (">i8"):pack(crypto.crc64nvme "0123456789"), MD5 = crypto.md5 "0123456789" } do
      local headers = put({ Body = { file = path }, ChecksumAlgorithm = name }).requests[1].headers
      assert.equal(b64(sum), headers["x-amz-checksum-" .. name:lower()])
      assert.equal(name, headers["x-amz-sdk-checksum-algorithm"])
      assert.is_nil(headers["x-amz-checksum-crc32"])
    end
    local headers = put({ Body = { file = path }, ChecksumSHA1 = "mine" }).requests[1].headers
    assert.equal("mine", headers["x-amz-checksum-sha1"])
    assert.is_nil(headers["x-amz-checksum-crc32"])
    local unknown = put { Body = { file = path }, ChecksumAlgorithm = "XXHASH3" }
    assert.matches("does not compute the checksum XXHASH3", tostring(unknown.failure), 1, true)
  end)

  it("that is a text has its checksum behind it under TLS", function()
    local text = ("x"):rep(1 << 20) .. "yz"
    local request = put({ Body = text, ContentEncoding = "gzip" }).requests[1]
    assert.equal("100000\r\n" .. ("x"):rep(1 << 20) .. "\r\n2\r\nyz\r\n0\r\n"
      .. "x-amz-checksum-crc32:" .. crc32(text) .. "\r\n\r\n", request.body)
    local headers = request.headers
    assert.same({ "gzip,aws-chunked", "x-amz-checksum-crc32", tostring(#text), "CRC32" },
      { headers["content-encoding"], headers["x-amz-trailer"],
        headers["x-amz-decoded-content-length"], headers["x-amz-sdk-checksum-algorithm"] })
    assert.equal("STREAMING-UNSIGNED-PAYLOAD-TRAILER", headers["x-amz-content-sha256"])
    assert.matches("x-amz-trailer", headers.authorization, 1, true)
    assert.is_nil(headers["x-amz-checksum-crc32"])
    request = put({}).requests[1]
    assert.equal("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", request.body)
    for _, other in ipairs {
      put({ Body = "x", ChecksumCRC32 = "mine" }).requests[1],
      put({ Body = "x" }, nil, { endpoint_url = "http://localhost:1" }).requests[1],
    } do
      assert.equal("x", other.body)
      assert.equal(crypto.hex(crypto.sha256 "x"), other.headers["x-amz-content-sha256"])
      assert.is_nil(other.headers["x-amz-trailer"])
    end
  end)

  it("is read from its begin by each attempt, and digested once", function()
    local log = put({ Body = { file = path, offset = 4 } },
      { answer(503), broken("reset", true), answer(200) })
    assert.equal(3, #log.requests)
    for _, request in ipairs(log.requests) do
      assert.same({ path, 4, 6 }, { request.body_file, request.body_offset, request.body_bytes })
      assert.equal(crc32 "456789", request.headers["x-amz-checksum-crc32"])
    end
  end)

  it("is refused before anything is sent when it is not there or not so long", function()
    for what, body in pairs {
      ["No such file"] = { file = folder .. "/absent" }, ["is not a file"] = { file = folder },
      ["has 10 bytes"] = { file = path, offset = 5, length = 6 },
      ["sent has 10 bytes"] = { file = path, offset = 11 },
      ["/sent has 10 bytes"] = { file = path, length = -1 },
    } do
      local log = put { Body = body }
      assert.equal(0, #log.requests)
      assert.equal("ParamValidation", log.failure.code)
      assert.matches("s3 PutObject: Body: .*" .. what, tostring(log.failure))
    end
    local log = call("ssm", "PutParameter", { Name = "a", Value = { file = path } }, {})
    assert.matches("Value", tostring(log.failure))
  end)

  it("that cannot be read any more ends the call at once", function()
    local log = put({ Body = { file = path } }, { broken("file", true) })
    assert.equal(1, #log.requests)
    assert.equal("file", log.failure.code)
  end)

  it("is unsigned where the model says so, under TLS alone", function()
    local function hash(session, body)
      return call("ebs", "PutSnapshotBlock", { SnapshotId = "snap-1", BlockIndex = 0,
        BlockData = body, DataLength = 10, Checksum = "c", ChecksumAlgorithm = "SHA256" },
        { answer(200, "{}") }, { session = session }).requests[1].headers["x-amz-content-sha256"]
    end
    assert.equal("UNSIGNED-PAYLOAD", hash(nil, { file = path }))
    assert.equal("UNSIGNED-PAYLOAD", hash(nil, "0123456789"))
    assert.equal(crypto.hex(crypto.sha256 ""), call("s3", "WriteGetObjectResponse", {
      RequestRoute = "r", RequestToken = "t" }, { answer(200) }).requests[1]
      .headers["x-amz-content-sha256"])
    local signed = crypto.hex(crypto.sha256 "0123456789")
    local local_ = { endpoint_url = "http://localhost:1" }
    assert.equal(signed, hash(local_, { file = path }))
    assert.equal(signed, hash(local_, "0123456789"))
  end)

  -- Answers as native.http does: the body in the file that the request names.
  local function into(text, headers, status)
    return function(request)
      assert(fs.replace(request.to_file, text))
      local response = answer(status or 200, nil, headers)
      response.body, response.body_bytes = nil, #text
      return response
    end
  end

  local function get(answers, params)
    params = params or {}
    params.Bucket, params.Key = "bucket", "key"
    return call("s3", "GetObject", params, answers, { to_file = folder .. "/got" })
  end

  it("takes an answer, under its own name when it is complete", function()
    local log = get { into("text", { ["x-amz-checksum-crc32"] = crc32 "text", etag = '"e"' }) }
    assert.same({ file = folder .. "/got", bytes = 4 }, log.result.Body)
    assert.equal('"e"', log.result.ETag)
    assert.equal("text", fs.read(folder .. "/got"))
    assert.matches("^" .. folder:gsub("%p", "%%%0") .. "/got%.%x+%.part$", log.requests[1].to_file)
    assert.is_false(log.requests[1].compressed)
    assert.same({ "got", "sent" }, fs.list(folder))
  end)

  it("goes to a new file in each attempt", function()
    local log = get { answer(503), into("half", nil, 503), into "text" }
    assert.is_true(log.ok)
    assert.equal("text", fs.read(folder .. "/got"))
    assert.same({ "got", "sent" }, fs.list(folder))
    assert.are_not.equal(log.requests[1].to_file, log.requests[3].to_file)
  end)

  it("is removed, and the old file left, when it is not what its checksum says", function()
    assert(fs.replace(folder .. "/got", "old"))
    local log = get { into("text", { ["x-amz-checksum-sha1"] = b64(crypto.sha1 "tex") }) }
    assert.equal("ChecksumMismatch", log.failure.code)
    assert.matches("its sha1 is .* and ought to be", tostring(log.failure))
    assert.same({ "got", "sent" }, fs.list(folder))
    assert.equal("old", fs.read(folder .. "/got"))
  end)

  it("is not compared with what is no checksum of its own bytes", function()
    for _, headers in ipairs {
      { ["x-amz-checksum-crc32"] = "AAAAAA==-3" },
      { ["x-amz-checksum-crc32"] = "AAAAAA==", ["x-amz-checksum-type"] = "COMPOSITE" },
      { ["x-amz-checksum-crc32"] = "AAAAAA==", etag = '"e-2"' },
    } do
      assert.is_true(get({ into("text", headers) }).ok)
    end
    assert.is_true(get({ into("text", { ["x-amz-checksum-crc32"] = "AAAAAA==" }, 206) }).ok)
    assert.is_false(get({ into("text", { ["x-amz-checksum-crc32"] = "AAAAAA==", etag = '"e-2"',
      ["x-amz-checksum-type"] = "FULL_OBJECT" }) }).ok or false)
  end)

  it("takes the place of a file alone, through a link, and is as open to others", function()
    assert(fs.replace(path, "old", 384)) -- 0600
    assert(os.execute(("ln -s sent %s/got"):format(folder)))
    assert.is_true(get({ into "text" }).ok)
    local now = fs.stat(folder .. "/got")
    assert.same({ true, 384, "text" }, { now.link, now.mode & 511, fs.read(path) })
    fs.remove(folder .. "/got")
    for command, clean in pairs { mkfifo = "rm", mkdir = "rmdir" } do
      assert(os.execute(("%s %s/got"):format(command, folder)))
      local log = get {}
      assert.matches("/got is not a file", tostring(log.failure), 1, true)
      assert(os.execute(("%s %s/got"):format(clean, folder)))
    end
    assert.matches("empty", tostring(call("s3", "GetObject", { Bucket = "b", Key = "k" }, {},
      { to_file = "" }).failure))
  end)

  it("takes no answer that is not a stream", function()
    local log = call("s3", "ListBuckets", {}, {}, { to_file = folder .. "/got" })
    assert.equal("ParamValidation", log.failure.code)
    assert.matches("not a stream", tostring(log.failure))
  end)

  it("leaves an error where it can be read", function()
    local log = get { answer(404, "<Error><Code>NoSuchKey</Code></Error>") }
    assert.equal("NoSuchKey", log.failure.code)
    assert.same({ "sent" }, fs.list(folder))
  end)
end)

describe("S3's 200 with an error in it", function()
  local LATE <const> = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code></Error>'
  local function complete(answers)
    local session, clock = support.session()
    return drive(clock, answers, function()
      return session:client "s3":CompleteMultipartUpload { Bucket = "bucket", Key = "k",
        UploadId = "u" }
    end)
  end

  it("is an error of the server's, and tried again", function()
    local log = complete { answer(200, LATE:format "InternalError"),
      answer(200, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>") }
    assert.equal(2, #log.requests)
    assert.equal("e", log.result.ETag)
    log = complete { default = answer(200, LATE:format "InternalError") }
    assert.equal("InternalError", log.failure.code)
  end)

  it("is none in an object that is such a text", function()
    local session, clock = support.session()
    local text = LATE:format "InternalError"
    local log = drive(clock, { answer(200, text) }, function()
      return session:client "s3":GetObject { Bucket = "bucket", Key = "k" }
    end)
    assert.equal(text, log.result.Body)
    assert.is_false(log.requests[1].compressed) -- as it is stored
  end)
end)
