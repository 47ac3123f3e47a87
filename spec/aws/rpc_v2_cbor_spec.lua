local cbor = require "native.cbor"
local pack = require "native.pack"
local protocol = require "aws.protocol"
local support = require "spec.aws.support"

-- AWS's data, where CloudWatch speaks CBOR alone.
local function data_with_cbor()
  local data = assert(pack.open())
  return setmetatable({
    service = function(_, name)
      local record = data:service(name)
      if record and name == "cloudwatch" then
        record.metadata.protocols = { "smithy-rpc-v2-cbor" }
      end
      return record
    end,
  }, { __index = function(_, name)
    return function(_, ...) return data[name](data, ...) end
  end })
end

local function answer(status, value, headers)
  local all = { ["content-type"] = "application/cbor", ["smithy-protocol"] = "rpc-v2-cbor" }
  for name, text in pairs(headers or {}) do all[name] = text end
  return support.answer(status, value and cbor.encode(nil, value) or "", all)
end

local function call(operation, params, response)
  local session, clock = support.session { data = data_with_cbor(), max_attempts = 1 }
  local log = support.drive(clock, { response }, function()
    return session:client("cloudwatch"):call(operation, params)
  end)
  return log, log.requests[1]
end

describe("the protocol rpc-v2-cbor", function()
  it("has service and operation in the path, and CBOR in the body", function()
    local log, request = call("PutMetricData", { Namespace = "n", MetricData = {
      { MetricName = "m", Value = 1.5, Timestamp = 1700000000 } } }, answer(200))
    assert.is_true(log.ok, log.failure)
    assert.are.same({}, log.result)
    assert.matches("/service/GraniteServiceVersion20100801/operation/PutMetricData$", request.url)
    local headers = request.headers
    assert.are.equal("rpc-v2-cbor", headers["smithy-protocol"])
    assert.are.equal("application/cbor", headers["content-type"])
    assert.are.equal("application/cbor", headers.accept)
    assert.are.equal("true", headers["x-amzn-query-mode"])
    assert.is_nil(headers["x-amz-target"])
    assert.are.same({ Namespace = "n", MetricData = {
      { MetricName = "m", Value = 1.5, Timestamp = 1700000000 } } },
      (cbor.decode(nil, request.body)))
  end)

  it("reads answers by the model", function()
    local log = call("ListMetrics", {}, answer(200, { Metrics = { { MetricName = "m" } },
      NextToken = "t", Unknown = { 1, {} } }))
    assert.are.same({ Metrics = { { MetricName = "m" } }, NextToken = "t" }, log.result)
  end)

  it("reads errors, by the code of the query protocol where there is one", function()
    local body = { __type = "com.amazonaws.cloudwatch#ResourceNotFound", message = "no such" }
    local log = call("ListMetrics", {}, answer(404, body))
    assert.are.equal("ResourceNotFound", log.failure.code)
    assert.are.equal("no such", log.failure.message)
    log = call("ListMetrics", {}, answer(404, body,
      { ["x-amzn-query-error"] = "Elsewhere.NotFound;Sender" }))
    assert.are.equal("Elsewhere.NotFound", log.failure.code)
    assert.are.equal("no such", log.failure.fields.message)
  end)

  it("reads what stands before the service in its own format", function()
    local log = call("ListMetrics", {}, support.answer(403,
      '{"__type":"AccessDeniedException","message":"no"}'))
    assert.are.equal("AccessDeniedException", log.failure.code)
    log = call("ListMetrics", {}, support.answer(503, "<html></html>"))
    assert.are.equal("UnreadableAnswer", log.failure.code)
    log = call("ListMetrics", {}, answer(500, { message = "no code" }))
    assert.are.equal("UnreadableAnswer", log.failure.code)
  end)

  it("says where an answer is wrong", function()
    local log = call("ListMetrics", {}, answer(200, { Metrics = "m" }))
    assert.are.equal("UnreadableAnswer", log.failure.code)
    assert.matches("CBOR at byte 10: a value of another type", log.failure.what, 1, true)
  end)

  it("names the parameters that are wrong before anything is sent", function()
    local log, request = call("PutMetricData", { Namespace = 1 })
    assert.is_nil(request)
    assert.are.equal("ParamValidation", log.failure.code)
  end)

  it("is spoken where a service offers no other", function()
    local function of(...) return protocol.of { metadata = { protocols = { ... } } } end
    local rpc = require "aws.protocol.rpc_v2_cbor"
    assert.are.equal(rpc, of "smithy-rpc-v2-cbor")
    assert.are.equal(rpc, of("query", "smithy-rpc-v2-cbor"))
    assert.are.equal(require "aws.protocol.json", of("smithy-rpc-v2-cbor", "json", "query"))
    assert.are.equal(rpc, protocol.of(assert(pack.open()):service "eventbridgev2"))
  end)
end)
