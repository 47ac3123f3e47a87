local read = require "engine.normalize.json_text"

describe("JSON inside a property", function()
  it("is read as what it says", function()
    assert.are.same({ a = { 1, -2.5, 1e3, "x", true, false, {} }, b = { c = {} } },
      read ' { "a" : [ 1, -2.5, 1e3, "x", true, false, [ ] ] , "b":{"c":{}} , "n":null } ')
    assert.are.equal("list", getmetatable(read "[]").__name)
    assert.are.same({ ['a"\\/'] = "\n\t\r\b\f/\"\\äß€😀" },
      read [[{"a\"\\\/": "\n\t\r\b\f\/\"\\ä\u00df\u20ac\ud83d\ude00"}]])
  end)

  it("may be written as a URL carries it", function()
    assert.are.same({ a = "b c" }, read "%7B%22a%22%3A%22b%20c%22%7D")
  end)

  it("is nothing else", function()
    for _, text in ipairs { "", "x", "1", '"a"', "{", "[", "[1", "[1,", "[1,]", '{"a"}', '{"a":}',
      '{"a":1',
      "{a:1}", '{"a":1,}', "[1] x", '["a', '["\\u12"]', "[nope]", "[1 2]", '{"a" 1}', "%7Bx",
      '["\\ud800"]' } do
      assert.is_nil(read(text), text)
    end
    assert.is_nil(read(("["):rep(100) .. ("]"):rep(100)))
  end)
end)
