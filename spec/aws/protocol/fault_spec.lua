local support = require "spec.aws.support"

local answer = support.answer

local function failure(service, operation, params, response)
  local session, clock = support.session { max_attempts = 1 }
  local log = support.drive(clock, { response }, function()
    return session:client(service):call(operation, params)
  end)
  return assert(log.failure, "it did not fail")
end

describe("an error that the model knows", function()
  it("has its fields, by their types, in JSON", function()
    local fault = failure("dynamodb", "PutItem",
      { TableName = "t", Item = { a = { S = "x" } } }, answer(400, [[{
        "__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message":"no","Item":{"a":{"B":"AAE="}},"more":1}]]))
    assert.equal("ConditionalCheckFailedException", fault.code)
    assert.equal("no", fault.message)
    assert.same({ message = "no", Item = { a = { B = "\0\1" } } }, fault.fields)
  end)

  it("has what stands in its headers and its status as well", function()
    local fault = failure("lambda", "GetFunction", { FunctionName = "f" },
      answer(429, '{"Type":"User","message":"slow","Reason":"CallerRateLimitExceeded"}',
        { ["x-amzn-errortype"] = "TooManyRequestsException", ["retry-after"] = "7" }))
    assert.same({ retryAfterSeconds = "7", Type = "User", message = "slow",
      Reason = "CallerRateLimitExceeded" }, fault.fields)
  end)

  it("has its fields in XML, also where its operation does not list it", function()
    local fault = failure("s3", "GetObject", { Bucket = "my-bucket", Key = "k" }, answer(403,
      "<Error><Code>InvalidObjectState</Code><Message>m</Message>"
      .. "<StorageClass>GLACIER</StorageClass></Error>"))
    assert.same({ StorageClass = "GLACIER" }, fault.fields)
    fault = failure("iam", "ListUsers", {}, answer(404,
      "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error>"
      .. "<RequestId>r</RequestId></ErrorResponse>"))
    assert.same({ "NoSuchEntity", "m", { message = nil }, "r" },
      { fault.code, fault.message, fault.fields, fault.request_id })
  end)

  it("goes by the code of the query protocol where a service once spoke that", function()
    local fault = failure("sqs", "GetQueueUrl", { QueueName = "q" }, answer(400,
      '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}',
      { ["x-amzn-query-error"] = "AWS.SimpleQueueService.NonExistentQueue;Sender" }))
    assert.equal("AWS.SimpleQueueService.NonExistentQueue", fault.code)
    assert.equal("m", fault.message)
  end)
end)

describe("an error that the model does not know", function()
  it("is called by its status where its code is empty", function()
    local fault = failure("dynamodb", "ListTables", {},
      answer(400, '{"__type":"","message":"m"}', { ["x-amzn-errortype"] = " " }))
    assert.same({ "400", "m" }, { fault.code, fault.message })
  end)

  it("has no fields", function()
    assert.same({}, failure("dynamodb", "ListTables", {},
      answer(400, '{"__type":"Odd","x":1}')).fields)
    assert.same({}, failure("ec2", "DescribeVpcs", {},
      support.ec2_error("Odd", "m")).fields)
  end)

  it("of a gateway has its status for a code, and the gateway's words", function()
    local fault = failure("lambda", "ListFunctions", {}, answer(403, '{"message":"Forbidden"}'))
    assert.same({ "403", "Forbidden" }, { fault.code, fault.message })
    fault = failure("s3", "ListBuckets", {}, answer(503, ""))
    assert.equal("503", fault.code)
  end)
end)
