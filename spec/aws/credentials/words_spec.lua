local split = require "aws.credentials.words"

describe("the words of a command", function()
  it("are split as a POSIX shell splits them", function()
    for text, words in pairs {
      [""] = {},
      ["  a\tb  "] = { "a", "b" },
      ["a 'b c' d"] = { "a", "b c", "d" },
      [ [[a "b 'c' d"]] ] = { "a", "b 'c' d" },
      [ [[a''b "" '']] ] = { "ab", "", "" },
      [ [[a\ b c\"d]] ] = { "a b", 'c"d' },
      [ [["a\"b\\c\d"]] ] = { [[a"b\c\d]] },
      [ [['a\b']] ] = { [[a\b]] },
      ["/x/y --z='q r'"] = { "/x/y", "--z=q r" },
    } do
      assert.same(words, split(text))
    end
  end)

  it("mean nothing to a shell", function()
    assert.same({ "a;b", "$(c)", "`d`", "|", ">", "e", "#", "*", "~" },
      split "a;b $(c) `d` | > e # * ~")
  end)

  it("are none where a quote or a backslash stands open", function()
    for _, text in ipairs { "a 'b", 'a "b', "a\\", [["a\]], "'" } do assert.is_nil(split(text)) end
  end)

  it("take time that grows with their length alone", function()
    assert.same({ ("a"):rep(1000000) }, split((" "):rep(1000000) .. ("a"):rep(1000000)))
    assert.equal(200000, #split(("'x' "):rep(200000)))
  end)
end)
