local text = require "engine.report.text"
local value = require "engine.value"

describe("a value in a report", function()
  it("reads as it would in a recipe", function()
    assert.are.equal('{ A = [1, true, "x\\"\\\\"], ["a b"] = {} }',
      text.value { A = value.list { 1, true, 'x"\\' }, ["a b"] = {} })
    assert.are.equal("(none)", text.value(nil))
    assert.are.equal("[]", text.value(value.list {}))
    assert.are.equal("(known after apply)", text.value { ["$deferred"] = "A.B" })
    assert.are.equal("(secret)", text.value "(secret)")
  end)

  it("is cut by characters, not bytes", function()
    assert.are.equal("ääää", text.cut("ääää", 4))
    assert.are.equal("ä...", text.cut("äääää", 4))
    assert.are.equal("\xff...", text.cut("\xff\xff\xff\xff\xff", 4))
    assert.are.equal('"abc...', text.value("abcdefgh", 7))
  end)

  it("has no hidden marks", function()
    for _, mark in ipairs { "\u{202e}", "\u{200b}", "\u{2066}", "\u{85}", "\0", "\x7f" } do
      assert.is_truthy(text.escape("a" .. mark .. "b"):find("^a\\x%x%x.*b$"))
    end
    assert.are.equal("ä€😀", text.escape "ä€😀")
    assert.are.equal("a\\xffä\\xc3", text.escape "a\xffä\xc3")
  end)
end)

describe("words about numbers", function()
  it("say times and counts", function()
    assert.are.equal("0.4 s", text.elapsed(400))
    assert.are.equal("12 s", text.elapsed(12900))
    assert.are.equal("59 s", text.elapsed(59999))
    assert.are.equal("1 min 00 s", text.elapsed(60000))
    assert.are.equal("1 thing", text.count(1, "thing"))
    assert.are.equal("0 things", text.count(0, "thing"))
  end)
end)
