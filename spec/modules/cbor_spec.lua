local cbor = require "native.cbor"
local json = require "native.json"
local model = require "spec.support.model"
local wire = require "spec.support.wire"

local function bytes_of(hex)
  return (hex:gsub("%s", ""):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end))
end

local function hex_of(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function read(hex, options) return cbor.decode(nil, bytes_of(hex), options) end

local function refused(hex, reason, options)
  local value, failure = read(hex, options)
  wire.refused(value, failure, reason, hex)
end

local function round(hex, value)
  assert.are.same(value, (read(hex)), hex)
  assert.are.equal(hex:gsub("%s", ""), hex_of(cbor.encode(nil, value)))
end

describe("free CBOR", function()
  it("reads and writes every kind of value, as short as it can be", function()
    round("00", 0)
    round("17", 23)
    round("18 18", 24)
    round("19 0100", 256)
    round("1a 00010000", 65536)
    round("1b 0000000100000000", 1 << 32)
    round("20", -1)
    round("38 ff", -256)
    round("63 666f6f", "foo")
    round("83 01 fb4004000000000000 61 78", { 1, 2.5, "x" })
    round("a2 61 61 f5 61 62 f4", { a = true, b = false })
    round("a0", {})
    assert.are.equal("80", hex_of(cbor.encode(nil, json.decode(nil, "[]"))))
    assert.are.equal("list", getmetatable((read "80")).__name)
  end)

  it("keeps 64-bit integers exact, and those beyond as their digits", function()
    round("1b 7fffffffffffffff", math.maxinteger)
    round("3b 7fffffffffffffff", math.mininteger)
    for hex, digits in pairs {
      ["1bffffffffffffffff"] = "18446744073709551615",
      ["3bfffffffffffffffe"] = "-18446744073709551615",
      ["3bffffffffffffffff"] = "-18446744073709551616",
      ["c249010000000000000000"] = "18446744073709551616",
      ["c349010000000000000000"] = "-18446744073709551617",
    } do
      local number = read(hex)
      assert.are.equal(digits, tostring(number))
      assert.are.equal(digits, json.encode(nil, number))
      assert.are.equal(hex, hex_of(cbor.encode(nil, number)))
    end
    assert.are.equal(0, read "c240")
    assert.are.equal(-1, read "c340")
    assert.are.equal(256, read "c2420100")
  end)

  it("keeps decimals as they are", function()
    for hex, digits in pairs {
      ["c48221196ab3"] = "273.15", ["c48220390110"] = "-27.3", ["c4820301"] = "1e3",
      ["c4822201"] = "1e-3", ["c48221c249010000000000000000"] = "184467440737095516.16",
    } do
      local number = read(hex)
      assert.are.equal(digits, tostring(number))
      assert.are.equal(hex, hex_of(cbor.encode(nil, number)))
    end
    local exact = json.decode(nil, "[3.14159265358979323846]", { exact = true })
    assert.are.equal(tostring(exact[1]), tostring(cbor.decode(nil, cbor.encode(nil, exact))[1]))
  end)

  it("reads floats of each width, those without a number too", function()
    assert.are.equal(1.5, read "f93e00")
    assert.are.equal(4.76837158203125e-06, read "f90050")
    assert.are.equal(-1 / 0, read "f9fc00")
    local nan = read "f97e00"
    assert.are_not.equal(nan, nan)
    assert.are.equal(65504.0, read "f97bff")
    assert.are.equal(1.625, read "fa3fd00000")
    assert.are.equal(1 / 0, read "fb7ff0000000000000")
    assert.are.equal("fb7ff8000000000000", hex_of(cbor.encode(nil, 0 / 0)))
  end)

  it("reads what has no length but an end", function()
    assert.are.same({ 1, { 2 } }, (read "9f 01 9f 02 ff ff"))
    assert.are.same({ a = "foobar" }, (read "bf 61 61 7f 63 666f6f 60 63 626172 ff ff"))
    assert.are.equal("foo", read "5f 40 43 666f6f ff")
    assert.are.same({ foo = 1 }, (read "a1 7f 62 666f 61 6f ff 01"))
  end)

  it("gives times as seconds, and other tagged values as they are", function()
    assert.are.equal(1398796238, read "c11a535fefce")
    assert.are.equal(1398796238.5, read "c1fb41d4d7fbf3a00000")
    assert.are.equal(-1, read "c120")
    assert.are.equal("x", read "d9d9f76178")
  end)

  it("leaves nulls out of maps and keeps their place in lists", function()
    assert.are.same({ b = 1 }, (read "a3 61 61 f6 61 62 01 61 63 f7"))
    local list = read "82 01 f6"
    assert.are.equal(cbor.null, list[2])
    assert.are.equal("8201f6", hex_of(cbor.encode(nil, list)))
    assert.are.equal(cbor.null, read "f6")
  end)

  it("says what stood there, when asked", function()
    local value = read("83 c1 01 43 666f6f f97c00", { typed = true })
    assert.are.same({ kind = "list", value = {
      { kind = "tag", tag = 1, value = { kind = "uint", value = 1 } },
      { kind = "bytes", value = "foo" }, { kind = "float16", value = 1 / 0 },
    } }, value)
    assert.are.same({ kind = "map", value = { a = { kind = "null", value = cbor.null },
      b = { kind = "undefined", value = cbor.null } } },
      (read("a2 61 61 f6 61 62 f7", { typed = true })))
    assert.are.same({ "text", "negint", "boolean", "float32", "float64" }, (function()
      local kinds = {}
      for _, hex in ipairs { "60", "20", "f4", "fa00000000", "fb0000000000000000" } do
        kinds[#kinds + 1] = read(hex, { typed = true }).kind
      end
      return kinds
    end)())
  end)

  it("refuses what is no CBOR, and says where", function()
    refused("", "byte 1: it ends too soon")
    refused("82 18 18", "byte 4: it ends too soon")
    refused("83 01 02", "byte 1: longer than what is left")
    refused("1c", "no CBOR item begins so")
    refused("1f", "no CBOR item begins so")
    refused("df", "no CBOR item begins so")
    refused("ff", "end of nothing")
    refused("82 01 ff", "byte 3: an end of nothing")
    refused("bf 61 61 ff", "byte 4: an end of nothing")
    refused("7f 41 61 ff", "byte 2: a piece of another kind")
    refused("7f 7f ff ff", "byte 2: a piece of another kind")
    refused("7f 61", "longer than what is left")
    refused("a1 01 02", "byte 2: a key that is no text")
    refused("a2 61 61 01 61 61 02", "byte 5: a key that stands twice")
    refused("f8 ff", "simple value without a meaning")
    refused("e0", "simple value without a meaning")
    refused("01 02", "byte 2: something stands behind the value")
  end)

  it("refuses numbers that are none", function()
    refused("c2 01", "without its bytes")
    refused("c4 01", "no pair")
    refused("c4 80", "no pair")
    refused("c4 81 00", "no pair")
    refused("c4 83 00 01 02", "no pair")
    refused("c4 82 61 61 01", "wrong exponent")
    refused("c4 82 1a 00ffffff 01", "wrong exponent")
    refused("c4 82 00 60", "whole parts")
    refused("c1 60", "a time that is none")
    refused("c1 f97e00", "a time that is none")
    refused("c1 1b ffffffffffffffff", "a time that is none")
    refused("c2 59 0081" .. ("ff"):rep(129), "too many digits")
    assert.are.equal(309, #tostring(read("c2 58 80" .. ("ff"):rep(128))))
  end)

  it("has limits of depth and size, and believes no length", function()
    for _, start in ipairs { "81", "9f", "c6", "a1 61 61", "bf 61 61" } do
      refused(start:rep(100000), "nested too deep")
    end
    for _, head in ipairs { "9b", "bb", "5b", "7b" } do
      refused(head .. "7fffffffffffffff" .. "00", "longer than what is left")
      refused(head .. "ffffffffffffffff" .. "00", "longer than what is left")
    end
    refused("83 01 02 03", "longer than the limit", { max_bytes = 3 })
  end)

  it("refuses to write what CBOR has no word for", function()
    local long = json.decode(nil, "[" .. ("9"):rep(310) .. "]", { exact = true })
    local large = json.decode(nil, "[1e10000]", { exact = true })
    wire.writes_none_of(cbor, { print, { 1, nil, 3 }, { 1, a = 2 }, { [2] = 1 }, long, large })
  end)
end)

local SHAPES = wire.SHAPES

local function both(member, value, hex)
  local shape = model.shape({ M = member }, SHAPES)
  hex = ("a1614d" .. hex):gsub("%s", "")
  assert.are.equal(hex, hex_of(cbor.encode(shape, { M = value })))
  assert.are.same({ M = value }, (cbor.decode(shape, bytes_of(hex))))
end

local function by(member, hex)
  local value, failure = cbor.decode(model.shape({ M = member }, SHAPES), bytes_of("a1614d" .. hex))
  return value and value.M, failure
end

describe("CBOR by a shape", function()
  it("writes and reads every kind", function()
    both("string", "é\n", "63c3a90a")
    both("long", math.maxinteger, "1b7fffffffffffffff")
    both("integer", -1000, "3903e7")
    both("double", 0.1, "fb3fb999999999999a")
    both("float", 7.625, "fa40f40000")
    both("boolean", false, "f4")
    both("blob", "\0\xff", "4200ff")
    both("timestamp", 1398796238, "c11a535fefce")
    both("timestamp", 1398796238.5, "c1fb41d4d7fbf3a00000")
    both("Strings", { "a", "b" }, "8261616162")
    both("Map", { a = 1, b = 2 }, "a2616101616202")
    both("Free", { x = { 1, { y = true } } }, "a161788201a16179f5")
    both("Choice", { A = "x" }, "a161416178")
  end)

  it("writes numbers as their kind holds them", function()
    local shape = model.shape { D = "double", F = "float", I = "integer" }
    local function written(value) return hex_of(cbor.encode(shape, value)):sub(7) end
    assert.are.equal("08", written { I = 8.0 })
    assert.are.equal("fb54b249ad2594c37d", written { F = 1e100 })
    assert.are.equal("fb7ff0000000000000", written { F = 1 / 0 })
    assert.are.equal("fbfff0000000000000", written { D = "-Infinity" })
    assert.are.equal("fb7ff8000000000000", written { D = "NaN" })
  end)

  it("reads numbers of every width and form into the kind of the model", function()
    assert.are.equal(1.5, by("double", "f93e00"))
    assert.are.equal("float", math.type(by("double", "08")))
    assert.are.equal("integer", math.type(by("integer", "f94800")))
    assert.are.equal(273.15, by("double", "c48221196ab3"))
    assert.are.equal(256, by("long", "c2420100"))
    assert.are.equal(1398796238, by("timestamp", "1a535fefce"))
    assert.are.equal(2.0 ^ 64, by("double", "c249010000000000000000"))
  end)

  it("uses the names on the wire", function()
    local shape = model.shape { Name = { shape = "string", locationName = "name" } }
    assert.are.equal("a1646e616d656178", hex_of(cbor.encode(shape, { Name = "x" })))
    assert.are.same({ Name = "x" }, (cbor.decode(shape, bytes_of "a1646e616d656178")))
  end)

  it("puts every member into the body, whatever HTTP binding it has", function()
    local shape = model.shape { Name = { shape = "string", location = "header" } }
    assert.are.equal("a1644e616d656178", hex_of(cbor.encode(shape, { Name = "x" })))
  end)

  it("skips what the model does not know, and nulls", function()
    local shape = model.shape { A = "string", B = "integer" }
    local unknown = "6178 a1 6179 9f 01 a1617a f6 5f 41 00 ff c1 fb41d4d7fbf3a00000 ff"
    assert.are.same({ B = 2 },
      (cbor.decode(shape, bytes_of("a4" .. unknown .. "6141 f6 6142 02 6177 f7"))))
    assert.are.same({}, (cbor.decode(shape, "")))
    assert.are.same({ B = 2 }, (cbor.decode(shape, bytes_of "d9d9f7 a1 6142 c6 02")))
  end)

  it("keeps nulls where the model says sparse", function()
    wire.keeps_nulls(cbor, bytes_of "a3 614c 82 6161 f6 614d a1 6161 f6 6144 a2 6161 f6 6162 01",
      bytes_of "a2614c826161f6614da16161f6")
  end)

  it("marks an empty list", function()
    assert.are.equal("list", getmetatable(by("Strings", "80")).__name)
    assert.are.equal("list", getmetatable(by("Strings", "9fff")).__name)
    assert.is_nil(getmetatable(by("Map", "bfff")))
  end)

  it("shows the tag of a union that it does not know", function()
    assert.are.same({ SDK_UNKNOWN_MEMBER = { name = "C" } }, by("Choice", "a1614301"))
  end)

  it("refuses a value of another type than the model's", function()
    for member, values in pairs {
      string = { "01", "4161", "80", "a0", "f4", "c101" }, blob = { "6161", "01" },
      boolean = { "01", "6161", "f93e00" },
      integer = { "6161", "f4", "f93e00", "fb43e0000000000000" },
      double = { "6161", "80", "f5" }, timestamp = { "c16161", "6161", "c2420100", "f4" },
      Strings = { "a0", "01", "8101" }, Map = { "80", "a1616160", "60" }, Choice = { "80", "01" },
    } do
      for _, hex in ipairs(values) do
        local value, failure = by(member, hex)
        assert.is_nil(value, member .. hex)
        assert.matches("decode CBOR at byte %d+: a ", tostring(failure))
      end
    end
    local _, failure = by("integer", "1bffffffffffffffff")
    assert.matches("byte 4: a number too large", tostring(failure), 1, true)
  end)

  it("refuses a member that stands twice, also under the keys of a map", function()
    local shape = model.shape({ A = "string", M = "Map" }, SHAPES)
    for _, hex in ipairs { "a2 6141 6178 6141 6179", "a1 614d bf 6161 01 6161 02 ff" } do
      local value, failure = cbor.decode(shape, bytes_of(hex))
      assert.is_nil(value)
      assert.matches("stands twice", tostring(failure), 1, true)
    end
  end)

  it("fails in every place where an answer is cut, and is bounded in depth", function()
    local shapes = { Tree = { type = "structure", members = { T = { shape = "Tree" } } } }
    for name, shape in pairs(SHAPES) do shapes[name] = shape end
    local shape = model.shape({ A = "Strings", B = "Map", C = "blob", D = "timestamp", T = "Tree" },
      shapes)
    local body = bytes_of("bf 6141 9f 7f 6161 ff ff 6142 a1 6161 1903e8 6143 43 000102"
      .. "6144 c1 fb41d4d7fbf3a00000 617a c2 41 00 ff")
    assert(cbor.decode(shape, body))
    for len = 1, #body - 1 do
      local value, failure = cbor.decode(shape, body:sub(1, len))
      assert.is_nil(value)
      assert.matches("^decode CBOR at byte %d+: ", tostring(failure))
    end
    for _, start in ipairs { "a1 6154", "bf 6154", "a1 617a", "d9d9f7 a1 6154" } do
      local value, failure = cbor.decode(shape, bytes_of(start):rep(100000))
      assert.is_nil(value)
      assert.matches("nested too deep", tostring(failure), 1, true)
    end
    assert.matches("ends too soon", tostring(select(2, cbor.decode(shape, ("\xc6"):rep(100000)))))
  end)

  it("checks what it is to write, and names the place", function()
    local text, failure = cbor.encode(model.shape { A = "string" }, { A = 1, B = 2 })
    assert.is_nil(text)
    assert.are.equal(2, #failure.faults)
  end)
end)
