-- Endpoints that a service tells, over a real network with AWS's own hosts: many calls at once, the
-- command line, and beside botocore.
local at_once = require "aws.at_once"
local aws = require "aws"
local child = require "spec.support.child"
local fs = require "native.fs"
local hosts = require "spec.support.hosts"
local loop = require "spec.support.loop"

local CELL <const> = "ingest-cell1.timestream.us-east-1.amazonaws.com"
local OTHER <const> = "ingest-cell2.timestream.us-east-1.amazonaws.com"

-- Two calls of one client, whatever becomes of them.
local BOTOCORE <const> = [[
import sys, boto3
service, operation = sys.argv[1:3]
client = boto3.client(service, endpoint_url=(sys.argv[3:] or [None])[0])
for _ in range(2):
    try:
        getattr(client, operation)()
        print("done")
    except Exception:
        print("failed")
]]
local OURS <const> = [[
local aws = require "aws"
local service, operation, url = ...
local client = aws.client(service, { endpoint_url = url })
for _ = 1, 2 do
  local ok = pcall(client.call, client, operation)
  print(ok and "done" or "failed")
end
]]

describe("an endpoint that is told, over a network,", function()
  local world
  setup(function() world = hosts.start() end)
  teardown(function() world:stop() end)

  local function count(wanted)
    local found = 0
    for _, line in ipairs(world:lines()) do
      if line == wanted then found = found + 1 end
    end
    return found
  end

  local function many(calls, env)
    local client = aws.client("timestream-write", { env = world:with(env) })
    local done, faults = 0, {}
    loop(function()
      at_once(calls, calls, function()
        local ok, why = pcall(client.ListDatabases, client)
        if ok then done = done + 1 else faults[#faults + 1] = why end
      end)
    end)
    return done, faults
  end

  it("is asked for once by two hundred calls at once", function()
    world:state { address = CELL, wait_s = 0.3 }
    assert.equal(200, (many(200)))
    assert.equal(1, count "ingest.timestream DescribeEndpoints")
    assert.equal(200, count "ingest-cell1.timestream ListDatabases")
  end)

  it("fails for all of them at once", function()
    world:state { telling = 400, wait_s = 0.3 }
    local done, faults = many(200)
    assert.equal(0, done)
    assert.equal(200, #faults)
    assert.equal(1, count "ingest.timestream DescribeEndpoints")
    assert.equal("AccessDeniedException", faults[200].code)
  end)

  it("is asked for anew once though many are told that it is wrong", function()
    world:state { address = CELL }
    local client = aws.client("timestream-write", { env = world.env })
    loop(function()
      client:ListDatabases()
      world:state { address = OTHER, refused = { CELL, 421, "x" }, wait_s = 0.3 }
      at_once(50, 50, function() client:ListDatabases() end)
    end)
    assert.equal(1, count "ingest.timestream DescribeEndpoints")
    assert.equal(50, count "ingest-cell2.timestream ListDatabases")
  end)

  it("is found by mrun aws", function()
    world:state { address = CELL }
    local said = world:run { child.binary, "aws", "timestream-write", "ListDatabases" }
    assert.equal(0, said.code, said.err)
    assert.same({ "ingest.timestream DescribeEndpoints", "ingest-cell1.timestream ListDatabases" },
      world:lines())
    said = world:run({ child.binary, "aws", "timestream-write", "ListDatabases" },
      { AWS_ENABLE_ENDPOINT_DISCOVERY = "false" })
    assert.equal(1, said.code)
    assert.matches("endpoint_discovery_enabled is false", said.err, 1, true)
    said = world:run { child.binary, "aws", "timestream-write", "ListDatabases", "--endpoint-url",
      "https://" .. OTHER }
    assert.equal(0, said.code, said.err)
  end)

  -- What both send and say, in a state of AWS and an environment.
  local function beside(state, env, service, url)
    local python = { hosts.PYTHON, "-c", BOTOCORE, service[1], service[2], url }
    local script = os.getenv "TMPDIR" .. "/ours.lua"
    local ours = { child.binary, "run", script, service[1], service[3], url }
    assert(fs.replace(script, OURS))
    local found = {}
    for at, command in ipairs { python, ours } do
      world:state(state)
      local said = world:run(command, env)
      assert.equal(0, said.code, said.err)
      found[at] = { said = said.out, lines = world:lines() }
    end
    fs.remove(script)
    return found
  end

  it("is asked for and used as botocore does", function()
    local timestream = { "timestream-write", "list_databases", "ListDatabases" }
    local dynamodb = { "dynamodb", "list_tables", "ListTables" }
    local good = { address = CELL }
    local function wrong(status, code)
      return { address = CELL, ["then"] = { OTHER }, refused = { CELL, status, code } }
    end
    local with_scheme = { address = "https://" .. CELL }
    -- As AWS's reference of settings calls it, and as botocore does.
    local function enabled(value)
      return { AWS_ENABLE_ENDPOINT_DISCOVERY = value, AWS_ENDPOINT_DISCOVERY_ENABLED = value }
    end
    for _, case in ipairs {
      { good, {}, timestream }, { good, {}, dynamodb }, { with_scheme, {}, timestream },
      { good, enabled "true", timestream }, { good, enabled "true", dynamodb },
      { good, enabled "AUTO", timestream }, { good, enabled "auto", dynamodb },
      { good, enabled "false", timestream }, { good, enabled "false", dynamodb },
      { good, {}, timestream, "https://" .. OTHER },
      { good, enabled "false", timestream, "https://" .. OTHER },
      { { telling = 400 }, {}, timestream },
      -- Were the next one wrong too, botocore would ask without end.
      { wrong(400, "InvalidEndpointException"), {}, timestream },
      { wrong(421, "Misdirected"), {}, timestream },
    } do
      local found = beside(table.unpack(case))
      assert.same(found[1], found[2])
    end
  end)
end)
