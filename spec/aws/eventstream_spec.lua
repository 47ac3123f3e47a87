local cbor = require "native.cbor"
local eventstream = require "aws.eventstream"
local native = require "native.eventstream"
local support = require "spec.aws.support"

local function message(headers, payload, types)
  local fields = {}
  for name, value in pairs(headers) do
    fields[#fields + 1] = { name = name, value = value, type = (types or {})[name] or "string" }
  end
  return native.encode { fields = fields, payload = payload }
end

local function event(name, payload)
  return message({ [":message-type"] = "event", [":event-type"] = name }, payload)
end

--- Calls an operation that is answered with these bytes, and does `use` with its result.
local function call(client, operation, params, bytes, use)
  local session, clock = support.session { max_attempts = 1 }
  return support.drive(clock, { support.answer(200, bytes) }, function()
    return use(session:client(client):call(operation, params))
  end)
end

local SELECT <const> = { Bucket = "b", Key = "k", Expression = "SELECT *", ExpressionType = "SQL",
  InputSerialization = { CSV = {} }, OutputSerialization = { CSV = {} } }

local function select_content(bytes, use)
  return call("s3", "SelectObjectContent", SELECT, bytes, use or function(result)
    return result.Payload:all()
  end)
end

local function subscribe(bytes, use)
  return call("kinesis", "SubscribeToShard", { ConsumerARN = "arn:aws:kinesis:eu-west-1:1:stream/s",
    ShardId = "s-1", StartingPosition = { Type = "LATEST" } }, bytes, use)
end

describe("the events of an answer", function()
  it("are given one by one, by the model", function()
    local stats = "<Stats><BytesScanned>9007199254740993</BytesScanned></Stats>"
    local log = select_content(event("Records", "a,b\n") .. event("Cont", "")
      .. event("Stats", stats) .. event("End", ""), function(result)
      local found = {}
      for each in result.Payload do found[#found + 1] = each end
      return found
    end)
    assert.are.same({
      { Records = { Payload = "a,b\n" } }, { Cont = {} },
      { Stats = { Details = { BytesScanned = 9007199254740993 } } }, { End = {} },
    }, log.result)
  end)

  it("are none where the answer is empty, and a list when asked for", function()
    local log = select_content("", function(result)
      assert.is_true(eventstream.is(result.Payload))
      return result.Payload:all()
    end)
    assert.are.same({}, log.result)
    assert.are.equal("list", getmetatable(log.result).__name)
  end)

  it("hold nothing of the call for who prints them", function()
    local log = select_content(event("Records", "1"), function(result) return result end)
    assert.is_nil(next(log.result.Payload))
  end)

  it("that the model does not know are passed over", function()
    local log = select_content(event("Later", "x") .. event("Records", "1")
      .. message({ [":message-type"] = "news" }, ""))
    assert.are.same({ { Records = { Payload = "1" } } }, log.result)
  end)

  it("are read in pieces, however long they are", function()
    local long = ("x"):rep(300000)
    local log = select_content(event("Records", long) .. event("Records", "y"))
    assert.are.same({ { Records = { Payload = long } }, { Records = { Payload = "y" } } },
      log.result)
  end)

  it("of an RPC protocol follow a message with the other members", function()
    local bytes = event("initial-response", "{}") .. event("SubscribeToShardEvent",
      '{"ContinuationSequenceNumber":"7","MillisBehindLatest":0,"Records":[{"Data":"AP8=",'
      .. '"PartitionKey":"p","SequenceNumber":"6"}]}')
    local log = subscribe(bytes, function(result) return result.EventStream:all() end)
    assert.are.same({ { SubscribeToShardEvent = {
      ContinuationSequenceNumber = "7", MillisBehindLatest = 0,
      Records = { { Data = "\0\xff", PartitionKey = "p", SequenceNumber = "6" } },
    } } }, log.result)
  end)

  it("end with the exception that the service sends", function()
    local bytes = event("initial-response", "{}") .. message({ [":message-type"] = "exception",
      [":exception-type"] = "ResourceInUseException" }, '{"message":"in use"}')
    local log = subscribe(bytes, function(result) return result.EventStream:all() end)
    assert.are.equal("ResourceInUseException", log.failure.code)
    assert.are.equal("in use", log.failure.message)
    assert.matches("kinesis SubscribeToShard: ResourceInUseException: in use", log.failure.what)
  end)

  it("end with an error that is in no model", function()
    local log = select_content(event("Records", "1") .. message({ [":message-type"] = "error",
      [":error-code"] = "InternalError", [":error-message"] = "It broke" }, ""))
    assert.are.equal("InternalError", log.failure.code)
    assert.are.equal("It broke", log.failure.message)
    log = select_content(message({ [":message-type"] = "error", [":error-code"] = 1,
      [":error-message"] = true }, "", { [":error-code"] = "byte", [":error-message"] = "true" }))
    assert.are.equal("UnknownError", log.failure.code)
  end)

  it("are told apart from what was damaged, cut, or is of another format", function()
    local good = event("Records", "1")
    for bytes, reason in pairs {
      [good .. good:sub(1, -2)] = "at byte 62: it is cut",
      [good:sub(1, -2) .. "\0"] = "its checksum is wrong",
      ["<html></html>"] = "checksum",
      [event("Stats", "<Stats><")] = "no element",
      [event("Stats", "<Stats><BytesScanned>x</BytesScanned></Stats>")] = "another type",
    } do
      local log = select_content(bytes)
      assert.are.equal("UnreadableAnswer", log.failure.code)
      assert.matches("s3 SelectObjectContent: HTTP 200", log.failure.what)
      if reason ~= "no element" then assert.matches(reason, log.failure.what, 1, true) end
    end
    local log = subscribe("not a stream", function(result) return result end)
    assert.are.equal("UnreadableAnswer", log.failure.code)
  end)
end)

local SHAPES <const> = {
  Thing = { type = "structure", members = {
    Id = { shape = "String" }, Events = { shape = "Events" } } },
  Events = { type = "structure", eventstream = true, members = { Tick = { shape = "Tick" } } },
  Tick = { type = "structure", event = true, members = {
    At = { shape = "Time", eventheader = true }, Count = { shape = "Integer", eventheader = true },
    Name = { shape = "String", eventheader = true }, On = { shape = "Bool", eventheader = true },
    Raw = { shape = "Blob", eventheader = true }, Text = { shape = "String" } } },
  String = { type = "string" }, Time = { type = "timestamp" }, Integer = { type = "integer" },
  Bool = { type = "boolean" }, Blob = { type = "blob" },
}

describe("an event in CBOR", function()
  local rpc = require "aws.protocol.rpc_v2_cbor"
  local operation = require("spec.support.model").operation(SHAPES)
  local call_of = { operation = operation, attempt = 1, endpoint = { url = "https://x" },
    service = { name = "model", metadata = { targetPrefix = "Model" } }, params = {} }

  local function events(bytes)
    local response = { status = 200, headers = {}, body = bytes }
    local result = assert(rpc.result(call_of, response))
    return result.Events:all(), result
  end

  local function tick(values, types, payload)
    values[":event-type"] = "Tick"
    return message(values, payload or "", types)
  end

  it("has members in its headers and in its payload", function()
    local list, result = events(event("initial-response", cbor.encode(nil, { Id = "i" }))
      .. tick({ At = 1398796238500, Count = -3, Name = "n", On = true, Raw = "\0" },
        { At = "timestamp", Count = "short", On = "true", Raw = "bytes" },
        cbor.encode(nil, { Text = "t" })) .. tick({ At = 2000 }, { At = "timestamp" }))
    assert.are.equal("i", result.Id)
    assert.are.same({ { Tick = { At = 1398796238.5, Count = -3, Name = "n", On = true, Raw = "\0",
      Text = "t" } }, { Tick = { At = 2 } } }, list)
    assert.are.equal("integer", math.type(list[2].Tick.At))
  end)

  it("needs no first message", function()
    assert.are.same({ { Tick = { Text = "t" } } }, events(tick({}, {}, "\xa1\x64Text\x61t")))
  end)

  it("has headers of the types that the model says", function()
    for name, type_name in pairs { At = "long", Count = "long", Name = "bytes", On = "byte",
      Raw = "string" } do
      local value = (name == "Name" or name == "Raw") and "x" or 1
      local ok, failure = pcall(events, tick({ [name] = value }, { [name] = type_name }))
      assert.is_false(ok)
      assert.matches("header " .. name .. " is of another type", failure.what, 1, true)
    end
  end)

  it("is asked for", function()
    local request = rpc.request(call_of)
    assert.are.equal("application/vnd.amazon.eventstream", request.headers.accept)
    assert.are.equal("application/cbor", request.headers["content-type"])
  end)
end)
