local crypto = require "native.crypto"
local pack = require "native.pack"
local support = require "spec.aws.support"

local function put(metrics, options)
  local session, clock = support.session(options)
  local data = {}
  for at = 1, metrics do data[at] = { MetricName = ("metric-%04d"):format(at), Value = at } end
  local log = support.drive(clock, { support.answer(200, "{}") }, function()
    return session:client("cloudwatch"):PutMetricData { Namespace = "n", MetricData = data }
  end)
  return log.requests[1] or log.failure
end

describe("request compression", function()
  it("is for long bodies of operations that take it", function()
    local request = put(1000)
    assert.equal("gzip", request.headers["content-encoding"])
    assert.matches("metric%-1000", (pack.inflate(request.body)))
    assert.equal(crypto.hex(crypto.sha256(request.body)), request.headers["x-amz-content-sha256"])
    assert.is_nil(put(1).headers["content-encoding"])
  end)

  it("begins where the settings say, or nowhere", function()
    assert.equal("gzip",
      put(1, { request_min_compression_size_bytes = 1 }).headers["content-encoding"])
    assert.is_nil(put(1000, { disable_request_compression = true }).headers["content-encoding"])
    local env = { AWS_DISABLE_REQUEST_COMPRESSION = "true", AWS_REGION = "eu-west-1",
      AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S" }
    assert.is_nil(put(1000, { env = env }).headers["content-encoding"])
    env.AWS_DISABLE_REQUEST_COMPRESSION, env.AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES = nil, "1"
    assert.equal("gzip", put(1, { env = env }).headers["content-encoding"])
    env.AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES = "99999999"
    assert.matches("must be a number from 0 to 10485760", tostring(put(1, { env = env })))
  end)
end)
