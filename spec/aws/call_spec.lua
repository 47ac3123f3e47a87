local support = require "spec.aws.support"

local answer, broken, drive, ec2_error = support.answer, support.broken, support.drive,
  support.ec2_error

local VPCS <const> = [[<DescribeVpcsResponse><requestId>req-9</requestId><vpcSet><item>
  <vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>]]
local MADE <const> = [[<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>]]

local function describe_vpcs(answers, options)
  local session, clock = support.session(options)
  return drive(clock, answers, function() return session:client "ec2":DescribeVpcs {} end), session
end

local function create_vpc(answers, options)
  local session, clock = support.session()
  return drive(clock, answers, function()
    return session:client "ec2":CreateVpc({ CidrBlock = "10.0.0.0/16" }, options)
  end)
end

describe("a call", function()
  it("is sent signed to the endpoint of the region and read by the model", function()
    local log = describe_vpcs { answer(200, VPCS) }
    assert.same({ Vpcs = { { VpcId = "vpc-1" } } }, log.result)
    local request = log.requests[1]
    assert.equal("https://ec2.eu-west-1.amazonaws.com/", request.url)
    assert.equal("POST", request.method)
    assert.equal("Action=DescribeVpcs&Version=2016-11-15", request.body)
    for _, name in ipairs { "x-amz-date", "x-amz-content-sha256", "host", "content-type" } do
      assert.is_string(request.headers[name])
      assert.matches(name, request.headers.authorization, 1, true)
    end
    assert.matches("Credential=AKIDEXAMPLE/20231114/eu-west-1/ec2/aws4_request",
      request.headers.authorization, 1, true)
    assert.same({ 200, "req-9", 1 },
      { log.about.status, log.about.request_id, log.about.attempts })
  end)

  it("is no answer where an answer that says something is empty", function()
    local log = describe_vpcs({ answer(200, "") }, { max_attempts = 1 })
    assert.matches("HTTP 200 with an empty answer", tostring(log.failure))
    local session, clock = support.session()
    log = drive(clock, { answer(200, "") }, function()
      return session:client "ec2":DeleteVpc { VpcId = "vpc-1" }
    end)
    assert.same({}, log.result)
  end)

  it("tells all that is wrong before it asks for an endpoint or for credentials", function()
    local session, clock = support.session { env = {} }
    local log = drive(clock, {}, function()
      return session:client "s3":GetObject { Bucket = 5, Foo = 1 }
    end)
    assert.matches("Bucket", tostring(log.failure))
    assert.matches("Foo", tostring(log.failure))
    assert.same({}, log.requests)
  end)

  it("proves itself with a token where its service takes one, and there is one", function()
    local function sent(env, service, operation)
      local session, clock = support.session { env = env, max_attempts = 1 }
      local log = drive(clock, { answer(200, "{}") }, function()
        return session:client(service):call(operation, {})
      end)
      return log.requests[1] and log.requests[1].headers.authorization, tostring(log.failure)
    end
    local keys = { AWS_ACCESS_KEY_ID = "AKID", AWS_SECRET_ACCESS_KEY = "SECRET",
      AWS_REGION = "eu-west-1" }
    assert.matches("^AWS4%-HMAC%-SHA256 Credential=AKID/",
      (sent(keys, "bedrock", "ListFoundationModels")))
    keys.AWS_BEARER_TOKEN_BEDROCK = "tok"
    assert.equal("Bearer tok", (sent(keys, "bedrock", "ListFoundationModels")))
    assert.matches("^AWS4", (sent(keys, "sqs", "ListQueues")))
    local none, why = sent(keys, "codecatalyst", "VerifySession")
    assert.is_nil(none)
    assert.matches("there is no bearer token", why)
    keys.AWS_BEARER_TOKEN_CODECATALYST = "other"
    assert.equal("Bearer other", (sent(keys, "codecatalyst", "VerifySession")))
    none, why = sent(keys, "sdb", "ListDomains")
    assert.is_nil(none)
    assert.matches("sdb ListDomains wants the signature v2, which mrun does not make", why)
  end)

  it("proves itself in the way that the user likes best, where its service takes that", function()
    local cache = "/home/me/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json"
    local function sent(options, service, operation)
      local written = options.written
      options.written = nil
      options.files = { [cache] = '{"accessToken":"sso","expiresAt":"2038-01-01T00:00:00Z"}',
        ["/home/me/.aws/config"] = "[default]\nsso_session = s\nauth_scheme_preference = "
          .. (written or "") .. "\n[sso-session s]\nsso_region = x-1\nsso_start_url = u" }
      local env = { AWS_ACCESS_KEY_ID = "AKID", AWS_SECRET_ACCESS_KEY = "SECRET",
        AWS_REGION = "eu-west-1", HOME = "/home/me" }
      for name, value in pairs(options.env or {}) do env[name] = value end
      options.env = env
      local session, clock = support.session(options)
      local log = drive(clock, { answer(200, "{}") }, function()
        return session:client(service or "bedrock"):call(operation or "ListFoundationModels", {})
      end)
      return log.requests[1].headers.authorization:match "^%S+ ?s?s?o?"
    end
    local signed, token = "AWS4-HMAC-SHA256 ", "Bearer sso"
    assert.equal(signed, sent {})
    assert.equal(token, sent { written = "sigv4x, httpBearerAuth,sigv4" })
    assert.equal(signed, sent { written = "httpBearerAuth",
      env = { AWS_AUTH_SCHEME_PREFERENCE = "sigv4,httpBearerAuth" } })
    assert.equal(signed, sent({ written = "httpBearerAuth" }, "sqs", "ListQueues"))
    -- A token of its own is there to be used, unless the caller himself says otherwise.
    local own = { AWS_BEARER_TOKEN_BEDROCK = "tok" }
    assert.equal("Bearer ", sent { written = "sigv4", env = own })
    assert.equal(signed, sent { auth_scheme_preference = "sigv4", env = own })
  end)

  it("has a minute, and the time that a slow line takes for what it sends", function()
    local function time_for(bytes)
      local session, clock = support.session()
      return drive(clock, { answer(200, "{}") }, function()
        return session:client "lambda":UpdateFunctionCode { FunctionName = "f",
          ZipFile = ("x"):rep(bytes) }
      end).requests[1].timeout_ms
    end
    assert.is_true(time_for(0) < 61000)
    assert.is_true(time_for(6400000) > 60000 + 100000)
  end)

  it("that was answered with nothing but a status says that status", function()
    local session, clock = support.session()
    local log = drive(clock, { answer(304, "") }, function()
      return session:client "s3":HeadObject { Bucket = "b-b", Key = "k" }
    end)
    assert.same({ "304", "Not Modified" }, { log.failure.code, log.failure.message })
  end)

  it("says what it cannot send, before it sends anything", function()
    local session, clock = support.session()
    local function fault(service, operation, params)
      local log = drive(clock, {}, function()
        return session:client(service):call(operation, params)
      end)
      return tostring(log.failure), log.failure.code
    end
    local text, code = fault("ec2", "DescribeVpcs", "vpc-1")
    assert.matches("ec2 DescribeVpcs: the parameters must be a table, not a string", text, 1, true)
    assert.equal("ParamValidation", code)
    text, code = fault("lexv2-runtime", "StartConversation", { botId = "b" })
    assert.matches("takes a stream of events", text, 1, true)
    assert.equal("UnsupportedOperation", code)
  end)

  it("signs the session token", function()
    local log = describe_vpcs({ answer(200, VPCS) }, { credentials = { access_key = "A",
      secret_key = "S", token = "TOKEN" } })
    assert.equal("TOKEN", log.requests[1].headers["x-amz-security-token"])
    assert.matches("x-amz-security-token", log.requests[1].headers.authorization, 1, true)
  end)

  it("raises what the service answered, with all that identifies it", function()
    local log = describe_vpcs { ec2_error("InvalidVpcID.NotFound", "no\n such VPC") }
    local fault = log.failure
    assert.same({ "ec2", "DescribeVpcs", "InvalidVpcID.NotFound", "no such VPC", 400, "req-1" },
      { fault.service, fault.operation, fault.code, fault.message, fault.status,
        fault.request_id })
    assert.matches("ec2 DescribeVpcs: InvalidVpcID.NotFound: no such VPC\n  .*HTTP 400, "
      .. "request req%-1", tostring(fault))
  end)

  it("counts as attempts what libcurl sent again by itself: it may have been done", function()
    local refused = ec2_error("InvalidVpc.Range", "there is one already", 400)
    refused.resends = 2
    local fault = describe_vpcs({ refused }).failure
    assert.same({ 3, true }, { fault.attempts, fault.unsure })
    assert.matches("3 attempts", tostring(fault), 1, true)
  end)

  it("goes again when it is throttled, later each time, three times in all", function()
    local events = {}
    local log = describe_vpcs({ default = ec2_error("RequestLimitExceeded", "slow down", 503) },
      { on_call = function(event) events[#events + 1] = event end })
    assert.equal("RequestLimitExceeded", log.failure.code)
    assert.equal(3, #log.requests)
    assert.same({ 1000, 2000 }, log.waits)
    assert.same({ service = "ec2", operation = "DescribeVpcs", attempt = 3, status = 503 },
      events[3])
    assert.matches("3 attempts", tostring(log.failure), 1, true)
  end)

  it("sends the same parameters and a new signature each time", function()
    local log = describe_vpcs { answer(500), broken("reset", true), answer(200, VPCS) }
    assert.is_true(log.ok)
    local first, last = log.requests[1], log.requests[3]
    assert.equal(first.body, last.body)
    assert.equal(first.headers["amz-sdk-invocation-id"], last.headers["amz-sdk-invocation-id"])
    assert.equal("attempt=3; max=3", last.headers["amz-sdk-request"])
  end)

  it("that makes something without a token is not repeated once its reply was lost", function()
    local log = create_vpc { broken("reset", true) }
    assert.equal(1, #log.requests)
    assert.is_true(log.failure.ambiguous)
    assert.is_false(log.requests[1].resend)
  end)

  it("that makes something is repeated when it never left, or was throttled", function()
    local log = create_vpc { broken("refused", false), ec2_error("RequestLimitExceeded", "", 503),
      answer(200, MADE) }
    assert.is_true(log.ok)
    assert.equal(3, #log.requests)
  end)

  it("is never repeated after an answer in doubt where the caller says so", function()
    local log = create_vpc({ answer(500, "") }, { repeatable = false })
    assert.equal(1, #log.requests)
    assert.is_true(log.failure.ambiguous)
    assert.equal(2, #create_vpc({ ec2_error("RequestLimitExceeded", "", 503), answer(200, MADE) },
      { repeatable = false }).requests)
  end)

  local function make(operation, params)
    local session, clock = support.session()
    local log = drive(clock, { broken("reset", true), answer(200, "<Response/>") }, function()
      return session:client "ec2":call(operation, params)
    end)
    local tokens = {}
    for at, request in ipairs(log.requests) do
      tokens[at] = request.body:match("ClientToken=([%w-]+)")
    end
    return tokens
  end

  it("that stays throttled was not carried out", function()
    local log = create_vpc { default = ec2_error("RequestLimitExceeded", "", 503) }
    assert.equal(3, #log.requests)
    assert.is_nil(log.failure.ambiguous)
  end)

  it("with a token is repeated, with the same token", function()
    local tokens = make("RunInstances", { MinCount = 1, MaxCount = 1 })
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", tokens[1])
    assert.same({ tokens[1], tokens[1] }, tokens)
  end)

  it("with the caller's own token is repeated, also where the model marks none", function()
    assert.same({ "mine", "mine" },
      make("RunInstances", { MinCount = 1, MaxCount = 1, ClientToken = "mine" }))
    assert.same({ "mine", "mine" },
      make("CreateVpcEndpoint", { VpcId = "v", ServiceName = "s", ClientToken = "mine" }))
  end)

  it("takes AWS's time when the clock is wrong, once", function()
    local late = ec2_error("RequestExpired", "too old")
    late.headers.date = "Tue, 14 Nov 2023 23:13:20 GMT"
    local log, session = describe_vpcs { late, answer(200, VPCS) }
    assert.is_true(log.ok)
    assert.equal("20231114T231320Z", log.requests[2].headers["x-amz-date"])
    assert.equal(3600000, session.skew_ms)
    log = describe_vpcs { default = late }
    assert.equal(2, #log.requests)
    assert.equal("RequestExpired", log.failure.code)
  end)

  it("takes AWS's time from the answer to HEAD, which has no more to say", function()
    local late = answer(403, "", { date = "Tue, 14 Nov 2023 23:13:20 GMT" })
    local session, clock = support.session()
    local log = drive(clock, { late, answer(200) }, function()
      return session:client "s3":HeadObject { Bucket = "bucket", Key = "k" }
    end)
    assert.is_true(log.ok)
    assert.equal("20231114T231320Z", log.requests[2].headers["x-amz-date"])
    late.headers.date = "Tue, 14 Nov 2023 22:13:25 GMT"
    log = drive(clock, { default = late }, function()
      return support.session():client "s3":HeadObject { Bucket = "bucket", Key = "k" }
    end)
    assert.equal(1, #log.requests)
  end)

  it("says what to do about wrong, unknown and expired keys and missing permissions", function()
    for code, expected in pairs {
      AuthFailure = "check the access key",
      SignatureDoesNotMatch = "secret key from the environment",
      ExpiredToken = "sign in again", UnauthorizedOperation = "allow ec2:DescribeVpcs",
    } do
      local text = tostring(describe_vpcs({ default = ec2_error(code, "x", 403) }).failure)
      assert.matches(expected, text, 1, true)
      assert.is_nil(text:find("SECRETEXAMPLE", 1, true))
    end
  end)

  it("tells an HTML page, a redirect, an empty and a cut answer from AWS's", function()
    local html = { ["content-type"] = "text/html" }
    for expected, response in pairs {
      ["HTTP 404 with an HTML page"] = answer(404, "<html><body>no</body></html>", html),
      ["HTTP 200 with an HTML page"] = answer(200, "<!DOCTYPE html><html></html>", html),
      ["a redirect to http://evil/"] = answer(302, "", { location = "http://evil/" }),
      ["HTTP 400 with an empty answer"] = answer(400, ""),
      ["HTTP 200 with an answer that cannot be read"] = answer(200, VPCS:sub(1, 60)),
    } do
      local log = describe_vpcs { response }
      assert.equal(1, #log.requests)
      assert.equal("UnreadableAnswer", log.failure.code)
      assert.matches(expected, tostring(log.failure), 1, true)
    end
  end)

  it("takes a minute at most, or as long as the user says", function()
    local request = describe_vpcs({ answer(200, VPCS) }).requests[1]
    assert.same({ 60000, 10000 }, { request.timeout_ms, request.connect_timeout_ms })
    local env = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S", AWS_REGION = "r",
      MRUN_AWS_TIMEOUT_MS = "250" }
    request = describe_vpcs({ answer(200, VPCS) }, { env = env }).requests[1]
    assert.same({ 250, 250 }, { request.timeout_ms, request.connect_timeout_ms })
  end)

  it("names the endpoint that did not answer and where it was set", function()
    local env = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S", AWS_REGION = "r",
      AWS_ENDPOINT_URL = "http://127.0.0.1:1" }
    local log = describe_vpcs({ default = broken("refused", false) }, { env = env })
    assert.equal(3, #log.requests)
    assert.matches("no answer from 127.0.0.1:1: it broke", tostring(log.failure), 1, true)
    assert.matches("see that AWS_ENDPOINT_URL is right", tostring(log.failure), 1, true)
    assert.is_false(log.failure.ambiguous)
  end)

  it("refuses wrong parameters, operations and services before anything is sent", function()
    local session, clock = support.session()
    local function fault(fn) return tostring(drive(clock, {}, fn).failure) end
    local ec2 = session:client "ec2"
    local wrong = fault(function() return ec2:CreateVpc { CidrBlock = 1, Cidr = "x" } end)
    assert.matches("CidrBlock", wrong)
    assert.matches("Cidr:", wrong)
    assert.matches("did you mean DescribeVpcs?",
      fault(function() return ec2:DescribeVpc {} end), 1, true)
    assert.matches("did you mean ec2?", fault(function() session:client "ec22" end), 1, true)
  end)

  it("reads JSON services and their errors", function()
    local session, clock = support.session()
    local ssm = session:client "ssm"
    local body = '{"Parameters":[{"Name":"a","Version":9007199254740993}]}'
    local log = drive(clock, { answer(200, body) }, function()
      return ssm:GetParameters { Names = { "a" } } end)
    assert.equal(9007199254740993, log.result.Parameters[1].Version)
    assert.equal("AmazonSSM.GetParameters", log.requests[1].headers["x-amz-target"])
    log = drive(clock, { answer(400, '{"__type":"com.x#ParameterNotFound","message":"none"}') },
      function() return ssm:GetParameter { Name = "a" } end)
    assert.same({ "ParameterNotFound", "none" }, { log.failure.code, log.failure.message })
    log = drive(clock, { answer(400, "", { ["x-amzn-errortype"] = "Other:http://x" }) },
      function() return ssm:GetParameter { Name = "a" } end)
    assert.equal("Other", log.failure.code)
  end)

  it("unwraps the results of query services and signs for where IAM is", function()
    local session, clock = support.session()
    local log = drive(clock, { answer(200, [[<GetRoleResponse><GetRoleResult><Role>
      <RoleName>r</RoleName></Role></GetRoleResult><ResponseMetadata><RequestId>q</RequestId>
      </ResponseMetadata></GetRoleResponse>]]) },
      function() return session:client "iam":GetRole { RoleName = "r" } end)
    assert.equal("r", log.result.Role.RoleName)
    assert.equal("q", log.about.request_id)
    assert.equal("https://iam.amazonaws.com/", log.requests[1].url)
    assert.matches("us-east-1/iam", log.requests[1].headers.authorization, 1, true)
  end)

  it("waits for its turn where AWS publishes a limit, not at a user's endpoint", function()
    local function four_and_one(options)
      local session, clock = support.session(options)
      return drive(clock, { default = answer(200, "<CreateVpcEndpointResponse/>") }, function()
        for _ = 1, 5 do
          session:client "ec2":CreateVpcEndpoint { VpcId = "v", ServiceName = "s" }
        end
      end).waits
    end
    local waits = four_and_one()
    assert.equal(1, #waits)
    assert.is_true(waits[1] > 3000)
    assert.same({}, four_and_one { rate_limits = "none" })
    assert.same({}, four_and_one { endpoint_url = "http://localhost:1" })
    assert.equal(1, #four_and_one { endpoint_url = "http://localhost:1", rate_limits = "aws" })
  end)

  it("of DynamoDB is repeated when the answer is not what its checksum says", function()
    local body = '{"Count":1}'
    local function with(crc)
      return answer(200, body, { ["x-amz-crc32"] = tostring(crc) })
    end
    local right = with(require "native.crypto".crc32(body))
    local function scan(answers)
      local session, clock = support.session()
      return drive(clock, answers, function()
        return session:client "dynamodb":Scan { TableName = "t" }
      end)
    end
    local log = scan { with(1), right }
    assert.equal(1, log.result.Count)
    assert.equal(2, #log.requests)
    log = scan { default = with(1) }
    assert.equal(4, #log.requests)
    assert.matches("x%-amz%-crc32", tostring(log.failure))
  end)
end)
