local regex = require "native.regex"

local function refused(reason, ...)
  local found, failure = ...
  assert.is_nil(found)
  assert.is_truthy(tostring(failure):find(reason, 1, true), tostring(failure))
end

describe("regex", function()
  it("searches anywhere in the text", function()
    assert.is_true(regex.match("b+", "abbc"))
    assert.is_true(regex.match("", ""))
    assert.is_false(regex.match("^b", "ab"))
    assert.is_true(regex.match("a\0b", "xa\0b"))
  end)

  it("matches the whole text when asked", function()
    assert.is_true(regex.match("[a-z]+", "stg", "whole"))
    assert.is_false(regex.match("[a-z]+", "stg1", "whole"))
    assert.is_false(regex.match("a|ab", "abc", "whole"))
    assert.is_true(regex.match("a|ab", "ab", "whole"))
    assert.has_error(function() regex.match("a", "a", "half") end)
  end)

  it("reads patterns as schemas write them", function()
    assert.is_true(regex.match([[^\u0041$]], "A"))
    assert.is_true(regex.match([[^\u{1F600}$]], "\u{1F600}"))
    assert.is_true(regex.match([[^[\u0020-\uD7FF\uE000-\uFFFD]+$]], "日本 text"))
    assert.is_true(regex.match([[^.$]], "é"))
    assert.is_true(regex.match([[^[\w+=,.@-]{1,64}$]], "role-name"))
    assert.is_true(regex.match([[^(?!aws:)[\w:]+$]], "my:key"))
    assert.is_false(regex.match([[^(?!aws:)[\w:]+$]], "aws:key"))
    assert.is_true(regex.match([[^\d{1,3}(\.\d{1,3}){3}/\d+$]], "10.0.0.0/16"))
    assert.is_true(regex.match([[^\p{L}+$]], "été"))
    assert.is_false(regex.match("[]", "a"))
  end)

  it("takes $ for the very end", function()
    assert.is_false(regex.match("^a$", "a\n"))
  end)

  it("says where a pattern is none, and goes on", function()
    refused("compile the pattern a(b: missing closing parenthesis, at character 4",
      regex.match("a(b", "a"))
    refused("compile the pattern", regex.compile "[z-a]")
    refused("compile the pattern", regex.compile "\xff")
    refused("compile the pattern", regex.compile [[\C]])
    refused("compile the pattern", regex.compile(("a"):rep(65537)))
    refused("compile the pattern", regex.compile(("("):rep(300) .. (")"):rep(300)))
    assert.is_true(regex.match("a", "a"))
  end)

  it("gives up a pattern that would take for ever", function()
    local text = ("a"):rep(5000) .. "!"
    for _, pattern in ipairs { "^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y|(a*)*b" } do
      refused("it takes too much work", regex.match(pattern, text))
    end
    refused("it takes too much work", regex.match("^(?:(a)|b)*c$", ("a"):rep(2000000)))
  end)

  it("refuses text that is not UTF-8", function()
    local found, failure = regex.match("a", "secret\xff")
    assert.is_nil(found)
    assert.matches("^match a pattern: UTF%-8 error", tostring(failure))
  end)

  it("compiles once for many matches", function()
    local name = assert(regex.compile "^[a-z]+$")
    assert.is_true(name:match "stg")
    assert.is_false(name:match "STG")
    assert.is_false(name:match("stg\n", "whole"))
    assert.has_error(function() name:match() end)
    assert.has_error(function() name.match("text", "text") end)
  end)

  it("keeps many patterns apart", function()
    for round = 1, 2 do
      for i = 1, 600 do
        assert.is_true(regex.match("^" .. i .. "$", tostring(i)), round)
        assert.is_false(regex.match("^" .. i .. "$", tostring(i + 1)))
      end
    end
  end)
end)
