local support = require "spec.aws.support"

local ROLE <const> = "arn:aws:iam::1:role/R"
local HOUR_MS <const>, MINUTE_MS <const> = 60 * 60 * 1000, 60 * 1000
local START_MS <const> = 1700000000000
local time = require "native.time"

-- An answer of AssumeRole that expires after so long.
local function assumed(key, at_ms)
  return support.answer(200, ([[<AssumeRoleResponse><AssumeRoleResult><Credentials>
    <AccessKeyId>%s</AccessKeyId><SecretAccessKey>S</SecretAccessKey>
    <SessionToken>T</SessionToken><Expiration>%s</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>]]):format(key, time.format(at_ms // 1000,
    "date_time")))
end

local DENIED <const> = support.answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code>"
  .. "<Message>m</Message></Error></ErrorResponse>")

local function session_of(more)
  local options = { env = { AWS_ACCESS_KEY_ID = "K", AWS_SECRET_ACCESS_KEY = "S",
    AWS_REGION = "eu-west-1", HOME = "/home/me" }, assume_role = ROLE, now_ms = START_MS }
  for key, value in pairs(more or {}) do options[key] = value end
  return support.session(options)
end

-- The key that is used at each of these minutes, with the answers of STS in their order.
local function keys_at(minutes, answers)
  local session, clock = session_of()
  local keys = {}
  local log = support.drive(clock, answers, function()
    for at, minute in ipairs(minutes) do
      clock.ms = START_MS + minute * MINUTE_MS
      keys[at] = session:get_credentials().access_key
    end
  end)
  return keys, log
end

describe("credentials that expire", function()
  it("are renewed a quarter of an hour early", function()
    local keys, log = keys_at({ 0, 44, 46 }, { assumed("ONE", START_MS + HOUR_MS),
      assumed("TWO", START_MS + 2 * HOUR_MS) })
    assert.same({ "ONE", "ONE", "TWO" }, keys)
    assert.equal(2, #log.requests)
  end)

  it("are good enough while new ones cannot be had, and asked for again after a minute", function()
    local keys, log = keys_at({ 0, 46, 46.5, 47.5, 52 }, { assumed("ONE", START_MS + HOUR_MS),
      DENIED, DENIED, assumed("TWO", START_MS + 2 * HOUR_MS) })
    assert.same({ "ONE", "ONE", "ONE", "ONE", "TWO" }, keys)
    assert.equal(4, #log.requests)
  end)

  it("are an error ten minutes before their end where new ones cannot be had", function()
    local keys, log = keys_at({ 0, 51 }, { assumed("ONE", START_MS + HOUR_MS), DENIED })
    assert.same({ "ONE" }, keys)
    assert.matches("AccessDenied", tostring(log.failure), 1, true)
  end)

  it("of a short life are not renewed at every call", function()
    local keys, log = keys_at({ 0, 1, 10, 12 }, { assumed("ONE", START_MS + 15 * MINUTE_MS),
      assumed("TWO", START_MS + 27 * MINUTE_MS) })
    assert.same({ "ONE", "ONE", "ONE", "TWO" }, keys)
    assert.equal(2, #log.requests)
  end)

  it("and have done so when they come are used for a minute", function()
    local keys, log = keys_at({ 0, 0.5, 1.5 }, { assumed("ONE", START_MS - HOUR_MS),
      assumed("TWO", START_MS + HOUR_MS) })
    assert.same({ "ONE", "ONE", "TWO" }, keys)
    assert.equal(2, #log.requests)
  end)

  it("by AWS's word are fetched again, once for the call", function()
    local session, clock = session_of()
    local expired = support.answer(403, "<ErrorResponse><Error><Code>ExpiredToken</Code>"
      .. "<Message>m</Message></Error></ErrorResponse>")
    local log = support.drive(clock, { assumed("ONE", START_MS + HOUR_MS), expired,
      assumed("TWO", START_MS + HOUR_MS), expired }, function()
      session:client "sts":GetCallerIdentity()
    end)
    assert.matches("ExpiredToken", tostring(log.failure), 1, true)
    assert.equal(4, #log.requests)
  end)

  it("are those of the whole family of sessions", function()
    local session, clock = session_of()
    local log = support.drive(clock, { assumed("ONE", START_MS + HOUR_MS) }, function()
      local other = session:with { region = "eu-west-2" }
      return session:get_credentials() == other:get_credentials()
    end)
    assert.is_true(log.result)
    assert.equal(1, #log.requests)
  end)

  it("are used by others while one renews them early", function()
    local session, clock = session_of()
    support.drive(clock, { assumed("ONE", START_MS + HOUR_MS) }, function()
      session:get_credentials()
    end)
    clock.ms = START_MS + 46 * MINUTE_MS
    local first = coroutine.create(function() return session:get_credentials().access_key end)
    local _, wanted = coroutine.resume(first)
    assert.is_table(wanted.http)
    local second = coroutine.create(function() return session:get_credentials().access_key end)
    local _, key = coroutine.resume(second)
    assert.equal("ONE", key)
    _, key = coroutine.resume(first, assumed("TWO", START_MS + 2 * HOUR_MS))
    assert.equal("TWO", key)
  end)

  it("are fetched once for all who wait, and one failure is everybody's", function()
    local session, clock = session_of()
    local threads, asked = {}, 0
    for at = 1, 200 do
      threads[at] = coroutine.create(function() return session:get_credentials().access_key end)
      local _, wanted = coroutine.resume(threads[at])
      if wanted.http then asked = asked + 1 end
    end
    assert.equal(1, asked)
    local _, key = coroutine.resume(threads[1], assumed("ROLE", START_MS + HOUR_MS))
    assert.equal("ROLE", key)
    for at = 2, 200 do
      local _, other = coroutine.resume(threads[at])
      assert.equal("ROLE", other)
    end
    session.held.found = nil
    local first = coroutine.create(function() return session:get_credentials() end)
    local second = coroutine.create(function() return session:get_credentials() end)
    coroutine.resume(first)
    coroutine.resume(second)
    local ok, fault = coroutine.resume(first, DENIED)
    assert.is_false(ok)
    local _, same = coroutine.resume(second)
    assert.equal(fault, same)
    assert.equal(clock.ms, session.now())
  end)
end)
