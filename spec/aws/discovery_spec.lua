-- Endpoints that a service tells: Timestream must be asked, DynamoDB may be.
local json = require "json"
local pack = require "native.pack"
local service = require "aws.pack.service"
local support = require "spec.aws.support"

local MINUTE_MS <const> = 60 * 1000
local CELL <const> = "ingest-cell1.timestream.us-east-1.amazonaws.com"

local function answer(body, status)
  return support.answer(status or 200, json.encode(body), {
    ["content-type"] = "application/x-amz-json-1.0" })
end

local function telling(address, minutes)
  return answer { Endpoints = { { Address = address, CachePeriodInMinutes = minutes or 10 } } }
end

local DENIED <const> = answer({ __type = "AccessDeniedException", message = "no" }, 400)

local function session_of(options)
  local given = { env = { AWS_ACCESS_KEY_ID = "K", AWS_SECRET_ACCESS_KEY = "S",
    AWS_REGION = "us-east-1", HOME = "/home/me" } }
  for name, value in pairs(options or {}) do given[name] = value end
  for name, value in pairs((options or {}).more_env or {}) do given.env[name] = value end
  given.more_env, given.at = nil, nil
  return support.session(given)
end

-- "host operation" of each request, with AWS's part of the host left out.
local function lines(log)
  local found = {}
  for at, request in ipairs(log.requests) do
    found[at] = ("%s %s"):format(
      request.url:match "^%a+://([^/]*)":gsub("%.us%-east%-1%.amazonaws%.com", ""),
      request.headers["x-amz-target"]:match "[^.]+$")
  end
  return found
end

-- One call after the other of an operation without parameters, with these answers.
local function calls(count, options, answers, name, operation)
  local session, clock = session_of(options)
  local log = support.drive(clock, answers, function()
    local client = session:client(name or "timestream-write")
    for at = 1, count do
      if options and options.at then clock.ms = options.at[at] end
      client:call(operation or "ListDatabases")
    end
  end)
  return log
end

describe("an endpoint that the service tells", function()
  it("is asked for where it is required, and kept", function()
    local log = calls(2, nil, { telling(CELL), default = answer {} })
    assert.is_true(log.ok, log.failure)
    assert.same({ "ingest.timestream DescribeEndpoints", "ingest-cell1.timestream ListDatabases",
      "ingest-cell1.timestream ListDatabases" }, lines(log))
    local asked, sent = log.requests[1].headers, log.requests[2].headers
    assert.equal("2018-11-01", asked["x-amz-api-version"])
    assert.is_nil(sent["x-amz-api-version"])
    assert.equal(CELL, sent.host)
    assert.matches("/us-east-1/timestream/aws4_request", sent.authorization, 1, true)
  end)

  it("may come with its scheme", function()
    local log = calls(1, nil, { telling("https://" .. CELL), default = answer {} })
    assert.equal("https://" .. CELL .. "/", log.requests[2].url)
  end)

  it("is asked for anew before it ends, and awaited once it has", function()
    local start = 1700000000000
    local log = calls(4, { at = { start, start + 8.9 * MINUTE_MS, start + 9.1 * MINUTE_MS,
      start + 30 * MINUTE_MS } }, { telling "a", answer {}, answer {}, telling "b", answer {},
      telling "c", answer {} })
    assert.is_true(log.ok, log.failure)
    assert.same({ "ingest.timestream DescribeEndpoints", "a ListDatabases", "a ListDatabases",
      "ingest.timestream DescribeEndpoints", "b ListDatabases",
      "ingest.timestream DescribeEndpoints", "c ListDatabases" }, lines(log))
  end)

  local ASKED <const> = { "dynamodb DescribeEndpoints", "cell ListTables" }
  local NOT_ASKED <const> = { "dynamodb ListTables" }

  local function tables(options, answers)
    return lines(calls(1, options, answers or { default = answer {} }, "dynamodb", "ListTables"))
  end

  it("that is not required is asked for where the user says so", function()
    assert.same(NOT_ASKED, tables())
    for _, value in ipairs { "auto", "AUTO", "false", false } do
      assert.same(NOT_ASKED, tables { endpoint_discovery_enabled = value })
    end
    assert.same(ASKED, tables({ endpoint_discovery_enabled = true }, { telling "cell", answer {} }))
    assert.same(ASKED, tables({ more_env = { AWS_ENABLE_ENDPOINT_DISCOVERY = "True" } },
      { telling "cell", answer {} }))
    assert.same(ASKED, tables({ more_env = { AWS_ENDPOINT_DISCOVERY_ENABLED = "true" } },
      { telling "cell", answer {} }))
    assert.same(ASKED, tables({ files = {
      ["/home/me/.aws/config"] = "[default]\nendpoint_discovery_enabled = true\n" } },
      { telling "cell", answer {} }))
    assert.same(NOT_ASKED, tables { more_env = { AWS_ENABLE_ENDPOINT_DISCOVERY = "false" },
      files = { ["/home/me/.aws/config"] = "[default]\nendpoint_discovery_enabled = true\n" } })
  end)

  it("that is required and may not be asked for is an error that says so", function()
    local log = calls(1, { endpoint_discovery_enabled = false }, {})
    assert.equal("EndpointDiscoveryRequired", log.failure.code)
    assert.matches("timestream-write ListDatabases has no endpoint but the one that the service "
      .. "tells, and endpoint_discovery_enabled is false", tostring(log.failure), 1, true)
    log = calls(1, { endpoint_discovery_enabled = "perhaps" }, {})
    assert.equal("InvalidSetting", log.failure.code)
  end)

  it("is not asked for where the user has named one", function()
    local url = "https://mine.example"
    for _, options in ipairs { { endpoint_url = url }, { more_env = { AWS_ENDPOINT_URL = url } },
      { more_env = { AWS_ENDPOINT_URL_TIMESTREAM_WRITE = url } },
      { files = { ["/home/me/.aws/config"] = "[default]\nendpoint_url = " .. url .. "\n" } },
      { endpoint_url = url, endpoint_discovery_enabled = true },
      { endpoint_url = url, endpoint_discovery_enabled = false } } do
      local log = calls(1, options, { default = answer {} })
      assert.same({ "mine.example ListDatabases" }, lines(log))
    end
  end)

  it("is asked for once more where the service says that it is the wrong one", function()
    for _, wrong in ipairs { answer({ __type = "InvalidEndpointException" }, 400),
      answer({}, 421), answer({ __type = "SomethingElse" }, 421) } do
      local log = calls(2, nil, { telling "a", wrong, telling "b", default = answer {} })
      assert.is_true(log.ok, log.failure)
      assert.same({ "ingest.timestream DescribeEndpoints", "a ListDatabases",
        "ingest.timestream DescribeEndpoints", "b ListDatabases", "b ListDatabases" }, lines(log))
      log = calls(1, nil, { telling "a", wrong, telling "b", wrong })
      assert.equal(4, #log.requests)
      assert.matches("https://b (as DescribeEndpoints says)", log.failure.where, 1, true)
    end
  end)

  it("that another has replaced already is not asked for again", function()
    local session = session_of()
    local client = session:client "timestream-write"
    local function begin()
      local thread = coroutine.create(function() return client:ListDatabases() end)
      return thread, select(2, coroutine.resume(thread)).http
    end
    local wrong = answer({}, 421)
    local one = begin()
    coroutine.resume(one, telling "a")
    local two, sent = begin()
    assert.equal("https://a/", sent.url)
    coroutine.resume(one, wrong)
    local _, asked = coroutine.resume(one, telling "b")
    assert.equal("https://b/", asked.http.url)
    _, sent = coroutine.resume(two, wrong)
    assert.equal("https://b/", sent.http.url)
  end)

  it("that cannot be had gives way to the usual one, for a minute, where that will do", function()
    local session, clock = session_of { endpoint_discovery_enabled = true }
    local log = support.drive(clock, { DENIED, answer {}, answer {}, telling "cell", answer {} },
      function()
        local client = session:client "dynamodb"
        client:ListTables()
        clock.ms = clock.ms + MINUTE_MS - 1
        client:ListTables()
        clock.ms = clock.ms + 2
        client:ListTables()
      end)
    assert.is_true(log.ok, log.failure)
    assert.same({ "dynamodb DescribeEndpoints", "dynamodb ListTables", "dynamodb ListTables",
      "dynamodb DescribeEndpoints", "cell ListTables" }, lines(log))
  end)

  it("that cannot be had is told clearly where there is no other", function()
    local log = calls(1, nil, { DENIED })
    assert.equal("AccessDeniedException", log.failure.code)
    assert.matches("cannot discover the endpoint of timestream-write: timestream-write "
      .. "DescribeEndpoints: AccessDeniedException: no", tostring(log.failure), 1, true)
    assert.matches("allow timestream:DescribeEndpoints to who holds", log.failure.next, 1, true)
    local session, clock = session_of()
    log = support.drive(clock, { DENIED, telling(CELL), answer {} }, function()
      local client = session:client "timestream-write"
      assert.is_false(pcall(client.ListDatabases, client))
      client:ListDatabases()
    end)
    assert.same({ "ingest.timestream DescribeEndpoints", "ingest.timestream DescribeEndpoints",
      "ingest-cell1.timestream ListDatabases" }, lines(log))
    for _, unusable in ipairs { answer {}, answer { Endpoints = {} }, telling "", telling "a b",
      telling "http://elsewhere.example" } do
      log = calls(1, nil, { unusable })
      assert.equal(1, #log.requests)
      assert.is_nil(log.ok)
    end
  end)

  it("is used beyond its end while no other can be had", function()
    local session, clock = session_of()
    local log = support.drive(clock, { telling "a", answer {}, DENIED, answer {}, answer {},
      telling "b", answer {} }, function()
      local client = session:client "timestream-write"
      client:ListDatabases()
      clock.ms = clock.ms + 11 * MINUTE_MS
      client:ListDatabases()
      clock.ms = clock.ms + MINUTE_MS - 1
      client:ListDatabases()
      clock.ms = clock.ms + 2
      client:ListDatabases()
    end)
    assert.is_true(log.ok, log.failure)
    assert.same({ "ingest.timestream DescribeEndpoints", "a ListDatabases",
      "ingest.timestream DescribeEndpoints", "a ListDatabases", "a ListDatabases",
      "ingest.timestream DescribeEndpoints", "b ListDatabases" }, lines(log))
  end)

  it("is each region's and each credentials' own", function()
    local session, clock = session_of()
    local log = support.drive(clock, { telling "a", answer {}, answer {}, telling "b", answer {},
      telling "c", answer {} }, function()
      for _, options in ipairs { {}, { region = "us-east-1" }, { region = "us-west-2" },
        { credentials = { access_key = "A", secret_key = "B" } } } do
        session:client("timestream-write", options):ListDatabases()
      end
    end)
    assert.is_true(log.ok, log.failure)
    assert.same({ "ingest.timestream DescribeEndpoints", "a ListDatabases", "a ListDatabases",
      "ingest.timestream.us-west-2.amazonaws.com DescribeEndpoints", "b ListDatabases",
      "ingest.timestream DescribeEndpoints", "c ListDatabases" }, lines(log))
  end)

  it("is not asked for to sign a URL", function()
    local session, clock = session_of()
    local log = support.drive(clock, {}, function()
      return (session:client "timestream-write":presign "ListDatabases")
    end)
    assert.matches("https://ingest.timestream.us-east-1.amazonaws.com/?", log.result, 1, true)
  end)
end)

-- No service of today has identifiers: a model of the spec's own.
local text <const> = { shape = "Text" }
local function structure(members, required)
  return { type = "structure", members = members, required = required }
end
local MODEL <const> = {
  metadata = { protocol = "json", jsonVersion = "1.0", endpointPrefix = "things", apiVersion = "1",
    serviceId = "Things", signatureVersion = "v4", targetPrefix = "Things" },
  operations = {
    Where = { name = "Where", endpointoperation = true,
      http = { method = "POST", requestUri = "/" }, input = { shape = "WhereInput" },
      output = { shape = "WhereOutput" } },
    Get = { name = "Get", endpointdiscovery = { required = true }, input = { shape = "GetInput" },
      http = { method = "POST", requestUri = "/" }, endpoint = { hostPrefix = "not-" } },
  },
  shapes = {
    Text = { type = "string" }, Long = { type = "long" },
    Ids = { type = "map", key = text, value = text },
    WhereInput = structure { Operation = text, Identifiers = { shape = "Ids" } },
    WhereOutput = structure { Endpoints = { shape = "List" } },
    List = { type = "list", member = { shape = "Endpoint" } },
    Endpoint = structure { Address = text, CachePeriodInMinutes = { shape = "Long" } },
    GetInput = structure { Other = text, Inside = { shape = "Inside" } },
    Inside = structure { Inside = { shape = "Inside" },
      Table = { shape = "Text", endpointdiscoveryid = true } },
  },
}

describe("an endpoint that hangs on what is asked for", function()
  local data = assert(pack.load(service.compile(MODEL, "things")))
  local whole = assert(pack.open())
  local both = { record = function(_, kind, key)
    local found = kind ~= "partitions" and data:record(kind, key) or nil
    if found ~= nil then return found end
    if kind == "partitions" then return whole:record(kind, key) end
  end }
  for _, name in ipairs { "service", "services", "operation", "operations" } do
    both[name] = function(_, ...) return data[name](data, ...) end
  end

  it("is told for each, with the operation and the identifiers", function()
    local session, clock = session_of { data = both }
    local function inside(name) return { Inside = { Inside = { Table = name } } } end
    local log = support.drive(clock, { telling "a", answer {}, telling "b", answer {}, answer {},
      telling "c", answer {} }, function()
      local client = session:client "things"
      for _, params in ipairs { inside "one", inside "two", inside "one", { Other = "x" } } do
        client:Get(params)
      end
    end)
    assert.is_true(log.ok, log.failure)
    assert.same({ "things Where", "a Get", "things Where", "b Get", "a Get", "things Where",
      "c Get" }, lines(log))
    assert.same({ Operation = "Get", Identifiers = { Table = "two" } },
      json.decode(log.requests[3].body))
    assert.same({}, json.decode(log.requests[6].body))
  end)
end)
