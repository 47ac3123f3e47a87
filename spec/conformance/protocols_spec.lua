-- The runner tells a wrong expectation from a right one in the suites of protocols, of requests
-- and of recorded answers: data made here, one part of each case wrong.
local planted = require "spec.conformance.planted"

local function copied(value)
  if type(value) ~= "table" then return value end
  local found = {}
  for key, inner in pairs(value) do found[key] = copied(inner) end
  return found
end

local function case(base, id, change)
  local made = copied(base)
  made._id, made.id = id, id
  if change then change(made) end
  return made
end

local SHAPES <const> = {
  Input = { type = "structure", members = { A = { shape = "Text" },
    H = { shape = "Text", location = "header", locationName = "x-h" } } },
  Output = { type = "structure", members = { A = { shape = "Text" } } },
  Odd = { type = "structure", exception = true, members = { A = { shape = "Text" } } },
  Text = { type = "string" },
}
local GIVEN <const> = { name = "Do", http = { method = "PUT", requestUri = "/do?a=b" },
  input = { shape = "Input" }, output = { shape = "Output" }, errors = { { shape = "Odd" } } }
local INPUT <const> = { given = GIVEN, params = { A = "x", H = "h" }, serialized = {
  method = "PUT", uri = "/do?a=b", body = '{ "A": "x" }', headers = { ["X-H"] = "h" },
  host = "example.com", forbidHeaders = { "x-none" }, requireHeaders = { "Content-Length" } } }
local OUTPUT <const> = { given = GIVEN, response = { status_code = 200, body = '{"A":"x"}' },
  result = { A = "x" } }
local FAULT <const> = { given = GIVEN, errorCode = "Odd", errorMessage = "m", error = { A = "x" },
  response = { status_code = 400, body = '{"__type":"Odd","message":"m","A":"x"}' } }

local function inputs()
  local function wrong(id, name, value)
    return case(INPUT, id, function(made) made.serialized[name] = value end)
  end
  return { case(INPUT, "p/right"), wrong("p/method", "method", "POST"),
    wrong("p/uri", "uri", "/do"), wrong("p/body", "body", '{"A":"y"}'),
    wrong("p/headers", "headers", { ["X-H"] = "i" }),
    wrong("p/host", "host", "example.org"), wrong("p/forbid", "forbidHeaders", { "X-H" }),
    wrong("p/require", "requireHeaders", { "X-None" }) }
end

local function outputs()
  local function wrong(id, name, value)
    return case(FAULT, id, function(made) made[name] = value end)
  end
  return { case(OUTPUT, "p/right"), case(FAULT, "p/right error"),
    case(OUTPUT, "p/result", function(made) made.result = { A = "y" } end),
    case(OUTPUT, "p/more", function(made) made.result = { A = "x", B = "y" } end),
    case(OUTPUT, "p/no error", function(made) made.errorCode = "Odd" end),
    case(FAULT, "p/no result", function(made) made.errorCode, made.error = nil, nil end),
    wrong("p/code", "errorCode", "Even"), wrong("p/message", "errorMessage", "n"),
    wrong("p/fields", "error", { A = "y" }) }
end

local WRONG <const> = { "input/p/method", "input/p/uri", "input/p/body", "input/p/headers",
  "input/p/host", "input/p/forbid", "input/p/require", "output/p/result", "output/p/more",
  "output/p/no error", "output/p/no result", "output/p/code", "output/p/message",
  "output/p/fields" }

local function entry(cases)
  return { { description = "d", metadata = { protocol = "rest-json" }, shapes = SHAPES,
    clientEndpoint = "https://example.com", cases = cases } }
end

local function files(suite)
  return { [suite .. "/input/rest-json.json"] = entry(inputs()),
    [suite .. "/output/rest-json.json"] = entry(outputs()) }
end

describe("the conformance runner finds a wrong expectation", function()
  it("in the protocol tests, old and new", function()
    for _, suite in ipairs { "protocols", "protocols-legacy", "protocols-extras" } do
      planted.expect(planted.run(suite, files(suite)), WRONG, 3)
    end
  end)

  it("and counts what botocore leaves out in a line of its own", function()
    local made = files "protocols"
    made["protocols/botocore-ignore-list.json"] = { general = { input = { suites = { "d" } } },
      protocols = { ["rest-json"] = { output = { cases = { "p/result", "p/right" } } } } }
    local said = planted.run("protocols", made)
    assert.matches("protocols: 1 passed, 6 failed\n", said.out, 1, true)
    assert.matches("protocols, left out by botocore: 2 passed, 8 failed\n", said.out, 1, true)
    assert.matches("\n1 passed, 6 failed\n", said.out, 1, true)
  end)

  it("in golden requests", function()
    local base = { service = "ssm", operation = "GetParameter", protocol = "json",
      region = "eu-west-1", timestamp = "2024-03-01T12:00:00Z", params = { Name = "n" }, expect = {
        method = "POST", url = "https://ssm.eu-west-1.amazonaws.com/",
        headers = { ["X-Amz-Target"] = "AmazonSSM.GetParameter",
          ["Content-Type"] = "application/x-amz-json-1.1", ["X-Amz-Date"] = "20240301T120000Z" },
        body_base64 = "eyJOYW1lIjogIm4ifQ==" } }
    local function wrong(id, name, value)
      return case(base, id, function(made) made.expect[name] = value end)
    end
    local list = { case(base, "g/right"), wrong("g/method", "method", "GET"),
      wrong("g/url", "url", "https://ssm.eu-west-2.amazonaws.com/"),
      wrong("g/headers", "headers", { ["X-Amz-Target"] = "AmazonSSM.GetParameters" }),
      wrong("g/unlisted", "headers", { ["Content-Type"] = "application/x-amz-json-1.1" }),
      wrong("g/body", "body_base64", "eyJOYW1lIjogIm0ifQ==") }
    planted.expect(planted.run("golden-requests", { ["golden-requests/requests.json"] = list }),
      { "g/method", "g/url", "g/headers", "g/unlisted", "g/body" }, 1)
  end)

  it("in recorded answers", function()
    local answers, errors = "response-parsing/xml/responses/", "response-parsing/xml/errors/"
    local user = "<R><GetUserResult><User><UserName>u</UserName></User></GetUserResult>"
      .. "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></R>"
    local fault = "<R><Error><Code>C</Code><Message>m</Message></Error><RequestId>r</RequestId></R>"
    local made, metadata = {}, { RequestId = "r" }
    local function plant(folder, name, body, expected)
      made[folder .. name .. ".xml"], made[folder .. name .. ".json"] = body, expected
    end
    plant(answers, "iam-get-user", user, { User = { UserName = "u" }, ResponseMetadata = metadata })
    plant(answers, "iam-get-user#2", user,
      { User = { UserName = "v" }, ResponseMetadata = metadata })
    plant(answers, "iam-get-user#3", user,
      { User = { UserName = "u" }, ResponseMetadata = { RequestId = "s" } })
    plant(errors, "iam-get-user", fault,
      { Error = { Code = "C", Message = "m" }, ResponseMetadata = metadata })
    plant(errors, "iam-get-user#2", fault,
      { Error = { Code = "D", Message = "m" }, ResponseMetadata = metadata })
    plant(errors, "iam-get-user#3", fault,
      { Error = { Code = "C", Message = "n" }, ResponseMetadata = metadata })
    planted.expect(planted.run("response-parsing", made), { "responses/iam-get-user#2",
      "responses/iam-get-user#3", "errors/iam-get-user#2", "errors/iam-get-user#3" }, 2)
  end)
end)
