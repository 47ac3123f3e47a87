local retry = require "aws.retry"

local function call(fields)
  local books = { quota = retry.quota(), attempt = 1, max_attempts = 3, service = "ec2",
    operation = "X", random = 1 }
  for key, value in pairs(fields or {}) do books[key] = value end
  return books
end

describe("the retry rules", function()
  it("send throttled calls again after a second, two, four, and others sooner", function()
    local books = call { max_attempts = 9 }
    local delays = {}
    for attempt = 1, 7 do
      books.attempt = attempt
      delays[attempt] = retry.judge(books, { status = 503, code = "RequestLimitExceeded" })
    end
    assert.same({ 1, 2, 4, 8, 16, 20, 20 }, delays)
    assert.equal(0.05, retry.judge(call(), { status = 500 }))
    assert.equal(0.025, retry.judge(call { service = "dynamodb" }, { status = 500 }))
    assert.equal(0.0125, retry.judge(call { random = 0.25 }, { status = 500 }))
  end)

  it("know what is worth another attempt", function()
    for _, outcome in ipairs {
      { status = 400, code = "ThrottlingException" }, { status = 429 }, { status = 502 },
      { failure = { code = "reset" } }, { status = 400, code = "RequestTimeout" },
      { status = 400, code = "Mine", errors = { { code = "Mine", retryable = {} } } },
      { service = "sts", status = 400, code = "IDPCommunicationError" },
    } do
      assert.is_number(retry.judge(call(), outcome))
    end
    for _, outcome in ipairs {
      { status = 400, code = "InvalidVpcID.NotFound" }, { status = 403, code = "AccessDenied" },
      { status = 409, code = "LimitExceeded" }, { status = 404 }, { status = 301 },
      { status = 429, code = "Mine", errors = { { code = "Mine" } } },
      { failure = { code = "too_large" } }, { failure = { code = "url" } },
    } do
      assert.is_nil(retry.judge(call(), outcome))
    end
  end)

  it("stop at the number of attempts", function()
    assert.is_nil(retry.judge(call { attempt = 3 }, { status = 500 }))
    assert.equal(3, retry.max_attempts("ec2"))
    assert.equal(4, retry.max_attempts("dynamodb"))
    assert.equal(7, retry.max_attempts("dynamodb", 7))
  end)

  it("spend a quota on failures and earn it back by successes", function()
    local books = call { quota = retry.quota(19) }
    assert.is_number(retry.judge(books, { status = 500 }))
    assert.equal(5, books.quota.left)
    assert.is_nil(retry.judge(call { quota = books.quota }, { status = 500 }))
    assert.is_number(retry.judge(call { quota = books.quota }, { status = 429 }))
    assert.equal(0, books.quota.left)
    retry.judge(books, { status = 200 })
    assert.equal(14, books.quota.left)
    retry.judge(call { quota = books.quota }, { status = 200 })
    assert.equal(15, books.quota.left)
  end)

  it("do as the server asks, within five seconds", function()
    local function delay(header)
      return retry.judge(call(), { status = 503, code = "SlowDown",
        headers = { ["x-amz-retry-after"] = header } })
    end
    assert.same({ 1, 3, 6, 1, 1 },
      { delay "500", delay "3000", delay "60000", delay "-1", delay "soon" })
  end)

  it("pause before giving up on a call that waits at the server", function()
    local books = call { quota = retry.quota(0), service = "sqs", operation = "ReceiveMessage" }
    local delay, pause = retry.judge(books, { status = 500 })
    assert.is_nil(delay)
    assert.equal(0.05, pause)
  end)

  it("may be older ones, with other numbers", function()
    local rules = { cost = 5, throttling_cost = 5, base_s = 1, throttling_base_s = 1,
      bases_s = {}, longest_s = 3, extra_s = 0 }
    local books = call { rules = rules, max_attempts = 9 }
    local delays = {}
    for attempt = 1, 4 do
      books.attempt = attempt
      delays[attempt] = retry.judge(books, { status = 500 })
    end
    assert.same({ 1, 2, 3, 3 }, delays)
    assert.equal(480, books.quota.left)
  end)

  it("say why a call is not sent again", function()
    for expected, case in pairs {
      success = { {}, { status = 200 } }, final = { {}, { status = 404 } },
      attempts = { { attempt = 3 }, { status = 500 } },
      quota = { { quota = retry.quota(0) }, { status = 500 } },
    } do
      assert.equal(expected, (select(3, retry.judge(call(case[1]), case[2]))))
    end
  end)

  it("know an error by its code where it has one", function()
    local errors = { { name = "Named", code = "Coded", retryable = { throttling = true } } }
    assert.equal("throttling", retry.kind { status = 400, code = "Coded", errors = errors })
    assert.is_nil(retry.kind { status = 400, code = "Named", errors = errors })
  end)
end)
