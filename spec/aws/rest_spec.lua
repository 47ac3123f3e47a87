local sigv4 = require "native.sigv4"
local support = require "spec.aws.support"

local function call(service, operation, params, answer)
  local session, clock = support.session()
  local log = support.drive(clock, { answer or support.answer(200, "") }, function()
    return session:client(service):call(operation, params)
  end)
  return log.requests[1], log
end

local function url(service, operation, params)
  local request, log = call(service, operation, params)
  return request and request.url or tostring(log.failure)
end

describe("a REST service", function()
  it("has members in the path and in the query", function()
    assert.equal("https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/a%2Fb%20c"
      .. "/configuration?Qualifier=1%2B1",
      url("lambda", "GetFunctionConfiguration", { FunctionName = "a/b c", Qualifier = "1+1" }))
    assert.equal("https://my-bucket.s3.eu-west-1.amazonaws.com/a%20b/%2B%25/..//%C3%BC",
      url("s3", "HeadObject", { Bucket = "my-bucket", Key = "a b/+%/..//ü" }))
    assert.equal("https://lambda.eu-west-1.amazonaws.com/2017-03-31/tags/arn?tagKeys=a&tagKeys=b",
      url("lambda", "UntagResource", { Resource = "arn", TagKeys = { "a", "b" } }))
  end)

  it("signs paths as the service reads them: S3's as they are, others' encoded again", function()
    local function signature(request, service, as_is)
      local headers = {}
      for name, value in pairs(request.headers) do
        if name ~= "authorization" then headers[name] = value end
      end
      return sigv4.sign({ method = request.method, url = request.url, headers = headers,
        service = service, region = "eu-west-1", time = 1700000000, access_key = "AKIDEXAMPLE",
        secret_key = "SECRETEXAMPLE", normalize_path = not as_is, double_encode = not as_is,
      }).headers.authorization
    end
    local object = call("s3", "HeadObject", { Bucket = "my-bucket", Key = "a b//c" })
    assert.equal(signature(object, "s3", true), object.headers.authorization)
    local configuration = call("lambda", "GetFunctionConfiguration", { FunctionName = "a b" })
    assert.equal(signature(configuration, "lambda", false), configuration.headers.authorization)
  end)

  it("refuses what would make two headers of one, all at once", function()
    local text = url("s3", "PutObject", { Bucket = "my-bucket", Key = "k",
      ContentType = "a\r\nb: c", Metadata = { ["x y"] = "1" } })
    assert.matches("ContentType: stands in a header", text, 1, true)
    assert.matches("Metadata.x y: does not fit into a header", text, 1, true)
  end)

  it("asks for what streams as it is stored, and for the rest as the network likes", function()
    local request = call("s3", "GetObject", { Bucket = "my-bucket", Key = "k" })
    assert.equal("identity", request.headers["accept-encoding"])
    request = call("lambda", "ListFunctions", {})
    assert.is_nil(request.headers["accept-encoding"])
  end)

  it("needs what stands in its path", function()
    assert.matches("FunctionName", url("lambda", "GetFunction", {}))
    assert.matches("Id: is required and not empty", url("route53", "GetHostedZone", { Id = "" }),
      1, true)
  end)

  it("gets a JSON body of what stands nowhere else", function()
    local request = call("lambda", "PutFunctionConcurrency",
      { FunctionName = "f", ReservedConcurrentExecutions = 5 })
    assert.equal('{"ReservedConcurrentExecutions":5}', request.body)
    assert.equal("application/json", request.headers["content-type"])
    request = call("lambda", "ListFunctions", {})
    assert.is_nil(request.body)
    assert.is_nil(request.headers["content-type"])
    assert.is_string(request.headers["x-amz-content-sha256"])
  end)

  it("gets its payload as it is", function()
    local request = call("lambda", "Invoke", { FunctionName = "f", Payload = "\0raw",
      InvocationType = "Event" })
    assert.equal("\0raw", request.body)
    assert.equal("Event", request.headers["x-amz-invocation-type"])
    assert.equal("application/octet-stream", request.headers["content-type"])
  end)

  it("gets an XML body under the name and namespace of the model", function()
    local request = call("route53", "ChangeTagsForResource", { ResourceType = "hostedzone",
      ResourceId = "Z1", AddTags = { { Key = "a", Value = "<b>" } } })
    assert.equal("<ChangeTagsForResourceRequest "
      .. 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
      .. "<AddTags><Tag><Key>a</Key><Value>&lt;b&gt;</Value></Tag></AddTags>"
      .. "</ChangeTagsForResourceRequest>", request.body)
    request = call("s3", "CreateBucket", { Bucket = "my-bucket",
      CreateBucketConfiguration = { LocationConstraint = "eu-west-1" } })
    assert.equal('<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
      .. "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
      request.body)
  end)

  it("answers in headers, status and body", function()
    local _, log = call("lambda", "Invoke", { FunctionName = "f" },
      support.answer(202, "out", { ["x-amz-function-error"] = "Unhandled" }))
    assert.same({ StatusCode = 202, FunctionError = "Unhandled", Payload = "out" }, log.result)
    _, log = call("s3", "HeadObject", { Bucket = "my-bucket", Key = "k" }, support.answer(200, "", {
      ["content-length"] = "5", ["last-modified"] = "Tue, 14 Nov 2023 22:13:20 GMT",
      ["x-amz-meta-a"] = "b", ["x-amz-delete-marker"] = "true" }))
    assert.same({ 5, 1700000000, "b", true }, { log.result.ContentLength, log.result.LastModified,
      log.result.Metadata.a, log.result.DeleteMarker })
    _, log = call("lambda", "GetAccountSettings", {},
      support.answer(200, '{"AccountUsage":{"FunctionCount":3}}'))
    assert.equal(3, log.result.AccountUsage.FunctionCount)
  end)

  it("answers errors in a header, in JSON, in XML and to HEAD in the status alone", function()
    local function code(...)
      local _, log = call(...)
      return log.failure.code
    end
    assert.equal("ResourceNotFoundException", code("lambda", "GetFunction", { FunctionName = "f" },
      support.answer(404, '{"Message":"m"}',
        { ["x-amzn-errortype"] = "ResourceNotFoundException:http://x/" })))
    assert.equal("NoSuchBucket", code("s3", "ListObjectsV2", { Bucket = "my-bucket" },
      support.answer(404, "<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>")))
    local _, log = call("s3", "HeadObject", { Bucket = "my-bucket", Key = "k" },
      support.answer(404, ""))
    assert.equal("404", log.failure.code)
    assert.matches("s3 HeadObject: 404: Not Found", log.failure.what, 1, true)
  end)

  it("has a host of its own where the model says so", function()
    assert.equal("https://data-servicediscovery.eu-west-1.amazonaws.com/",
      url("servicediscovery", "DiscoverInstances", { NamespaceName = "n", ServiceName = "s" }))
    assert.equal("https://my-bucket.s3.eu-west-1.amazonaws.com/?list-type=2&encoding-type=url",
      url("s3", "ListObjectsV2", { Bucket = "my-bucket" }))
  end)
end)
