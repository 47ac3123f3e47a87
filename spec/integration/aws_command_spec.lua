-- `mrun aws` as a person and as a program use it.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local json = require "json"

describe("mrun aws", function()
  local emulator, user

  setup(function()
    emulator = Emulator.start "ministack"
    -- One call that makes something, and whose answer is lost, is not sent again: nobody knows what
    -- came of it. It is the engine that finds out.
    emulator:behave { exact = true }
    user = User.new(emulator)
  end)
  teardown(function()
    user:leave()
    emulator:stop()
  end)

  local function document(...) return assert(json.decode(user:must("aws", ...).out)) end

  local function refused(code, words, ...)
    local said = user:mrun("aws", ...)
    assert.equal(code, said.code, said.err)
    assert.equal("", said.out)
    assert.is_true(select(2, said.err:gsub("\n", "")) <= 3, said.err)
    for _, word in ipairs(words) do assert.matches(word, said.err, 1, true) end
    return said
  end

  it("lists the services, and the operations of one", function()
    local services = user:must("aws").out
    assert.matches("\nec2\n", services)
    local operations = user:must("aws", "sts").out
    assert.matches("^AssumeRole\n", operations)
    assert.matches("\nGetCallerIdentity\n", operations)
    assert.equal("AssumeRole", json.decode(user:must("--json", "aws", "sts").out)[1])
  end)

  it("calls an operation and prints its answer as one line of JSON, keys in order", function()
    local said = user:must("aws", "sts", "GetCallerIdentity")
    assert.matches('^{"Account":"%d+","Arn":"[^"]+","UserId":"[^"]+"}\n$', said.out)
    assert.equal("", said.err)
  end)

  it("takes the AWS CLI's names too", function()
    assert.is_table(document("sts", "get-caller-identity"))
    assert.is_table(document("s3api", "list-buckets").Buckets)
  end)

  it("takes input as text and from a file, blobs as base64 and from a file", function()
    document("s3", "CreateBucket", "--input", '{"Bucket":"of-blobs"}')
    user:write("input.json", '{"Bucket":"of-blobs","Key":"a b","Body":"@body"}')
    user:write("body", "\0\1\255")
    document("s3", "PutObject", "--input", "@input.json")
    assert.equal("AAH/", document("s3", "GetObject", "--input",
      '{"Bucket":"of-blobs","Key":"a b"}').Body)
    document("s3", "PutObject", "--input", '{"Bucket":"of-blobs","Key":"c","Body":"aGk="}')
    local head = document("s3", "HeadObject", "--input", '{"Bucket":"of-blobs","Key":"c"}')
    assert.equal(2, head.ContentLength)
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT.*Z$", head.LastModified)
  end)

  it("gives a body that streams to a file", function()
    document("s3", "CreateBucket", "--input", '{"Bucket":"of-streams"}')
    user:write("sent", ("x"):rep(100000))
    document("s3", "PutObject", "--input", '{"Bucket":"of-streams","Key":"k","Body":"@sent"}')
    local answer = document("s3", "GetObject", "--to-file", "came", "--input",
      '{"Bucket":"of-streams","Key":"k"}')
    assert.same({ file = "came", bytes = 100000 }, answer.Body)
    assert.equal(0, user:shell("cmp sent came").code)
    refused(1, { "not a stream" }, "s3", "ListBuckets", "--to-file", "x")
    for _, words in ipairs { { "--all-pages", "--to-file", "x" }, { "--wait", "--to-file", "x" },
      { "--wait", "--all-pages" } } do
      refused(64, { "do not go together" }, "s3", "GetObject", table.unpack(words))
    end
  end)

  it("gives a call the token that makes it one, however often it is sent", function()
    document("dynamodb", "CreateTable", "--input", [[{"TableName":"once","BillingMode":
      "PAY_PER_REQUEST","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}]}]])
    document("dynamodb", "TransactWriteItems", "--input",
      '{"TransactItems":[{"Put":{"TableName":"once","Item":{"k":{"S":"a"}}}}]}')
    assert.equal(1, document("dynamodb", "Scan", "--input", '{"TableName":"once"}').Count)
    assert.matches('"ClientRequestToken":"%x+%-%x+%-4', user:mrun("--debug", "aws", "dynamodb",
      "TransactWriteItems", "--input",
      '{"TransactItems":[{"Put":{"TableName":"once","Item":{"k":{"S":"b"}}}}]}').err)
  end)

  it("prints what --query asks for", function()
    document("sqs", "CreateQueue", "--input", '{"QueueName":"of-query"}')
    local said = user:must("aws", "sqs", "ListQueues", "--query",
      "QueueUrls[?ends_with(@, 'query')] | [0]")
    assert.matches('^".*/of%-query"\n$', said.out)
    assert.equal("null\n", user:must("aws", "sqs", "ListQueues", "--query", "Nothing").out)
    refused(64, { "QueueUrls[", "character" }, "sqs", "ListQueues", "--query", "QueueUrls[")
  end)

  it("joins pages", function()
    for i = 1, 3 do
      document("ssm", "PutParameter", "--input",
        ('{"Name":"/of/pages/%d","Value":"v","Type":"String"}'):format(i))
    end
    local input = '{"Path":"/of/pages","MaxResults":2}'
    assert.equal(2, #document("ssm", "GetParametersByPath", "--input", input).Parameters)
    local all = document("ssm", "GetParametersByPath", "--all-pages", "--input", input)
    assert.equal(3, #all.Parameters)
    assert.is_nil(all.NextToken)
  end)

  it("waits with the waiter that is named, or the only one of the operation", function()
    document("s3", "CreateBucket", "--input", '{"Bucket":"of-waits"}')
    document("s3", "HeadBucket", "--wait", "BucketExists", "--input", '{"Bucket":"of-waits"}')
    document("s3", "HeadBucket", "--wait=bucket-exists", "--input", '{"Bucket":"of-waits"}')
    document("dynamodb", "CreateTable", "--input", [[{"TableName":"waited",
      "BillingMode":"PAY_PER_REQUEST", "KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}]}]])
    refused(64, { "which waiter", "TableExists, TableNotExists" }, "dynamodb", "DescribeTable",
      "--input", '{"TableName":"waited"}', "--wait")
    refused(64, { "did you mean TableExists" }, "dynamodb", "DescribeTable", "--input",
      '{"TableName":"waited"}', "--wait", "TableExist")
  end)

  it("offers the nearest for a wrong name", function()
    refused(64, { "no AWS service ec22", "did you mean ec2?" }, "ec22")
    refused(64, { "ec2 has no operation", "did you mean DescribeVpcs?" }, "ec2", "describe-vpc")
    local said = refused(64, { "VpcIdz is no member (did you mean VpcIds?)",
      "MaxResults must be a number" }, "ec2", "DescribeVpcs", "--input",
      '{"VpcIdz":["x"],"MaxResults":"a"}')
    assert.equal(0, said.total)
    refused(64, { "no option --vpc-ids", "--input" }, "ec2", "DescribeVpcs", "--vpc-ids", "x")
    refused(64, { "no option --inputt", "--input" }, "ec2", "DescribeVpcs", "--inputt", "{}")
  end)

  it("refuses input that is no object, and more words than it takes", function()
    refused(64, { "not a JSON object" }, "sts", "GetCallerIdentity", "--input", "[1]")
    refused(64, { "not a JSON object", "byte" }, "sts", "GetCallerIdentity", "--input", "{")
    for text, kind in pairs { ["[]"] = "a list", null = "null", ['{"a":"\xff"}'] = "byte 7 is" } do
      refused(64, { "not a JSON object", kind }, "sts", "GetCallerIdentity", "--input", text)
    end
    refused(64, { "none" }, "sts", "GetCallerIdentity", "--input", "@none")
    refused(64, { "one operation" }, "sts", "GetCallerIdentity", "more")
  end)

  it("ends with 1 and what the service said; with --json as a document too", function()
    local none = '{"QueueName":"none"}'
    refused(1, { "sqs GetQueueUrl", "HTTP 400" }, "sqs", "GetQueueUrl", "--input", none)
    local said = user:mrun("--json", "aws", "iam", "GetRole", "--input", '{"RoleName":"none"}')
    local fault = json.decode(said.out).error
    assert.equal(1, said.code)
    assert.same({ "iam", "GetRole", "NoSuchEntity", 404 },
      { fault.service, fault.operation, fault.code, fault.status })
  end)

  it("asks where --endpoint-url and --region say", function()
    local said = user:mrun("aws", "sts", "GetCallerIdentity", "--endpoint-url",
      "http://127.0.0.1:9")
    assert.equal(1, said.code)
    assert.matches("127.0.0.1:9", said.err, 1, true)
    assert.equal("eu-west-1",
      user:must("--region", "eu-west-1", "aws", "sts", "GetCallerIdentity").calls[1].region)
  end)

  it("explains an operation from its model", function()
    local said = user:must("aws", "dynamodb", "create-table", "--help")
    local text = said.out
    assert.equal(0, said.total)
    assert.matches("^dynamodb CreateTable\n", text)
    assert.matches("mrun aws dynamodb CreateTable --input '{ \"TableName\": \"...\" }'\n", text,
      1, true)
    assert.matches("\n  TableName  string, required\n", text)
    assert.matches("\n      AttributeName  string, required\n", text)
    assert.matches("one of PROVISIONED, PAY_PER_REQUEST", text)
    assert.matches("\nOutput:\n  TableDescription  TableDescription\n      AttributeDefinitions",
      text, 1, true)
    for line in text:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 100 or line:find "mrun aws" ~= nil, line)
    end
    local recursive = user:must("aws", "dynamodb", "put-item", "--help").out
    assert.matches("L  list of AttributeValue, as above", recursive, 1, true)
    local data = json.decode(user:must("--json", "aws", "sts", "AssumeRole", "--help").out)
    assert.equal("AssumeRole", data.operation)
  end)

  it("shows requests and answers with --debug, and no secret", function()
    local said = user:must("--debug", "aws", "iam", "CreateUser", "--input", '{"UserName":"seen"}')
    assert.matches("^> POST " .. emulator.url:gsub("%p", "%%%0") .. "/  %(iam CreateUser", said.err)
    assert.matches('\n> {"UserName":"seen"}\n', said.err)
    assert.matches("\n< 200 after %d+ ms\n", said.err)
    local key = user:must("--debug", "aws", "iam", "CreateAccessKey", "--input",
      '{"UserName":"seen"}')
    local secret = json.decode(key.out).AccessKey.SecretAccessKey
    assert.is_nil(key.err:find(secret, 1, true))
    assert.matches('"SecretAccessKey":"(secret)"', key.err, 1, true)
    assert.is_nil(key.err:find(emulator.secret_key, 1, true))
    assert.is_nil(key.err:find("Signature=", 1, true))
  end)

  it("shows them for every command", function()
    user:write("r.lua", [[
      local aws = provider "aws"
      output { A = aws.call("ssm", "GetParameter", { Name = "/of/secret", WithDecryption = true }) }
    ]])
    document("ssm", "PutParameter", "--input",
      '{"Name":"/of/secret","Value":"hunter2","Type":"SecureString"}')
    local said = user:must("--debug", "plan", "r.lua")
    assert.matches("(ssm GetParameter, attempt 1)", said.err, 1, true)
    assert.is_nil((said.out .. said.err):find("hunter2", 1, true))
    user:write("s.lua", 'require "aws".client("sts"):GetCallerIdentity()')
    assert.matches("(sts GetCallerIdentity, attempt 1)",
      user:must("--debug", "run", "s.lua").err, 1, true)
  end)

  it("lets recipes read with any operation, and write with none", function()
    user:write("reads.lua", [[
      local aws = provider "aws"
      output { Queues = #aws.call("sqs", "ListQueues", {}).QueueUrls }
    ]])
    assert.matches("1 API call", user:must("plan", "reads.lua").out)
    user:write("writes.lua", [[
      local aws = provider "aws"
      aws.call("sqs", "CreateQueue", { QueueName = "never" })
    ]])
    local said = user:mrun("plan", "writes.lua")
    assert.equal(1, said.code)
    assert.matches("CreateQueue is not a read", said.err, 1, true)
    assert.equal(0, said.counts.CreateQueue or 0)
  end)
end)
