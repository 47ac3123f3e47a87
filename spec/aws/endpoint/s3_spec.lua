local support = require "spec.aws.support"

local KEYS <const> = { access_key = "A", secret_key = "S" }

-- Where a call goes: its URL, what was wrong, and in whose name it was signed.
local function sent(given, operation, params)
  local env = { AWS_REGION = "eu-west-1", HOME = "/home/me" }
  for name, value in pairs(given.env or {}) do env[name] = value end
  local options = { env = env, credentials = KEYS, s3 = given.s3, path_style = given.path_style,
    files = { ["/home/me/.aws/config"] = "[default]\n" .. (given.config or "") } }
  local session, clock = support.session(options)
  local log = support.drive(clock, { support.answer(200, "<x/>") }, function()
    return session:client(given.service or "s3"):call(operation or "GetObject",
      params or { Bucket = "my-bucket", Key = "k" })
  end)
  local request = log.requests[1]
  return request and request.url, tostring(log.failure),
    request and request.headers.authorization:match("Credential=A/%d+/([^,]*)/aws4_request")
end

local VIRTUAL <const> = "https://my-bucket.s3.eu-west-1.amazonaws.com/k"
local PATH <const> = "https://s3.eu-west-1.amazonaws.com/my-bucket/k"
local OWN <const> = { AWS_ENDPOINT_URL = "http://localhost:4" }

describe("the addressing of S3", function()
  it("is by host, or by path where that is asked for or the name fits no host", function()
    assert.equal(VIRTUAL, (sent {}))
    assert.equal(PATH, (sent { config = "s3 =\n  addressing_style = path\n" }))
    assert.equal(VIRTUAL, (sent { config = "s3 =\n  addressing_style = auto\n" }))
    assert.equal(PATH, (sent { s3 = { addressing_style = "path" } }))
    assert.equal(PATH, (sent { path_style = true }))
    assert.equal("https://s3.eu-west-1.amazonaws.com/a.b/k",
      (sent({}, "GetObject", { Bucket = "a.b", Key = "k" })))
    local _, message = sent { config = "s3 =\n  addressing_style = sideways\n" }
    assert.matches('s3.addressing_style is "sideways"; it must be auto, virtual or path', message,
      1, true)
  end)

  it("is by path at the user's own endpoint, unless he says otherwise", function()
    assert.equal("http://localhost:4/my-bucket/k", (sent { env = OWN }))
    assert.equal("http://my-bucket.localhost:4/k",
      (sent { env = OWN, s3 = { addressing_style = "virtual" } }))
  end)

  it("is by path where the region of a bucket is asked for", function()
    assert.matches("^https://s3%.eu%-west%-1%.amazonaws%.com/my%-bucket/?%?location",
      (sent({}, "GetBucketLocation", { Bucket = "my-bucket" })))
  end)

  it("of an access point's ARN is by host, also at the user's own endpoint", function()
    local point = { Bucket = "arn:aws:s3:eu-west-1:111122223333:accesspoint:p", Key = "k" }
    assert.equal("https://p-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/k",
      (sent({}, "GetObject", point)))
    assert.equal("http://p-111122223333.localhost:4/k", (sent({ env = OWN }, "GetObject", point)))
    local _, message = sent({ s3 = { addressing_style = "path" } }, "GetObject", point)
    assert.matches("s3 has no endpoint: Path-style addressing cannot be used with ARN buckets",
      message, 1, true)
  end)
end)

describe("the settings of S3", function()
  local ELSEWHERE <const> = { Bucket = "arn:aws:s3:us-west-2:111122223333:accesspoint:p",
    Key = "k" }

  it("choose dual-stack and acceleration", function()
    assert.equal("https://my-bucket.s3.dualstack.eu-west-1.amazonaws.com/k",
      (sent { config = "s3 =\n  use_dualstack_endpoint = true\n" }))
    assert.equal("https://ec2.eu-west-1.amazonaws.com/", (sent({ service = "ec2",
      config = "s3 =\n  use_dualstack_endpoint = true\n" }, "DescribeVpcs", {})))
    assert.equal(VIRTUAL, (sent { env = { AWS_USE_DUALSTACK_ENDPOINT = "true" },
      config = "s3 =\n  use_dualstack_endpoint = false\n" }))
    assert.equal("https://my-bucket.s3-accelerate.amazonaws.com/k",
      (sent { config = "s3 =\n  use_accelerate_endpoint = true\n" }))
  end)

  it("let an ARN's region stand above the client's, or not", function()
    local url, _, scope = sent({}, "GetObject", ELSEWHERE)
    assert.equal("https://p-111122223333.s3-accesspoint.us-west-2.amazonaws.com/k", url)
    assert.equal("us-west-2/s3", scope)
    for _, given in ipairs { { env = { AWS_S3_USE_ARN_REGION = "false" } },
      { config = "s3_use_arn_region = false\n" }, { config = "s3 =\n  use_arn_region = false\n" } }
    do
      local none, message = sent(given, "GetObject", ELSEWHERE)
      assert.is_nil(none)
      assert.matches("UseArnRegion is `false`", message, 1, true)
    end
  end)

  it("choose the endpoint of us-east-1", function()
    local region = { AWS_REGION = "us-east-1" }
    assert.equal("https://my-bucket.s3.us-east-1.amazonaws.com/k", (sent { env = region }))
    assert.equal("https://my-bucket.s3.amazonaws.com/k",
      (sent { env = region, config = "s3 =\n  us_east_1_regional_endpoint = legacy\n" }))
    region.AWS_S3_US_EAST_1_REGIONAL_ENDPOINT = "legacy"
    assert.equal("https://my-bucket.s3.amazonaws.com/k", (sent { env = region }))
  end)

  it("turn access points of several regions off; their signature is not made", function()
    local many = { Bucket = "arn:aws:s3::111122223333:accesspoint:abc.mrap", Key = "k" }
    local _, message = sent({ env = { AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS = "true" } },
      "GetObject", many)
    assert.matches("Multi-Region Access Point ARNs are disabled", message, 1, true)
    _, message = sent({}, "GetObject", many)
    assert.matches("s3 GetObject wants the signature sigv4a, which mrun does not make", message, 1,
      true)
  end)

  it("leave sessions of S3 Express out", function()
    local params = { Bucket = "b--use1-az1--x-s3", Key = "k" }
    local env = { AWS_REGION = "us-east-1", AWS_S3_DISABLE_EXPRESS_SESSION_AUTH = "true" }
    local url, _, scope = sent({ env = env }, "GetObject", params)
    assert.equal("https://b--use1-az1--x-s3.s3express-use1-az1.us-east-1.amazonaws.com/k", url)
    assert.equal("us-east-1/s3express", scope)
  end)

  it("of an outpost take the signature that is made", function()
    local _, _, scope = sent({}, "GetObject", { Key = "k",
      Bucket = "arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/p" })
    assert.equal("eu-west-1/s3-outposts", scope)
  end)
end)
