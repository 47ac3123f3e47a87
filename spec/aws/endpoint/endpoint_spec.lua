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
    assert.equal("http://localhost:1/base", (sent(with_config(config, more))))
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

  it("needs a region, which must look like one", function()
    local _, message = sent { env = { AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "S",
      HOME = "/home/me" } }
    assert.matches("there is no AWS region", message, 1, true)
    assert.matches("AWS_REGION", message, 1, true)
    _, message = sent { region = "eu-west-1.evil.com/" }
    assert.matches("is not a region", message, 1, true)
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
