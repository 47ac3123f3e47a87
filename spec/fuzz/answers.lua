-- Answers as each protocol takes them: a result, an error with its code, or a failure; nothing
-- else is raised. The first byte chooses the status, the first line may be a header.
local failure = require "engine.failure"
local pack = require "native.pack"
local protocol = require "aws.protocol"

local data = assert(pack.open "build/aws.data")

local function open(service, operation)
  local record = data:service(service)
  return { service = record, operation = data:operation(service, operation), params = {},
    data = data, protocol = protocol.of(record), attempt = 1,
    endpoint = { url = "https://localhost" } }
end

local CALLS <const> = {
  open("ec2", "DescribeVpcs"), open("iam", "GetRole"), open("ssm", "GetParameters"),
  open("lambda", "GetFunction"), open("s3", "ListObjectsV2"), open("eventbridgev2", "PutEvents"),
  open("sqs", "ReceiveMessage"),
}

local HEADERS <const> = { "x-amzn-errortype", "x-amzn-query-error", "x-amz-request-id",
  "x-amz-storage-class", "last-modified", "content-length", "retry-after" }

local function response_of(bytes)
  local line, body = bytes:match "^.([^\n]*)\n(.*)$"
  local headers = {}
  for _, name in ipairs(HEADERS) do headers[name] = line end
  local first = bytes:byte(1) or 0
  return { status = first < 128 and 200 or 300 + first % 204, headers = headers,
    body = body or bytes }
end

local function take(call, response)
  if response.status < 300 then
    local result, why = call.protocol.result(call, response)
    assert(result or why, "neither a result nor a reason")
    return
  end
  local found = call.protocol.error(call, response)
  assert(found == nil or type(found.code) == "string", "an error without a code")
  assert(found == nil or found.message == nil or type(found.message) == "string")
end

return function(bytes)
  local response = response_of(bytes)
  for _, call in ipairs(CALLS) do
    local ok, why = pcall(take, call, response)
    assert(ok or failure.is(why), why)
  end
end
