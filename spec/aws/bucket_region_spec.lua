local support = require "spec.aws.support"

local answer = support.answer

local function moved(status, code, region, body_region)
  return answer(status, ("<Error><Code>%s</Code><Message>m</Message>%s</Error>"):format(code,
    body_region and "<Region>" .. body_region .. "</Region>" or ""),
    { ["x-amz-bucket-region"] = region })
end

local function drive(answers, operation, params, calls)
  local session, clock = support.session()
  local log = support.drive(clock, answers, function()
    local s3 = session:client "s3"
    for _ = 1, calls or 1 do
      s3:call(operation or "ListObjectsV2", params or { Bucket = "my-bucket" })
    end
  end)
  local went = {}
  for at, request in ipairs(log.requests) do
    went[at] = request.url:match("^https://([^/]*)") .. " "
      .. request.headers.authorization:match("/(%w+%-%w+%-%d)/s3/")
  end
  return went, log
end

local HERE <const> = "my-bucket.s3.eu-west-1.amazonaws.com eu-west-1"
local THERE <const> = "my-bucket.s3.us-west-2.amazonaws.com us-west-2"

describe("a bucket in another region", function()
  it("is asked there, at once, and from then on", function()
    for _, first in ipairs {
      moved(301, "PermanentRedirect", "us-west-2"), moved(307, "TemporaryRedirect", "us-west-2"),
      moved(400, "AuthorizationHeaderMalformed", nil, "us-west-2"),
      moved(400, "IllegalLocationConstraintException", "us-west-2"),
    } do
      local went, log = drive({ first, default = answer(200, "<x/>") }, nil, nil, 2)
      assert.is_true(log.ok, tostring(log.failure))
      assert.same({ HERE, THERE, THERE }, went)
      assert.same({}, log.waits)
    end
    local went = drive({ answer(400, "", { ["x-amz-bucket-region"] = "us-west-2" }),
      default = answer(200, "") }, "HeadBucket")
    assert.same({ HERE, THERE }, went)
  end)

  it("is asked there once, whatever it says then", function()
    local went, log = drive { moved(301, "PermanentRedirect", "us-west-2"),
      moved(301, "PermanentRedirect", "us-east-1") }
    assert.same({ HERE, THERE }, went)
    assert.equal("PermanentRedirect", log.failure.code)
  end)

  it("is not looked for where the answer names no region, or no region that can be one", function()
    for _, region in ipairs { false, "eu-west-1", "evil.example/", ("x"):rep(64) } do
      local went = drive { moved(301, "PermanentRedirect", region or nil) }
      assert.same({ HERE }, went)
    end
    local went = drive({ moved(400, "InvalidArgument", nil, "us-west-2") })
    assert.same({ HERE }, went)
    went = drive({ moved(400, "IllegalLocationConstraintException", "us-west-2") },
      "CreateBucket")
    assert.same({ HERE }, went)
  end)
end)
