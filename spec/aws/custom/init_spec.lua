local glacier = require "aws.custom.glacier"
local support = require "spec.aws.support"

local answer = support.answer

local function call(service, operation, params, ...)
  local session, clock = support.session { max_attempts = 2 }
  local answers = { ... }
  if #answers == 0 then answers[1] = answer(200, "") end
  local log = support.drive(clock, answers, function()
    return session:client(service):call(operation, params)
  end)
  return log.requests[1], log
end

describe("user data", function()
  it("goes out in base64, as the AWS CLI sends it", function()
    local sent = call("ec2", "RunInstances", { MinCount = 1, MaxCount = 1, UserData = "#!/bin/sh" })
    assert.matches("UserData=IyEvYmluL3No", sent.body, 1, true)
    sent = call("autoscaling", "CreateLaunchConfiguration",
      { LaunchConfigurationName = "l", UserData = "#!/bin/sh" })
    assert.matches("UserData=IyEvYmluL3No", sent.body, 1, true)
  end)
end)

describe("S3", function()
  local function headers(operation, params)
    params.Bucket, params.Key = "my-bucket", "k"
    return call("s3", operation, params).headers
  end

  it("gets the caller's key in base64, with its MD5 where he gives none", function()
    local name = "x-amz-server-side-encryption-customer-key"
    local sent = headers("PutObject",
      { SSECustomerKey = "secret", SSECustomerAlgorithm = "AES256" })
    assert.equal("c2VjcmV0", sent[name])
    assert.equal("Xr4ilOzQ4PCOq3aQ0qbuaQ==", sent[name .. "-md5"])
    sent = headers("PutObject", { SSECustomerKey = "c2VjcmV0", SSECustomerKeyMD5 = "m" })
    assert.same({ "c2VjcmV0", "m" }, { sent[name], sent[name .. "-md5"] })
  end)

  it("gets the source of a copy encoded, but for its version", function()
    assert.equal("b/a%20%2B%C3%BC/c?versionId=1",
      headers("CopyObject", { CopySource = "b/a +ü/c?versionId=1" })["x-amz-copy-source"])
  end)

  it("lists names that XML cannot hold", function()
    local request, log = call("s3", "ListObjectsV2", { Bucket = "my-bucket" }, answer(200,
      "<ListBucketResult><EncodingType>url</EncodingType><Prefix>%01</Prefix>"
      .. "<Contents><Key>a%01+b%2Bc</Key></Contents></ListBucketResult>"))
    assert.matches("encoding-type=url", request.url, 1, true)
    assert.same({ "a\1 b+c", "\1" }, { log.result.Contents[1].Key, log.result.Prefix })
    request, log = call("s3", "ListObjectsV2", { Bucket = "my-bucket", EncodingType = "url" },
      answer(200, "<R><EncodingType>url</EncodingType><Contents><Key>a%2Bc</Key></Contents></R>"))
    assert.matches("encoding-type=url", request.url, 1, true)
    assert.equal("a%2Bc", log.result.Contents[1].Key)
  end)

  it("tells where a bucket is", function()
    local function location(body)
      return select(2, call("s3", "GetBucketLocation", { Bucket = "my-bucket" }, answer(200, body)))
        .result
    end
    assert.same({ LocationConstraint = "eu-west-1" },
      location "<LocationConstraint>eu-west-1</LocationConstraint>")
    assert.same({}, location "<LocationConstraint/>")
  end)

  it("may answer an error under the status 200, which is tried again", function()
    local fault = '<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>'
    local _, log = call("s3", "CopyObject", { Bucket = "my-bucket", Key = "k", CopySource = "b/k" },
      answer(200, fault), answer(200, "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"))
    assert.equal(2, #log.requests)
    assert.equal("e", log.result.CopyObjectResult.ETag)
    _, log = call("s3", "GetObject", { Bucket = "my-bucket", Key = "k" }, answer(200, fault))
    assert.equal(fault, log.result.Body)
  end)
end)

describe("other services", function()
  it("are asked as they want to be", function()
    local request = call("apigateway", "GetAccount", {})
    assert.equal("application/json", request.headers.accept)
    request = call("route53", "GetHostedZone", { Id = "/hostedzone/Z1" })
    assert.equal("https://route53.amazonaws.com/2013-04-01/hostedzone/Z1", request.url)
    request = call("cloudsearchdomain", "Search", { query = "a b" })
    assert.same({ "POST", "format=sdk&pretty=true&q=a%20b" }, { request.method, request.body })
    request = call("timestream-write", "DescribeEndpoints", {})
    assert.equal("2018-11-01", request.headers["x-amz-api-version"])
  end)

  it("unwrap what they wrap once more", function()
    local _, log = call("iam", "GetRole", { RoleName = "r" }, answer(200, "<GetRoleResponse>"
      .. "<GetRoleResult><Role><AssumeRolePolicyDocument>%7B%22Version%22%3A%221%22%7D"
      .. "</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"))
    assert.same({ Version = "1" }, log.result.Role.AssumeRolePolicyDocument)
    local function template(text)
      local body = "<R><GetTemplateResult><TemplateBody>" .. text
        .. "</TemplateBody></GetTemplateResult></R>"
      local _, said = call("cloudformation", "GetTemplate", { StackName = "s" }, answer(200, body))
      return said.result.TemplateBody
    end
    assert.same({ A = 1 }, template '{"A":1}')
    assert.equal("A: 1", template "A: 1")
    assert.equal("{A: 1", template "{A: 1")
    _, log = call("ec2", "GetConsoleOutput", { InstanceId = "i-1" },
      answer(200, "<R><output>b2s=</output></R>"))
    assert.equal("ok", log.result.Output)
  end)
end)

describe("Glacier", function()
  it("has a version, an account, and a tree of checksums", function()
    local request = call("glacier", "UploadArchive", { vaultName = "v", body = "abc" })
    assert.matches("/-/vaults/v/archives$", request.url)
    assert.equal("2012-06-01", request.headers["x-amz-glacier-version"])
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      request.headers["x-amz-sha256-tree-hash"])
  end)

  it("hashes two by two", function()
    local crypto = require "native.crypto"
    local mib = ("x"):rep(1024 * 1024)
    local one, rest = crypto.sha256(mib), crypto.sha256 "y"
    assert.equal(crypto.hex(crypto.sha256(crypto.sha256(one .. one) .. rest)),
      glacier.tree_hash(mib .. mib .. "y"))
  end)
end)
