local document = require "aws.document"
local json = require "native.json"
local pack = require "native.pack"
local redact = require "aws.document.redact"

local data = assert(pack.open())

local function shown(service, operation, result)
  return json.encode(nil, document.of(data:operation(service, operation).output, result))
end

local function params(service, operation, text, read_file)
  local given = assert(json.decode(nil, text, { exact = true }))
  return document.params(data:operation(service, operation).input, given, read_file)
end

describe("a result as a document", function()
  it("has times as ISO 8601 text and blobs as base64, at any depth", function()
    assert.equal('{"Credentials":{"Expiration":"2033-05-18T03:33:20Z"}}',
      shown("sts", "AssumeRole", { Credentials = { Expiration = 2000000000 } }))
    assert.equal('{"Records":[{"ApproximateArrivalTimestamp":"2033-05-18T03:33:20.5Z",'
      .. '"Data":"AP8="}]}', shown("kinesis", "GetRecords",
      { Records = { { Data = "\0\xff", ApproximateArrivalTimestamp = 2000000000.5 } } }))
    assert.equal('{"Item":{"a":{"BS":["AQ=="]}}}',
      shown("dynamodb", "GetItem", { Item = { a = { BS = { "\1" } } } }))
  end)

  it("has empty lists as lists, and exact numbers", function()
    assert.equal('{"Vpcs":[]}', shown("ec2", "DescribeVpcs", { Vpcs = {} }))
    assert.equal('{"FileSystems":[{"SizeInBytes":{"Value":9007199254740993}}]}',
      shown("efs", "DescribeFileSystems",
        { FileSystems = { { SizeInBytes = { Value = 9007199254740993 } } } }))
    assert.equal('{"Datapoints":[{"Sum":"NaN"}]}',
      shown("cloudwatch", "GetMetricStatistics", { Datapoints = { { Sum = 0 / 0 } } }))
  end)

  it("is UTF-8, whatever bytes a text of the service's has", function()
    assert.equal('{"Output":"a\u{fffd}\u{fffd}b\u{fc}"}',
      document.text { Output = "a\xff\xfcb\u{fc}" })
    assert.equal(#("\u{fffd}"):rep(100000) + 2, #document.text(("\xff"):rep(100000)))
  end)

  it("has nothing in it that a terminal obeys", function()
    assert.equal('{"Name":"a\\u009b31m\\u001b[2J\u{a0}"}',
      document.text { Name = "a\u{9b}31m\27[2J\u{a0}" })
  end)

  it("keeps members that the model does not have", function()
    assert.equal('{"New":[1]}', shown("ec2", "DescribeVpcs", { New = { 1 } }))
  end)
end)

describe("params out of a document", function()
  it("are bytes where the model says blob", function()
    assert.same({ Item = { a = { B = "\0\1" } }, TableName = "t" },
      params("dynamodb", "PutItem", '{"TableName":"t","Item":{"a":{"B":"AAE="}}}'))
    local function read(path) return "bytes of " .. path end
    assert.equal("bytes of x",
      params("lambda", "UpdateFunctionCode", '{"ZipFile":"@x"}', read).ZipFile)
    assert.same({ file = "x" }, params("s3", "PutObject", '{"Body":"@x"}', read).Body)
    local ok, why = pcall(params, "kms", "Encrypt", '{"Plaintext":"%"}')
    assert.is_false(ok)
    assert.equal("usage", why.kind)
    assert.matches("^Plaintext is no base64", why.what)
  end)

  it("have numbers that Lua has", function()
    local given = params("cloudwatch", "PutMetricAlarm", '{"Threshold":0.10000000000000000001}')
    assert.equal(0.1, given.Threshold)
    given = params("logs", "FilterLogEvents", '{"startTime":9223372036854775809}')
    assert.equal('{"startTime":9223372036854775809}', json.encode(nil, given))
  end)
end)

describe("a value that may be shown", function()
  local function safe(service, operation, side, value)
    return redact.value(data:operation(service, operation)[side], value)
  end

  it("is without what the model marks as sensitive", function()
    assert.same({ Name = "n", Value = "(secret)" },
      safe("ssm", "PutParameter", "input", { Name = "n", Value = "v" }))
    assert.same({ { Name = "a", Value = "(secret)" } }, safe("ssm", "GetParameters", "output",
      { Parameters = { { Name = "a", Value = "v" } } }).Parameters)
  end)

  it("is without what is named like a secret, whatever the model says", function()
    local credentials = { AccessKeyId = "AKIA", SecretAccessKey = "s", SessionToken = "t" }
    assert.same({ AccessKeyId = "AKIA", SecretAccessKey = "(secret)", SessionToken = "(secret)" },
      safe("sts", "AssumeRole", "output", { Credentials = credentials }).Credentials)
    assert.equal("(secret)", safe("rds", "CreateDBInstance", "input",
      { MasterUserPassword = "p" }).MasterUserPassword)
    assert.same({ a = { clientSecret = "(secret)" } },
      redact.value(nil, { a = { clientSecret = "x" } }))
  end)

  it("tells the size of a stream and not its bytes", function()
    assert.equal("(3 bytes)", safe("s3", "PutObject", "input", { Body = "abc" }).Body)
  end)
end)
