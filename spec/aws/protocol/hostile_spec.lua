-- Answers that no service gives: each ends in one clear error, soon and in little memory.
local support = require "spec.aws.support"

local answer = support.answer

-- One of each protocol: service, operation, parameters, and the begin of a good answer.
local CALLS <const> = {
  ["json"] = { "ssm", "GetParametersByPath", { Path = "/" }, '{"Parameters":[{"Name":"' },
  ["rest-json"] = { "lambda", "ListFunctions", {}, '{"Functions":[{"FunctionName":"' },
  ["rest-xml"] = { "s3", "ListObjectsV2", { Bucket = "my-bucket" },
    "<ListBucketResult><Contents><Key>" },
  ["query"] = { "iam", "ListUsers", {},
    "<ListUsersResponse><ListUsersResult><Users><member><UserName>" },
  ["ec2"] = { "ec2", "DescribeVpcs", {}, "<DescribeVpcsResponse><vpcSet><item><vpcId>" },
}

local PAGE <const> = "<!DOCTYPE html>\n<html><body><p>Sign in to the network</body></html>"

local function run(call, body, headers, status)
  local session, clock = support.session { max_attempts = 1 }
  return support.drive(clock, { answer(status or 200, body, headers) }, function()
    return session:client(call[1]):call(call[2], call[3])
  end)
end

local function each(check)
  for protocol, call in pairs(CALLS) do check(protocol, call) end
end

local function is_unreadable(protocol, log)
  assert.is_table(log.failure, protocol)
  assert.equal("UnreadableAnswer", log.failure.code, protocol)
  assert.is_true(#tostring(log.failure) < 1000, protocol)
end

-- In seconds of CPU, and in bytes beyond what the answer itself takes.
local function measured(fn)
  collectgarbage()
  local before, from = collectgarbage "count", os.clock()
  fn()
  return os.clock() - from, (collectgarbage "count" - before) * 1024
end

describe("an answer that is", function()
  it("a page of a proxy says that it is one, whatever its status", function()
    each(function(protocol, call)
      for _, status in ipairs { 200, 302, 403, 502 } do
        local log = run(call, PAGE, { ["content-type"] = "text/html" }, status)
        is_unreadable(protocol, log)
        assert.matches("HTML page", tostring(log.failure), 1, true)
      end
    end)
    local log = run({ "lambda", "DeleteFunction", { FunctionName = "f" } }, PAGE)
    assert.is_nil(log.ok) -- nothing else would look into it
    log = run({ "dynamodb", "TagResource", { ResourceArn = "a", Tags = {} } }, PAGE)
    assert.is_nil(log.ok)
  end)

  it("cut anywhere is no result", function()
    each(function(protocol, call)
      for length = 1, #call[4] do
        is_unreadable(protocol, run(call, call[4]:sub(1, length)))
      end
    end)
  end)

  it("of another type than the model's", function()
    for _, body in ipairs { "[]", "5", '"x"', "null", "true", "{", "\0", "\xff\xfe" } do
      is_unreadable("json", run(CALLS.json, body))
      is_unreadable("rest-json", run(CALLS["rest-json"], body))
    end
    is_unreadable("json", run(CALLS.json, '{"Parameters":{"Name":"x"}}'))
    is_unreadable("json", run(CALLS.json, '{"Parameters":[{"Version":"one"}]}'))
    is_unreadable("ec2", run({ "ec2", "DescribeVolumes", {} },
      "<R><volumeSet><item><size>large</size></item></volumeSet></R>"))
    is_unreadable("rest-xml", run(CALLS["rest-xml"],
      "<R><Contents><Key>k</Key><Size>large</Size></Contents></R>"))
  end)

  it("nested without end", function()
    local deep = 200000
    for _, protocol in ipairs { "json", "rest-json" } do
      for _, part in ipairs { "[", '{"a":', '{"Parameters":' } do
        local log
        assert.is_true(measured(function() log = run(CALLS[protocol], part:rep(deep)) end) < 1)
        is_unreadable(protocol, log)
      end
    end
    for _, protocol in ipairs { "rest-xml", "query", "ec2" } do
      local log
      assert.is_true(measured(function() log = run(CALLS[protocol], ("<a>"):rep(deep)) end) < 1)
      is_unreadable(protocol, log)
    end
  end)

  it("full of entities, which are not expanded", function()
    local bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
    for _, protocol in ipairs { "rest-xml", "query", "ec2" } do
      is_unreadable(protocol, run(CALLS[protocol], bomb))
    end
  end)

  it("long is read in time that grows with its length alone", function()
    local item = { json = '{"Name":"x"},', ["rest-json"] = '{"FunctionName":"x"},',
      ["rest-xml"] = "<Contents><Key>x</Key></Contents><Other/>",
      query = "<member><UserName>x</UserName></member>", ec2 = "<item><vpcId>x</vpcId></item>" }
    each(function(protocol, call)
      local head = call[4]:match("^(.*%[)") or call[4]:match("^(.*Result><Users>)")
        or call[4]:match("^(.*vpcSet>)") or "<ListBucketResult>"
      local body = head .. item[protocol]:rep(100000)
      local seconds, bytes = measured(function() is_unreadable(protocol, run(call, body)) end)
      assert.is_true(seconds < 3, protocol .. " took " .. seconds)
      assert.is_true(bytes < 50 * #body, protocol .. " took bytes: " .. bytes)
    end)
  end)

  it("an error of unbounded length says it in a few words", function()
    local long = ("no "):rep(1000000)
    local log = run(CALLS.json, ('{"__type":"Odd","message":"%s"}'):format(long), nil, 400)
    assert.equal("Odd", log.failure.code)
    assert.is_true(#tostring(log.failure) < 1000)
    log = run(CALLS.query, "<ErrorResponse><Error><Code>Odd</Code><Message>" .. long
      .. "</Message></Error></ErrorResponse>", nil, 400)
    assert.is_true(#tostring(log.failure) < 1000)
  end)

  it("an error whose code is no word is still one line", function()
    each(function(protocol, call)
      local code = ("x\n\27[31m"):rep(10000)
      local body = protocol:find("json") and '{"__type":"x\\n\\u001b[31m' .. ("y"):rep(9999) .. '"}'
        or "<Error><Code>" .. code:gsub("\27", "") .. "</Code></Error>"
      local text = tostring(run(call, body, nil, 400).failure)
      assert.is_true(#text < 1000, protocol)
      assert.is_nil(text:find("\27", 1, true))
    end)
  end)
end)
