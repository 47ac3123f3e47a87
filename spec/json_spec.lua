local json = require "json"

local function round(text)
  return json.encode(assert(json.decode(text)))
end

describe("json", function()
  it("keeps integers, floats and long integers as they were written", function()
    assert.are.equal('{"a":1,"b":2.5,"c":9007199254740993,"d":-9223372036854775808}',
      round '{"d":-9223372036854775808,"c":9007199254740993,"b":2.5,"a":1.0}')
    assert.are.equal("integer", math.type(json.decode("[8]")[1]))
    assert.are.equal("[0.12345678901234568]", round "[0.12345678901234568]")
    assert.are.equal("[1.8446744073709552e+19]", round "[18446744073709551615]")
    assert.are.equal("[1.2345678901234568e+20]", round "[123456789012345678e3]")
  end)

  it("tells an empty list from an empty map, also between strings that look like one", function()
    assert.are.equal('{"l":[],"m":{},"s":"[] 12345678901234567890 \\" []"}',
      round '{"s":"[] 12345678901234567890 \\" []", "l": [ ], "m": {}}')
    assert.are.equal("list", getmetatable(json.decode("[]")).__name)
  end)

  it("is not misled by text that looks like its own marks", function()
    assert.are.equal('["\xff","\xff\xff7",[],12345678901234567]',
      round '["\xff","\xff\xff7",[],12345678901234567]')
  end)

  it("writes keys sorted and control characters escaped, the same bytes for the same value",
    function()
    assert.are.equal('{"a":"\\u0001\\n\\"\\\\","b":[true,false]}',
      json.encode { b = { true, false }, a = '\1\n"\\' })
  end)

  it("drops null members and refuses null in a list", function()
    assert.are.equal("{}", round '{"a":null}')
    local value, failure = json.decode("[1,null]")
    assert.is_nil(value)
    assert.are.equal("JSON: null has no place in a list (line 1, column 8)", tostring(failure))
  end)

  it("says where a broken text breaks", function()
    local value, failure = json.decode('{\n  "a": ]\n}', { name = "state.json" })
    assert.is_nil(value)
    assert.is_truthy(tostring(failure):find("state.json: no JSON value", 1, true))
    assert.is_truthy(tostring(failure):find("line 2, column 8", 1, true))
    for _, text in ipairs { "", "nan", "[1,]", '{"a":0x10}', '"open', "[] []", "[1", "Infinity" } do
      assert.is_nil((json.decode(text)), text)
    end
  end)

  it("keeps limits of depth and size", function()
    assert.is_nil((json.decode(("["):rep(300) .. ("]"):rep(300))))
    assert.is_nil((json.decode("[1,2,3]", { max_bytes = 5 })))
    local loop = {}
    loop.loop = loop
    assert.has_error(function() json.encode(loop) end)
  end)

  it("refuses what JSON has no word for", function()
    for _, v in ipairs { { print }, { 0 / 0 }, { math.huge }, { 1, x = 2 }, { [{}] = 1 } } do
      assert.has_error(function() json.encode(v) end)
    end
  end)
end)
