local pack = require "native.pack"
local protocol = require "aws.protocol"
local watch = require "aws.watch"

local data = assert(pack.open())

local function call(service, operation, params)
  local record = data:service(service)
  return { service = record, operation = data:operation(service, operation), params = params,
    attempt = 1, protocol = protocol.of(record) }
end

describe("a request as --debug shows it", function()
  it("has neither signatures nor tokens", function()
    local said = watch.request { method = "GET",
      url = "https://b.s3.amazonaws.com/k?X-Amz-Signature=abcd&X-Amz-Security-Token=efgh&a=b",
      call = call("s3", "GetObject", { Bucket = "b", Key = "k" }),
      headers = { Authorization = "AWS4 Signature=ijkl", ["X-Amz-Security-Token"] = "mnop",
        ["x-amz-server-side-encryption-customer-key"] = "qrst", host = "b.s3.amazonaws.com" } }
    for _, secret in ipairs { "abcd", "efgh", "ijkl", "mnop", "qrst" } do
      assert.is_nil(said:find(secret, 1, true), said)
    end
    assert.matches("a=b", said, 1, true)
    assert.matches("> host: b.s3.amazonaws.com", said, 1, true)
    assert.matches('{"Bucket":"b","Key":"k"}', said, 1, true)
  end)

  it("hides a sensitive member wherever it went: body, address, headers", function()
    local said = watch.request { method = "POST", url = "https://x/hidden%20value?q=hidden%20value",
      headers = { ["x-of"] = "hidden value" },
      call = call("ssm", "PutParameter", { Name = "n", Value = "hidden value" }) }
    assert.is_nil(said:find("hidden", 1, true), said)
    assert.matches('"Name":"n"', said, 1, true)
  end)

  it("shows no signed address in a parameter, an answer or a header", function()
    local signed = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AK&a=b&X-Amz-Security-Token=efgh"
      .. "&X-Amz-Signature=abcd"
    local copy = call("docdb", "CopyDBClusterSnapshot", { PreSignedUrl = signed })
    local get = call("lambda", "GetFunction", { FunctionName = "f" })
    for _, said in ipairs {
      watch.request { url = "https://x", headers = { ["x-of"] = signed }, call = copy },
      watch.answer({ call = get }, { status = 200, headers = { location = signed },
        body = ('{"Code":{"Location":"%s"}}'):format(signed) }, 1),
    } do
      assert.is_nil(said:find("abcd", 1, true) or said:find("efgh", 1, true), said)
      assert.equal(2, select(2, said:gsub("/k%?X%-Amz%-Credential=%(secret%)&a=b&", "")))
    end
  end)

  it("shows of what is no call only where it went", function()
    local said = watch.request { url = "http://u:p@169.254.170.2/creds?token=abcd",
      headers = { authorization = "xyz" }, body = "secret body" }
    assert.matches("^> GET http://169.254.170.2/creds", said)
    assert.is_nil(said:find("xyz", 1, true) or said:find("secret body", 1, true))
  end)
end)

describe("an answer as --debug shows it", function()
  local assume = call("sts", "AssumeRole", {})

  it("is the result by the model, without secrets", function()
    local said = watch.answer({ call = assume, url = "https://x" }, { status = 200, headers = {},
      body = "<R><AssumeRoleResult><Credentials><SecretAccessKey>abcd</SecretAccessKey>"
        .. "<AccessKeyId>AK</AccessKeyId></Credentials></AssumeRoleResult></R>" }, 12)
    assert.matches('{"Credentials":{"AccessKeyId":"AK","SecretAccessKey":"(secret)"}}', said,
      1, true)
    assert.matches("^< 200 after 12 ms", said)
  end)

  it("is the service's error, and what cannot be read is only counted", function()
    local function answer(body)
      return watch.answer({ call = assume, url = "https://x" },
        { status = 403, headers = { ["x-a"] = "b\27[2J" }, body = body }, 1)
    end
    local said = answer "<E><Error><Code>No</Code><Message>not you</Message></Error></E>"
    assert.matches('{"code":"No","message":"not you"}', said, 1, true)
    assert.is_nil(said:find("\27", 1, true))
    assert.is_nil(answer("<html>secret"):find("secret", 1, true))
  end)

  it("is why there is none", function()
    assert.matches("^< no answer after 3 ms: refused", watch.answer({ url = "https://x" },
      { failure = { message = "refused" } }, 3))
  end)
end)
