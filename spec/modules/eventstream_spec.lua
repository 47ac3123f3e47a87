local crypto = require "native.crypto"
local eventstream = require "native.eventstream"

local FIELDS <const> = {
  { name = "yes", type = "true", value = true },
  { name = "no", type = "false", value = false },
  { name = "byte", type = "byte", value = -50 },
  { name = "short", type = "short", value = -20000 },
  { name = "integer", type = "integer", value = 500000 },
  { name = "long", type = "long", value = math.mininteger },
  { name = "bytes", type = "bytes", value = "\0\xff" },
  { name = "string", type = "string", value = "some text, é" },
  { name = "time", type = "timestamp", value = 1398796238500 },
  { name = "id", type = "uuid", value = "b79b9c91-4de2-4e13-b8b2-bc47e85b7f0b" },
}

local function read(bytes)
  local reader = eventstream.reader()
  reader:feed(bytes)
  return reader:next()
end

local function number(value) return string.pack(">I4", value) end

local function checksum(bytes) return number(crypto.crc32(bytes)) end

--- A message with any header bytes, and right checksums.
local function framed(headers, payload, lengths)
  local len = 16 + #headers + #payload
  local prelude = (lengths or number(len) .. number(#headers))
  prelude = prelude .. checksum(prelude)
  local all = prelude .. headers .. payload
  return all .. checksum(all)
end

local function refused(bytes, reason)
  local message, failure = read(bytes)
  assert.is_nil(message)
  assert.matches("decode the event at byte 1: " .. reason, tostring(failure), 1, true)
end

describe("an event stream", function()
  it("carries headers of every type, and a payload", function()
    local bytes = eventstream.encode { fields = FIELDS, payload = "{}" }
    local message = assert(read(bytes))
    assert.are.same(FIELDS, message.fields)
    assert.are.equal("{}", message.payload)
    for _, field in ipairs(FIELDS) do assert.are.equal(field.value, message.headers[field.name]) end
    assert.are.equal(bytes, eventstream.encode(message))
  end)

  it("may have neither headers nor payload", function()
    local message = read(eventstream.encode {})
    assert.are.same({ headers = {}, fields = {}, payload = "" }, message)
    assert.are.equal(16, #eventstream.encode {})
  end)

  it("is read as it comes, byte by byte", function()
    local one = eventstream.encode { fields = FIELDS, payload = ("x"):rep(100) }
    local stream, reader, found = one .. eventstream.encode {} .. one, eventstream.reader(), {}
    for at = 1, #stream do
      assert(reader:feed(stream:sub(at, at)))
      local message, failure = reader:next()
      assert.is_nil(failure)
      if message then found[#found + 1] = at end
    end
    assert.are.same({ #one, #one + 16, #stream }, found)
    assert.is_true(reader:finish())
  end)

  it("gives many messages of one chunk, and says where it was cut", function()
    local one, reader = eventstream.encode { payload = "1" }, eventstream.reader()
    reader:feed(one:rep(3) .. one:sub(1, -2))
    for _ = 1, 3 do assert.are.equal("1", reader:next().payload) end
    assert.is_nil(reader:next())
    local fine, failure = reader:finish()
    assert.is_nil(fine)
    assert.matches("the event at byte 52: it is cut", tostring(failure), 1, true)
  end)

  it("stays refused once it is damaged", function()
    local one, reader = eventstream.encode { payload = "1" }, eventstream.reader()
    reader:feed(one .. ("\0"):rep(16) .. one)
    assert.is_table(reader:next())
    for _ = 1, 2 do
      local message, failure = reader:next()
      assert.is_nil(message)
      assert.matches("byte 18: the checksum of its lengths", tostring(failure), 1, true)
    end
    assert.is_nil(reader:finish())
  end)

  it("refuses every message with a byte changed", function()
    local bytes = eventstream.encode { fields = FIELDS, payload = "payload" }
    for at = 1, #bytes do
      local changed = bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1) .. bytes:sub(at + 1)
      local message, failure = read(changed)
      assert.is_nil(message)
      assert.matches("checksum", tostring(failure))
    end
  end)

  it("refuses lengths that make no sense, before more is read", function()
    local function prelude(len, headers)
      local lengths = number(len) .. number(headers)
      return lengths .. checksum(lengths)
    end
    refused(prelude(15, 0), "its lengths make no sense")
    refused(prelude(0, 0), "its lengths make no sense")
    refused(prelude(20, 5), "its lengths make no sense")
    refused(prelude(20, 0xffffffff), "longer than a message may be")
    refused(prelude(0xffffffff, 0), "longer than a message may be")
    refused(prelude(1 << 20, (128 << 10) + 1), "longer than a message may be")
    assert.is_nil((select(2, read(prelude(24 << 20, 128 << 10)))))
  end)

  it("refuses headers that make no sense", function()
    refused(framed("\3ab", ""), "a header that is cut")
    refused(framed("\1a", ""), "a header that is cut")
    refused(framed("\0\0", ""), "a header with no fit name")
    refused(framed("\1\xff\0", ""), "a header with no fit name")
    refused(framed("\128" .. ("a"):rep(128) .. "\0", ""), "a header with no fit name")
    refused(framed("\1a\10", ""), "a header of an unknown type")
    refused(framed("\1a\4\0\0\0", "1234"), "a header that is cut")
    refused(framed("\1a\7\0\9abc", "123456789"), "a header that is cut")
    refused(framed("\1a\7\xff\xff", "x"), "a header longer than one may be")
    refused(framed("\1a\7\0\2\xc0\x80", ""), "a header that is no text")
    refused(framed("\1a\7\0\3\xed\xa0\x80", ""), "a header that is no text")
    refused(framed("\1a\7\0\1\xe9", ""), "a header that is no text")
    refused(framed("\1a\0\1a\1", ""), "a header that stands twice")
    assert.are.equal("é𝄞", read(framed("\1a\7\0\6é𝄞", "")).headers.a)
  end)

  it("refuses every cut in a header", function()
    local headers = eventstream.encode { fields = FIELDS }:sub(13, -5)
    local whole = { [0] = true }
    for count = 1, #FIELDS do
      local some = table.move(FIELDS, 1, count, 1, {})
      whole[#eventstream.encode { fields = some } - 16] = true
    end
    for len = 0, #headers do
      local message = read(framed(headers:sub(1, len), ""))
      assert.are.equal(whole[len] or false, message ~= nil, len)
    end
  end)

  it("does not write what is no message", function()
    for _, field in ipairs {
      { value = "x" }, { name = "", value = "x" }, { name = ("a"):rep(128), value = "x" },
      { name = "a", type = "date", value = 1 }, { name = "a", type = "byte", value = 128 },
      { name = "a", type = "integer", value = 1 << 31 }, { name = "a", type = "uuid", value = "1" },
      { name = "a", value = ("x"):rep(32768) }, { name = "a", type = "long", value = "x" },
    } do
      assert.has_error(function() eventstream.encode { fields = { field } } end)
    end
    assert.has_error(function() eventstream.encode { payload = ("x"):rep(24 << 20) } end)
  end)
end)
