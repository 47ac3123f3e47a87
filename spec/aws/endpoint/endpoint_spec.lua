local support = require "spec.aws.support"

local function sent(options, service, operation, params)
  local session, clock = support.session(options)
  local log = support.drive(clock, { support.answer(200, "<x/>") }, function()
    return session:client(service or "ec2"):call(operation or "DescribeVpcs", params)
  end)
  return log.requests[1] and log.requests[1].url, tostring(log.failure), log
end

local function env(more)
  local all = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S", AWS_REGION = "eu-west-1",
    HOME = "/home/me" }
  for name, value in pairs(more) do all[name] = value end
  return { env = all }
end

local function with_config(text, more)
  local options = env(more or {})
  options.files = { ["/home/me/.aws/config"] = text }
  return options
end

describe("the endpoint", function()
  it("is that of the region's partition", function()
    assert.equal("https://ec2.cn-north-1.amazonaws.com.cn/", (sent { region = "cn-north-1" }))
    assert.equal("https://sts.eu-west-1.amazonaws.com/",
      (sent({}, "sts", "GetCallerIdentity")))
  end)

  it("is dual-stack or FIPS where the user says so", function()
    assert.equal("https://ec2-fips.us-east-1.amazonaws.com/",
      (sent(env { AWS_USE_FIPS_ENDPOINT = "true", AWS_REGION = "us-east-1" })))
    assert.equal("https://ec2.eu-west-1.api.aws/",
      (sent(with_config "[default]\nuse_dualstack_endpoint = true\n")))
  end)

  it("is the user's own: option, environment, profile; the service's before all's", function()
    local config = "[default]\nendpoint_url = http://localhost:4\nservices = s\n"
      .. "[services s]\nec2 =\n  endpoint_url = http://localhost:3\n"
    assert.equal("http://localhost:4/", (sent(with_config(config), "sts", "GetCallerIdentity")))
    assert.equal("http://localhost:3/", (sent(with_config(config))))
    local more = { AWS_ENDPOINT_URL = "http://localhost:2" }
    assert.equal("http://localhost:2/", (sent(with_config(config, more))))
    more.AWS_ENDPOINT_URL_EC2 = "http://localhost:1/base"
    assert.equal("http://localhost:1/base/", (sent(with_config(config, more))))
    local options = with_config(config, more)
    options.endpoint_url = "http://localhost:9"
    assert.equal("http://localhost:9/", (sent(options)))
    assert.equal("http://localhost:5/", (sent(env {
      AWS_ENDPOINT_URL_AUTO_SCALING = "http://localhost:5" }, "autoscaling",
      "DescribeAutoScalingGroups")))
  end)

  it("is AWS's again where configured ones are to be ignored", function()
    assert.equal("https://ec2.eu-west-1.amazonaws.com/", (sent(env {
      AWS_ENDPOINT_URL = "http://localhost:2", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true" })))
  end)

  it("has before it what the operation puts there, where a name can stand", function()
    local function url(more)
      return (sent(env(more or {}), "servicediscovery", "DiscoverInstances",
        { NamespaceName = "n", ServiceName = "s" }))
    end
    assert.equal("https://data-servicediscovery.eu-west-1.amazonaws.com/", url())
    assert.equal("https://servicediscovery.eu-west-1.amazonaws.com/",
      url { AWS_DISABLE_HOST_PREFIX_INJECTION = "true" })
    assert.equal("https://data-own.example.com/",
      url { AWS_ENDPOINT_URL = "https://own.example.com" })
    assert.equal("https://[2001:db8::1]/", url { AWS_ENDPOINT_URL = "https://[2001:db8::1]" })
  end)

  it("is plain HTTP on this machine only, unless that is allowed", function()
    for _, host in ipairs { "127.0.0.1:1", "localhost", "[::1]:80", "a.localhost" } do
      assert.equal("http://" .. host .. "/", (sent { endpoint_url = "http://" .. host }))
    end
    for _, host in ipairs { "example.com", "127.0.0.1.example.com", "127.0.0.1@example.com",
      "10.0.0.1", "0x7f.1" } do
      local url, message = sent { endpoint_url = "http://" .. host }
      assert.is_nil(url)
      assert.matches("would show everybody", message, 1, true)
    end
    assert.equal("http://example.com/",
      (sent { endpoint_url = "http://example.com", allow_http = true }))
  end)

  it("that is no URL is refused with where it was set", function()
    for _, text in ipairs { "localhost:4566", "ftp://x", "http://a b", "https://" } do
      local url, message = sent(env { AWS_ENDPOINT_URL = text })
      assert.is_nil(url)
      assert.matches("AWS_ENDPOINT_URL", message, 1, true)
    end
  end)

  it("keeps the path and the query of the user's own", function()
    local base = "http://localhost:1/base/?x=1"
    assert.equal("http://localhost:1/base/?x=1", (sent(env { AWS_ENDPOINT_URL = base })))
    local function url(own, params)
      return (sent(env { AWS_ENDPOINT_URL = own }, "lambda", params and "ListFunctions"
        or "GetAccountSettings", params))
    end
    assert.equal("http://localhost:1/base/2016-08-19/account-settings?x=1", url(base))
    assert.equal("http://localhost:1/base/2015-03-31/functions?x=1&MaxItems=2",
      url(base, { MaxItems = 2 }))
    assert.equal("http://localhost:1/2015-03-31/functions?MaxItems=2",
      url("http://localhost:1/", { MaxItems = 2 }))
  end)

  it("of a service may stand in no section that is missing", function()
    local _, message = sent(with_config "[default]\nservices = mine\n")
    assert.matches("the profile default has services = mine, and there is no such section",
      message, 1, true)
  end)

  it("is FIPS where the region's name says so, as the CLI reads it", function()
    for _, name in ipairs { "fips-us-east-1", "us-east-1-fips" } do
      local url, _, log = sent(env { AWS_REGION = name })
      assert.equal("https://ec2-fips.us-east-1.amazonaws.com/", url)
      assert.matches("/us-east-1/ec2/aws4_request", log.requests[1].headers.authorization, 1, true)
    end
  end)

  it("of a service that is the same everywhere needs no region", function()
    local nowhere = { env = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S",
      HOME = "/home/me", AWS_EC2_METADATA_DISABLED = "true" } }
    local url, _, log = sent(nowhere, "iam", "ListRoles")
    assert.equal("https://iam.amazonaws.com/", url)
    assert.matches("/us-east-1/iam/aws4_request", log.requests[1].headers.authorization, 1, true)
    local none, message = sent(nowhere, "lambda", "ListFunctions")
    assert.is_nil(none)
    assert.matches("there is no AWS region", message, 1, true)
  end)

  it("needs a region, which must look like one", function()
    local _, message = sent { env = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S",
      HOME = "/home/me", AWS_EC2_METADATA_DISABLED = "true" } }
    assert.matches("there is no AWS region", message, 1, true)
    assert.matches("AWS_REGION", message, 1, true)
    _, message = sent { region = "eu-west-1.evil.com/" }
    assert.matches("is not a region", message, 1, true)
  end)

  it("takes the region of the instance that it runs on where the user has named none", function()
    local function instance(said)
      local asked = {}
      local function answered(request)
        local path = request.url:match "^http://169%.254%.169%.254(/.*)$"
        if path then asked[#asked + 1] = path end
        if path == "/latest/api/token" then return support.answer(200, "T") end
        if path then return support.answer(said and 200 or 404, said) end
        return support.answer(200, request.url:find "iam"
          and "<GetUserResponse><GetUserResult/></GetUserResponse>" or "{}")
      end
      local session, clock = support.session { env = { AWS_ACCESS_KEY_ID = "A", HOME = "/home/me",
        AWS_SECRET_ACCESS_KEY = "S" } }
      local log = support.drive(clock, { default = answered }, function()
        session:client "iam":GetUser {}
        for _ = 1, 2 do session:client "lambda":ListFunctions {} end
        return session:region()
      end)
      return log, asked
    end
    local log, asked = instance "ap-south-1\n"
    assert.equal("ap-south-1", log.result, tostring(log.failure))
    assert.same({ "/latest/api/token", "/latest/meta-data/placement/region" }, asked)
    assert.matches("https://lambda.ap-south-1.amazonaws.com/", log.requests[5].url, 1, true)
    assert.matches("/ap-south-1/lambda/", log.requests[5].headers.authorization, 1, true)
    for _, wrong in ipairs { "evil.com/", false } do
      assert.matches("there is no AWS region", tostring(instance(wrong).failure), 1, true)
    end
    local session = support.session { env = {} }
    assert.is_false((pcall(session.region, session))) -- who cannot wait is not told
  end)

  it("takes the region from the option, the environment, the profile", function()
    local config = "[default]\nregion = eu-west-3\n"
    local function region(options) return (sent(options):match("ec2%.([%w-]+)%.")) end
    assert.equal("eu-west-3", region(with_config(config, { AWS_REGION = "" })))
    assert.equal("eu-west-2",
      region(with_config(config, { AWS_REGION = "", AWS_DEFAULT_REGION = "eu-west-2" })))
    assert.equal("eu-west-1", region(with_config(config, { AWS_DEFAULT_REGION = "eu-west-2" })))
    local options = with_config(config)
    options.region = "us-east-2"
    assert.equal("us-east-2", region(options))
  end)
end)

describe("the account's endpoint", function()
  local function dynamodb(options, account)
    options.credentials = { access_key = "A", secret_key = "S", account_id = account }
    return (sent(options, "dynamodb", "ListTables"))
  end

  it("is used where the credentials name the account", function()
    assert.equal("https://111122223333.ddb.eu-west-1.amazonaws.com/",
      dynamodb(env {}, "111122223333"))
    assert.equal("https://dynamodb.eu-west-1.amazonaws.com/", dynamodb(env {}))
    assert.equal("https://dynamodb.eu-west-1.amazonaws.com/",
      dynamodb(env { AWS_ACCOUNT_ID_ENDPOINT_MODE = "disabled" }, "111122223333"))
    assert.equal("https://dynamodb.eu-west-1.amazonaws.com/",
      dynamodb(with_config "[default]\naccount_id_endpoint_mode = disabled\n", "111122223333"))
  end)

  it("can be demanded, and is demanded in words that are known", function()
    local url, message = sent(env { AWS_ACCOUNT_ID_ENDPOINT_MODE = "required" }, "dynamodb",
      "ListTables")
    assert.is_nil(url)
    assert.matches("dynamodb has no endpoint: AccountIdEndpointMode is required", message, 1, true)
    url, message = sent(env { AWS_ACCOUNT_ID_ENDPOINT_MODE = "maybe" }, "dynamodb", "ListTables")
    assert.matches("account_id_endpoint_mode is \"maybe\"; it must be preferred, disabled or "
      .. "required", message, 1, true)
    assert.is_nil(url)
  end)

  it("is found in ARNs below the call's parameters", function()
    local table_arn = "arn:aws:dynamodb:eu-west-1:444455556666:table/t"
    local given = env {}
    given.credentials = { access_key = "A", secret_key = "S", account_id = "111122223333" }
    local here = "https://444455556666.ddb.eu-west-1.amazonaws.com/"
    assert.equal(here, (sent(given, "dynamodb", "DescribeTable", { TableName = table_arn })))
    assert.equal(here, (sent(given, "dynamodb", "BatchGetItem",
      { RequestItems = { [table_arn] = { Keys = { { k = { S = "1" } } } } } })))
    assert.equal(here, (sent(given, "dynamodb", "TransactWriteItems", { TransactItems = { {
      Delete = { TableName = table_arn, Key = { k = { S = "1" } } } } } })))
  end)
end)

describe("the endpoint of sts", function()
  it("is the region's, and the old one of all regions where that is asked for", function()
    assert.equal("https://sts.eu-west-1.amazonaws.com/", (sent(env {}, "sts", "GetCallerIdentity")))
    local url, _, log = sent(env { AWS_STS_REGIONAL_ENDPOINTS = "legacy" }, "sts",
      "GetCallerIdentity")
    assert.equal("https://sts.amazonaws.com/", url)
    assert.matches("/us-east-1/sts/", log.requests[1].headers.authorization, 1, true)
    assert.equal("https://sts.eu-west-3.amazonaws.com/", (sent(env {
      AWS_STS_REGIONAL_ENDPOINTS = "legacy", AWS_REGION = "eu-west-3",
      AWS_USE_DUALSTACK_ENDPOINT = "false", AWS_USE_FIPS_ENDPOINT = "false",
      AWS_ENDPOINT_URL_STS = "https://sts.eu-west-3.amazonaws.com" }, "sts",
      "GetCallerIdentity")))
  end)
end)
