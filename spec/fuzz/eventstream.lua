-- Event streams: whole or byte by byte they say the same, what is read is written as it was; and
-- the events of it by a service's model. The bytes are taken as they are, and as headers and
-- payload of a message whose checksums are right.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local native = require "native.eventstream"
local pack = require "native.pack"
local protocol = require "aws.protocol"

local data = assert(pack.open "build/aws.data")

local function framed(bytes)
  local headers = (bytes:byte(1) or 0) % math.max(1, #bytes)
  local rest = bytes:sub(2)
  headers = math.min(headers, #rest)
  local prelude = string.pack(">I4I4", #rest + 16, headers)
  prelude = prelude .. string.pack(">I4", crypto.crc32(prelude))
  return prelude .. rest .. string.pack(">I4", crypto.crc32(prelude .. rest))
end

local function read(bytes, step)
  local reader, messages = native.reader(), {}
  for at = 1, #bytes, step do
    assert(reader:feed(bytes:sub(at, at + step - 1)))
    local message, why
    repeat
      message, why = reader:next()
      messages[#messages + 1] = message
    until not message
    if why then return messages, why.message end
  end
  local whole, why = reader:finish()
  return messages, not whole and why.message or nil
end

local function check(bytes)
  local whole, why = read(bytes, math.max(1, #bytes))
  local pieces, cause = read(bytes, 1)
  assert(#whole == #pieces and why == cause, "in pieces it says something else")
  local at = 1
  for _, message in ipairs(whole) do
    local written = native.encode(message)
    assert(bytes:sub(at, at + #written - 1) == written, "it is written otherwise")
    at = at + #written
  end
end

local function open(service, operation)
  local record = data:service(service)
  return { service = record, operation = data:operation(service, operation), params = {},
    protocol = protocol.of(record), attempt = 1, endpoint = { url = "https://localhost" } }
end

local CALLS <const> = { open("s3", "SelectObjectContent"), open("kinesis", "SubscribeToShard"),
  open("bedrock-runtime", "ConverseStream") }

local function events(call, bytes)
  local response = { status = 200, headers = {}, body = bytes }
  local result, why = call.protocol.result(call, response)
  if not result then return assert(why) end
  for _, member in pairs(result) do
    if type(member) == "table" and member.all then member:all() end
  end
end

return function(bytes)
  for _, stream in ipairs { bytes, framed(bytes), framed(bytes) .. framed(bytes) } do
    check(stream)
    for _, call in ipairs(CALLS) do
      local ok, why = pcall(events, call, stream)
      assert(ok or failure.is(why), why)
    end
  end
end
