local checksum = require "aws.checksum"
local support = require "spec.aws.support"

local OBJECT <const> = { Bucket = "my-bucket", Key = "k" }

local function merged(...)
  local found = {}
  for _, each in ipairs { ... } do
    for key, value in pairs(each) do found[key] = value end
  end
  return found
end

local function call(service, operation, params, options, answer)
  local session, clock = support.session(options)
  local log = support.drive(clock, { answer or support.answer(200, "") }, function()
    return session:client(service):call(operation, params)
  end)
  return log.requests[1] and log.requests[1].headers or log.failure, log
end

-- Without TLS: with it the checksum of what streams stands behind the body (stream_spec).
local function put(params, options)
  return call("s3", "PutObject", merged(OBJECT, params),
    merged({ endpoint_url = "http://localhost:1" }, options or {}))
end

describe("a request's checksum", function()
  it("is of the kinds that services know", function()
    -- of "123456789", as the catalogues of CRCs and the digests' own standards have them
    for algorithm, text in pairs {
      CRC32 = "y/Q5Jg==", CRC32C = "4waSgw==", CRC64NVME = "rosUhgp5mIg=",
      SHA1 = "98O8HYCOBHMq32eZZczDTKeuNEE=", MD5 = "JfnnlDI7RTiF9RgfG2JNCw==",
      SHA256 = "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
    } do
      assert.equal(text, checksum.of(algorithm, "123456789"), algorithm)
    end
    assert.is_nil(checksum.of("XXHASH64", ""))
  end)

  it("is CRC-32 where nothing is said, and what is asked for where something is", function()
    local headers = put { Body = "123456789" }
    assert.equal("y/Q5Jg==", headers["x-amz-checksum-crc32"])
    assert.equal("CRC32", headers["x-amz-sdk-checksum-algorithm"])
    headers = put { Body = "123456789", ChecksumAlgorithm = "SHA256" }
    assert.equal("FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
      headers["x-amz-checksum-sha256"])
    assert.equal("SHA256", headers["x-amz-sdk-checksum-algorithm"])
    assert.is_nil(headers["x-amz-checksum-crc32"])
  end)

  it("is the caller's own where he gives one", function()
    local headers = put { Body = "x", ChecksumSHA1 = "mine" }
    assert.equal("mine", headers["x-amz-checksum-sha1"])
    assert.is_nil(headers["x-amz-checksum-crc32"])
    assert.matches("does not compute the checksum XXHASH64",
      tostring(put { Body = "x", ChecksumAlgorithm = "XXHASH64" }))
  end)

  it("is left out where it is only supported and the setting says when_required", function()
    local required = { request_checksum_calculation = "when_required" }
    assert.is_nil(put({ Body = "x" }, required)["x-amz-checksum-crc32"])
    local delete = merged(OBJECT, { Delete = { Objects = { { Key = "k" } } } })
    delete.Key = nil
    assert.is_string(call("s3", "DeleteObjects", delete, required)["x-amz-checksum-crc32"])
    local env = { AWS_REQUEST_CHECKSUM_CALCULATION = "WHEN_REQUIRED", AWS_REGION = "eu-west-1",
      AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S" }
    assert.is_nil(put({ Body = "x" }, { env = env })["x-amz-checksum-crc32"])
    env.AWS_REQUEST_CHECKSUM_CALCULATION = "never"
    assert.matches("must be when_supported or when_required",
      tostring(put({ Body = "x" }, { env = env })))
  end)

  it("is MD5 as well where the model is older than the choice", function()
    local headers = call("s3control", "PutBucketTagging", { AccountId = "123456789012",
      Bucket = "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op-1/bucket/b",
      Tagging = { TagSet = {} } })
    assert.is_string(headers["content-md5"])
    assert.is_string(headers["x-amz-checksum-crc32"])
  end)
end)

describe("an answer's checksum", function()
  local function get(body, headers, options)
    return select(2, call("s3", "GetObject", OBJECT, merged({ max_attempts = 1 }, options or {}),
      support.answer(200, body, headers)))
  end

  it("is asked for, and compared with the body", function()
    local log = get("123456789", { ["x-amz-checksum-crc32"] = "y/Q5Jg==" })
    assert.equal("ENABLED", log.requests[1].headers["x-amz-checksum-mode"])
    assert.equal("123456789", log.result.Body)
    log = get("12345678", { ["x-amz-checksum-crc32"] = "y/Q5Jg==" })
    assert.equal("UnreadableAnswer", log.failure.code)
    assert.matches("its CRC32 is not the one that came with it", tostring(log.failure))
  end)

  it("is passed over where it is one of parts", function()
    assert.is_true(get("x", { ["x-amz-checksum-crc32"] = "y/Q5Jg==-2" }).ok)
  end)

  it("is not asked for where the setting says when_required", function()
    local log = get("x", { ["x-amz-checksum-crc32"] = "wrong" },
      { response_checksum_validation = "when_required" })
    assert.is_nil(log.requests[1].headers["x-amz-checksum-mode"])
    assert.is_true(log.ok)
  end)
end)
