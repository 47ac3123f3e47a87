-- Events over a network: each is there when it has been sent, and not when the answer ends.
local Server = require "spec.support.server"
local child = require "spec.support.child"
local fs = require "native.fs"
local sys = require "native.sys"

local FOLDER <const> = os.getenv "TMPDIR" .. "/events"
local ENVIRONMENT <const> = "env -i PATH=/usr/bin:/bin AWS_ACCESS_KEY_ID=AKID "
  .. "AWS_SECRET_ACCESS_KEY=SECRET AWS_REGION=eu-west-1 "
local INPUT <const> = '{"ConsumerARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/'
  .. 'c:1","ShardId":"s-1","StartingPosition":{"Type":"LATEST"}}'

-- Takes events with `body`; `go` lets the next one be sent.
local SCRIPT <const> = [[
local aws, json, url = require "aws", require "json", ...
local client = aws.client("kinesis", { endpoint_url = url })
local function go() coroutine.yield { http = { url = url:match "^%%a+://[^/]+" .. "/go" } } end
local result = client:SubscribeToShard(json.decode '%s')
local function number(event) return event.SubscribeToShardEvent.MillisBehindLatest end
%s
]]

describe("events over a network", function()
  local server
  setup(function()
    assert(fs.mkdir(FOLDER))
    server = Server.start "event_server.py"
  end)
  teardown(function()
    server:stop()
    os.execute("rm -r '" .. FOLDER .. "'")
  end)

  local function run(path, body)
    assert(fs.replace(FOLDER .. "/script.lua", SCRIPT:format(INPUT, body)))
    return assert(sys.run({ "/bin/sh", "-c", ENVIRONMENT .. child.binary .. " run " .. FOLDER
      .. "/script.lua " .. server:url(path) }, { timeout_ms = 60000 }))
  end

  it("are there before the next one is sent", function()
    local said = run("/", [[
      for event in result.EventStream do print(number(event)) go() end
      print(result.EventStream:next())]])
    assert.are.same({ "1\n2\n3\nnil\n", "" }, { said.out, said.err })
  end)

  it("are let go of when they are closed", function()
    local said = run("/wait", [[
      do
        local events <close> = result.EventStream
        print(number(events()))
      end
      print(result.EventStream:next())
      go()]])
    assert.are.same({ "1\nnil\n", "" }, { said.out, said.err })
  end)

  it("end with the exception that comes among them, or with the connection", function()
    local said = run("/fault", [[
      print(number(result.EventStream:next()))
      print(result.EventStream:next())]])
    assert.are.equal("1\n", said.out)
    assert.matches("kinesis SubscribeToShard: InternalFailureException: all gone", said.err)
    said = run("/cut", [[
      print(number(result.EventStream:next()))
      print(result.EventStream:next())]])
    assert.are.equal("1\n", said.out)
    assert.matches("kinesis SubscribeToShard: no answer from 127.0.0.1", said.err)
    assert.are.equal(1, said.code)
  end)

  local function call(words, more)
    return assert(sys.run({ "/bin/sh", "-c", ("%s %s aws kinesis SubscribeToShard "
      .. "--endpoint-url %s --input '%s' %s"):format(ENVIRONMENT, child.binary, server:url(words),
      INPUT, more or "") }, { timeout_ms = 60000 }))
  end

  it("are printed by mrun aws as they come, a line each", function()
    local said = call("/", "--query SubscribeToShardEvent.MillisBehindLatest | while read line; do "
      .. 'echo "[$line]"; curl -sS ' .. server:url "/go; done")
    assert.are.same({ "[1]\n[2]\n[3]\n", "" }, { said.out, said.err })
    said = call("/cut", "--debug")
    assert.are.equal('{"SubscribeToShardEvent":{"ContinuationSequenceNumber":"1",'
      .. '"MillisBehindLatest":1,"Records":[]}}\n', said.out)
    assert.matches("< %(events, as they come%)\n", said.err)
    assert.matches("no answer from 127.0.0.1", said.err)
  end)

  it("are waited for until somebody interrupts", function()
    local said = assert(sys.run({ "/bin/sh", "-c", ("%s timeout -s INT 1 %s aws kinesis "
      .. "SubscribeToShard --endpoint-url %s --input '%s'"):format(ENVIRONMENT, child.binary,
      server:url "/wait", INPUT) }, { timeout_ms = 60000 }))
    assert.matches('^{"SubscribeToShardEvent":.*}\n$', said.out)
    assert.matches("interrupted", said.err)
    server:stop()
    server = Server.start "event_server.py"
  end)
end)
