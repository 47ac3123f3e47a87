local json = require "native.json"
local model = require "spec.support.model"
local wire = require "spec.support.wire"

local function refused(bytes, reason, options)
  local value, failure = json.decode(nil, bytes, options)
  wire.refused(value, failure, reason)
end

describe("free JSON", function()
  it("reads every kind of value", function()
    assert.are.same({ a = { 1, 2.5, "x", true, false }, b = { c = {} } },
      json.decode(nil, ' {"a": [1, 2.5, "x", true, false],\r\n\t"b": {"c": {}}} '))
    assert.are.equal("integer", math.type(json.decode(nil, "1")))
    assert.are.equal("float", math.type(json.decode(nil, "1.0")))
  end)

  it("keeps 64-bit integers exact, and the empty list a list", function()
    assert.are.equal(math.maxinteger, json.decode(nil, "9223372036854775807"))
    assert.are.equal(math.mininteger, json.decode(nil, "-9223372036854775808"))
    assert.are.equal("list", getmetatable(json.decode(nil, "[]")).__name)
    assert.is_nil(getmetatable(json.decode(nil, "{}")))
    assert.are.equal('{"a":[],"b":{}}', json.encode(nil, json.decode(nil, '{"b":{},"a":[]}')))
  end)

  it("leaves nulls out of maps and keeps their place in lists", function()
    assert.are.same({ b = 1 }, json.decode(nil, '{"a":null,"b":1}'))
    local list = json.decode(nil, "[1,null,2]")
    assert.are.equal(json.null, list[2])
    assert.are.equal("[1,null,2]", json.encode(nil, list))
    assert.are.equal(json.null, json.decode(nil, "null"))
    local all = json.decode(nil, '{"a":null,"b":1}', { nulls = true })
    assert.are.same({ a = json.null, b = 1 }, all)
  end)

  it("reads escapes, pairs of them, and half a pair as no character", function()
    assert.are.equal('"\\/\b\f\n\r\té😀',
      json.decode(nil, [["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"]]))
    assert.are.equal("\xef\xbf\xbdx", json.decode(nil, [["\ud800x"]]))
    assert.are.equal("\xef\xbf\xbd\xef\xbf\xbd", json.decode(nil, [["\ud800\ud800"]]))
    assert.are.equal("a\0b", json.decode(nil, [["a\u0000b"]]))
  end)

  it("reads a text of every length, with what is special at every place in it", function()
    for _, len in ipairs { 0, 1, 6, 7, 8, 9, 17 } do
      local plain = ("x"):rep(len)
      assert.are.same({ [plain] = plain },
        json.decode(nil, ('{"%s":"%s"}'):format(plain, plain)))
      for at = 0, len do
        local before, behind = plain:sub(1, at), plain:sub(at + 1)
        for escape, char in pairs { ["\\n"] = "\n", ['\\"'] = '"', ["\xc3\xa9"] = "\xc3\xa9" } do
          local text, written = before .. char .. behind, before .. escape .. behind
          assert.are.same({ [text] = { text } },
            json.decode(nil, ('{"%s":["%s"]}'):format(written, written)))
        end
        refused(('["%s\31%s"]'):format(before, behind),
          ("byte %d: a string without its end"):format(at + 3))
        refused('"' .. before .. "\\", "no such escape")
      end
    end
  end)

  it("writes sorted keys, so that the same value is the same text", function()
    assert.are.equal('{"a":1,"aa":2,"b":{"x":"\\u0001\\"\\n"}}',
      json.encode(nil, { b = { x = '\1"\n' }, aa = 2, a = 1 }))
    assert.are.equal("[0.1,100,1e+300]", json.encode(nil, { 0.1, 100.0, 1e300 }))
  end)

  it("keeps long decimals as they are written, when asked", function()
    local text = "[3.14159265358979323846,12345678901234567890,1.5,0.1,1e400]"
    local list = json.decode(nil, text, { exact = true })
    assert.are.equal("12345678901234567890", tostring(list[2]))
    assert.are.equal(1.5, list[3])
    assert.are.equal(text, json.encode(nil, list))
    assert.are.equal(1.2345678901234567e19, json.decode(nil, "12345678901234567890"))
  end)

  it("refuses what only resembles JSON, and says where", function()
    refused("", "byte 1: no JSON value")
    refused("[1,]", "no JSON value")
    refused('{"a":1,}', "expected a string")
    refused("{a:1}", "expected a string")
    refused("[1 2]", "expected a comma")
    refused("01", "leading zeros")
    refused("1.", "digits behind its point")
    refused("1e", "digits in its exponent")
    refused("+1", "no JSON value")
    refused("nul", "no JSON value")
    refused('"a', "without its end")
    refused('"a\nb"', "without its end")
    refused('"\\x"', "no such escape")
    refused('"\\u12g4"', "hexadecimal")
    refused("1 2", "behind the value")
    refused("[1", "expected a comma")
  end)

  it("has limits of depth and size", function()
    refused(("["):rep(100000), "nested too deep")
    refused(('{"a":'):rep(100000), "nested too deep")
    refused("[1,2,3]", "longer than the limit", { max_bytes = 3 })
  end)

  it("refuses to write what JSON has no word for", function()
    wire.writes_none_of(json, { print, 0 / 0, 1 / 0, { 1, nil, 3 }, { 1, a = 2 }, { [2] = 1 } })
  end)
end)

local SHAPES = wire.SHAPES

local function both(member, value, text)
  local shape = model.shape({ M = member }, SHAPES)
  assert.are.equal(('{"M":%s}'):format(text), json.encode(shape, { M = value }))
  assert.are.same({ M = value }, json.decode(shape, ('{"M":%s}'):format(text)))
end

describe("JSON by a shape", function()
  it("writes and reads every kind", function()
    both("string", "é\n", '"é\\n"')
    both("long", math.maxinteger, "9223372036854775807")
    both("double", 0.1, "0.1")
    both("boolean", false, "false")
    both("blob", "\0\xff", '"AP8="')
    both("timestamp", 1398796238.5, "1398796238.5")
    both("Iso", 1398796238, '"2014-04-29T18:30:38Z"')
    both("Http", 1398796238, '"Tue, 29 Apr 2014 18:30:38 GMT"')
    both("Strings", { "a", "b" }, '["a","b"]')
    both("Map", { a = 1, b = 2 }, '{"a":1,"b":2}')
    both("Free", { x = { 1, { y = true } } }, '{"x":[1,{"y":true}]}')
    both("Choice", { A = "x" }, '{"A":"x"}')
    both({ shape = "string", locationName = "M" }, "x", '"x"')
  end)

  it("writes what is not a number as JSON allows", function()
    local shape = model.shape { M = "double" }
    assert.are.equal('{"M":"NaN"}', json.encode(shape, { M = 0 / 0 }))
    assert.are.equal('{"M":"-Infinity"}', json.encode(shape, { M = -1 / 0 }))
    assert.are.equal(1 / 0, json.decode(shape, '{"M":"Infinity"}').M)
  end)

  it("keeps integers of any length, and every digit of a document", function()
    local shape = model.shape({ N = "long", D = "Free" }, SHAPES)
    local text = '{"D":{"x":0.12345678901234567890123},"N":-123456789012345678901234567890}'
    local value = json.decode(shape, text)
    assert.are.equal("-123456789012345678901234567890", tostring(value.N))
    assert.are.equal(text, json.encode(shape, value))
    assert.are.equal(9223372036854775807,
      json.decode(shape, '{"N":9223372036854775807}').N)
    local _, failure = json.encode(model.shape { N = "integer" }, { N = value.D.x })
    assert.matches("N: must be a whole number", tostring(failure))
  end)

  it("remembers the order of keys where it is asked to", function()
    local text = '{"b":{"z":1,"\\u0061":[{"d":1,"c":2}]},"a":2}'
    local value = json.decode(nil, text, { order = true })
    assert.are.same({ "b", "a" }, getmetatable(value).order)
    assert.are.same({ "z", "a" }, getmetatable(value.b).order)
    assert.are.same({ "d", "c" }, getmetatable(value.b.a[1]).order)
    assert.is_nil(getmetatable(json.decode(nil, '{"b":1}')))
  end)

  it("uses the names on the wire", function()
    local shape = model.shape { Name = { shape = "string", locationName = "name" } }
    assert.are.equal('{"name":"x"}', json.encode(shape, { Name = "x" }))
    assert.are.same({ Name = "x" }, json.decode(shape, '{"name":"x","Name":"y"}'))
  end)

  it("skips what the model does not know, and nulls", function()
    local shape = model.shape { A = "string", B = "integer" }
    assert.are.same({ B = 2 }, json.decode(shape, '{"x":{"y":[1,{"z":null}]},"A":null,"B":2}'))
    assert.are.same({}, json.decode(shape, " "))
  end)

  it("keeps nulls where the model says sparse", function()
    wire.keeps_nulls(json, '{"L":["a",null],"M":{"a":null},"D":{"a":null,"b":1}}',
      '{"L":["a",null],"M":{"a":null}}')
  end)

  it("reads a long answer whose words come again and again", function()
    local shape = model.shape({ Rows = { shape = "Rows" } }, {
      Rows = { type = "list", member = { shape = "Row" } },
      Row = { type = "structure", members = { A = { shape = "string" }, Words = { shape = "Map" },
        LongerName = { shape = "string" }, LongerNames = { shape = "string" } } },
      Map = { type = "map", key = { shape = "string" }, value = { shape = "string" } },
    })
    local parts, want = {}, {}
    for i = 1, 120 do
      local word, long = "word " .. i % 40, ("%d is the number"):format(i % 7):sub(1, i % 20)
      parts[i] = ('{ "A" :"%s","Words":{"%s":"%s","":""},"LongerName":"%s" , "LongerNames":"b"}')
        :format(word, long, word, long)
      want[i] = { A = word, Words = { [long] = word, [""] = "" }, LongerName = long,
        LongerNames = "b" }
      if i % 17 == 0 then parts[i], want[i] = "null", json.null end
    end
    local text = "[" .. table.concat(parts, ",") .. "]"
    assert.are.same({ Rows = want }, json.decode(shape, ('{"Rows":%s}'):format(text)))
    assert.are.same(want, json.decode(nil, text))
    for _, count in ipairs { 0, 1, 15, 16, 17, 32, 33, 65 } do
      local list = json.decode(shape, ('{"Rows":[%s]}'):format(table.concat(parts, ",", 1, count)))
      assert.are.same(table.move(want, 1, count, 1, {}), table.move(list.Rows, 1, count, 1, {}))
      assert.are.equal(count, #list.Rows)
    end
  end)

  it("marks an empty list", function()
    local shape = model.shape({ L = "Strings", M = "Map" }, SHAPES)
    local value = json.decode(shape, '{"L":[],"M":{}}')
    assert.are.equal("list", getmetatable(value.L).__name)
    assert.is_nil(getmetatable(value.M))
    assert.are.equal('{"L":[],"M":{}}', json.encode(shape, value))
  end)

  it("reads numbers however they are written, and a time it cannot read as text", function()
    local shape = model.shape { N = "integer", T = "timestamp", S = "string" }
    assert.are.same({ N = 1000 }, json.decode(shape, '{"N":1e3}'))
    assert.are.same({ N = 5 }, json.decode(shape, '{"N":"5"}'))
    assert.are.same({ T = 1398796238 }, json.decode(shape, '{"T":"2014-04-29T18:30:38Z"}'))
    assert.are.same({ T = "soon" }, json.decode(shape, '{"T":"soon"}'))
    assert.are.same({ S = 5 }, json.decode(shape, '{"S":5}'))
  end)

  it("carries a value in a text", function()
    local shape = model.shape { M = { shape = "string", jsonvalue = true } }
    assert.are.equal('{"M":"{\\"a\\":[1]}"}', json.encode(shape, { M = { a = { 1 } } }))
    assert.are.equal('{"M":"{}"}', json.encode(shape, { M = "{}" }))
    assert.are.same({ M = { a = { 1 } } }, json.decode(shape, '{"M":"{\\"a\\":[1]}"}'))
    assert.are.same({ M = "not {" }, json.decode(shape, '{"M":"not {"}'))
  end)

  it("shows the tag of a union that it does not know", function()
    local shape = model.shape({ C = "Choice" }, SHAPES)
    assert.are.same({ C = { SDK_UNKNOWN_MEMBER = { name = "Z" } } },
      json.decode(shape, '{"C":{"Z":1,"__type":"x"}}'))
    assert.are.same({ C = { A = "x" } }, json.decode(shape, '{"C":{"Z":null,"A":"x"}}'))
    local text, failure = json.encode(shape, { C = { A = "x", B = 1 } })
    assert.is_nil(text)
    assert.matches("C: must have exactly one member", tostring(failure))
  end)

  it("says where an answer is not what the model says", function()
    local shape = model.shape({ L = "Strings", N = "integer", B = "boolean", D = "blob" }, SHAPES)
    for bytes, reason in pairs {
      ["[]"] = "expected an object", ['{"L":1}'] = "byte 6: expected a list",
      ['{"N":1.5}'] = "another type", ['{"N":"x"}'] = "another type", ['{"N":true}'] = "expected",
      ['{"B":1}'] = "expected true or false", ['{"D":"%"}'] = "another type",
      ["<html>"] = "expected an object", ['{"L":["a"'] = "comma", ['{"L"'] = "colon",
    } do
      local value, failure = json.decode(shape, bytes)
      assert.is_nil(value)
      assert.matches(reason, tostring(failure), 1, true)
    end
  end)

  it("does not follow a recursive shape for ever", function()
    local shape = model.shape({ Again = "Loop" }, {
      Loop = { type = "structure", members = { Again = { shape = "Loop" } } },
    })
    local value, failure = json.decode(shape, ('{"Again":'):rep(100000))
    assert.is_nil(value)
    assert.matches("nested too deep", tostring(failure))
  end)
end)
