local rest_text = require "aws.protocol.rest_text"

-- A member as native.pack gives it.
local function member(kind, traits, element)
  return {
    name = "m", traits = traits or {},
    shape = { kind = kind, traits = function() return {} end,
      members = function() return { element } end },
  }
end

describe("scalars in headers and URIs", function()
  it("are written by their kind and place", function()
    local time = member "timestamp"
    assert.equal("Tue, 14 Nov 2023 22:13:20 GMT", rest_text.write(time, 1700000000, "header"))
    assert.equal("2023-11-14T22:13:20Z", rest_text.write(time, 1700000000, "query"))
    assert.equal("2023-11-14T22:13:20.123456Z",
      rest_text.write(time, "2023-11-14T22:13:20.123456789Z", "label"))
    assert.equal("Tue, 14 Nov 2023 22:13:20 GMT",
      rest_text.write(time, "2023-11-14T22:13:20.5Z", "header"))
    assert.equal("1700000000", rest_text.write(
      member("timestamp", { timestampFormat = "unixTimestamp" }), 1700000000, "label"))
    assert.equal("5", rest_text.write(member "integer", 10 / 2, "query"))
    assert.equal("1000000000000000", rest_text.write(member "long", 1e15, "header"))
    assert.equal("true", rest_text.write(member "boolean", true, "query"))
    assert.equal("1.5", rest_text.write(member "double", 1.5, "query"))
    assert.equal("-Infinity", rest_text.write(member "float", -math.huge, "header"))
    assert.equal("9223372036854775807", rest_text.write(member "long", math.maxinteger, "label"))
    assert.equal("AAE=", rest_text.write(member "blob", "\0\1", "header"))
  end)

  it("are written in lists with quotes where they need them", function()
    local list = member("list", nil, member "string")
    assert.equal('a, "b,c", "d\\"e"', rest_text.header(list, { "a", "b,c", 'd"e' }))
    assert.is_nil(rest_text.header(list, {}))
  end)

  it("are read by their kind, and not at all where they are something else", function()
    assert.equal(5, rest_text.read(member "integer", "5"))
    assert.is_nil(rest_text.read(member "integer", "five"))
    assert.is_nil(rest_text.read(member "boolean", "yes"))
    assert.is_false(rest_text.read(member "boolean", "false"))
    assert.equal(1.5, rest_text.read(member "double", "1.5"))
    assert.is_nil(rest_text.read(member "timestamp", "soon"))
    assert.is_nil(rest_text.read(member "double", "0x10"))
    assert.is_nil(rest_text.read(member "double", "1.2.3"))
    assert.equal("float", math.type(rest_text.read(member "float", "2")))
    assert.equal(-math.huge, rest_text.read(member "double", "-Infinity"))
    local nan = rest_text.read(member "double", "NaN")
    assert.is_true(nan ~= nan)
    assert.same({ 1, 3 }, rest_text.read(member("list", nil, member "integer"), "1, x, 3"))
    assert.same({ "", "a" }, rest_text.read(member("list", nil, member "string"), '"", a'))
    assert.same({ 1, 2 }, rest_text.read(member("list", nil, member "integer"), "1, 2"))
    assert.same({ "a", "b,c", 'd"e' },
      rest_text.read(member("list", nil, member "string"), 'a, "b,c", "d\\"e"'))
    assert.same({ 1700000000, 1700000001 }, rest_text.read(
      member("list", nil, member "timestamp"),
      "Tue, 14 Nov 2023 22:13:20 GMT, Tue, 14 Nov 2023 22:13:21 GMT"))
  end)
end)
