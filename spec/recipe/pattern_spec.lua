local pattern = require "recipe.pattern"

-- C's own matcher is the judge.
local CASES = {
  { "hello world", "o w" }, { "hello", "l+" }, { "hello", "(l)(l)" }, { "hello", "()ll()" },
  { "  trim me ", "^%s*(.-)%s*$" }, { "key = value", "^(%w+)%s*=%s*(%w+)$" },
  { "THE (quick) fox", "%((%a+)%)" }, { "f(a(b)c)d", "%b()" }, { "THE (quick) fox", "%f[%a]%a+" },
  { "abcabc", "(abc)%1" }, { "aXb", "%u" }, { "a.b", "[.]" }, { "a]b", "[]]" }, { "a-b", "[a%-]+" },
  { "x^y", "[%^x]+" }, { "x", "[^y]" }, { "0x1F", "%x+" }, { "aaa", "a-" }, { "aaa", "^a-$" },
  { "aaa", "a?a?a?a?" }, { "", "" }, { "", "^$" }, { "abc", "" }, { "a\0b", "%z" },
  { "a\0b", "a.b" },
  { "2012-10-17", "(%d+)-(%d+)-(%d+)" }, { "äö", "[\xc3]." }, { "a$b", "$b" }, { "a$", "%$$" },
  { "one;two;;three", "([^;]*)" }, { "nothing", "xyz" }, { "aab", "a*b" }, { "[x]", "%[(.-)%]" },
  { "a b  c", "%S+" }, { "x=1,y=2", "(%w)=(%d)" }, { "^x", "^^x" }, { "aaab", ".-b" },
}
local BROKEN = { "%", "[a", "[%", "(a", "a)", "%f", "%b", "%1", "(a)%2", "[]", "%bx" }

local function both(name, ...)
  local mine = table.pack(pcall(pattern[name], ...))
  local theirs = table.pack(pcall(string[name], ...))
  assert.are.equal(theirs[1], mine[1])
  if theirs[1] then assert.are.same(theirs, mine) end
end

local function all(iterate, text, wanted)
  local found = {}
  for a, b, c in iterate(text, wanted) do found[#found + 1] = { a, b, c } end
  return found
end

describe("patterns matched in Lua", function()
  it("find and match what C's do, from any place", function()
    for _, case in ipairs(CASES) do
      for _, init in ipairs { 1, 2, -1, -100, 100 } do
        both("find", case[1], case[2], init)
        both("match", case[1], case[2], init)
      end
    end
  end)

  it("walk through a text as C's do", function()
    for _, case in ipairs(CASES) do
      assert.are.same(all(string.gmatch, case[1], case[2]), all(pattern.gmatch, case[1], case[2]))
    end
  end)

  it("replace what C's do, with a text, a table or a function", function()
    for _, case in ipairs(CASES) do
      both("gsub", case[1], case[2], "<%0>")
      both("gsub", case[1], case[2], "%%", 1)
      both("gsub", case[1], case[2], { l = "L", o = false, abc = 7 })
      both("gsub", case[1], case[2], function(a, b) return tostring(a) .. tostring(b) end)
      both("gsub", case[1], case[2], function() return nil end)
    end
    both("gsub", "abc", "(a)(b)", "%2%1%1")
    both("gsub", "abc", "a", "%2")
    both("gsub", "abc", "a", "%x")
    both("gsub", "abc", "a", function() return {} end)
  end)

  it("refuse what C's refuse", function()
    for _, broken in ipairs(BROKEN) do
      both("find", "aab", broken)
      both("gsub", "aab", broken, "")
    end
    both("find", "a", ("(a"):rep(40))
    both("find", ("a"):rep(300), ("a?"):rep(300))
  end)

  it("agree with C's on random patterns and texts", function()
    local parts = { "a", "b", ".", "%a", "[ab]", "[^a]", "*", "+", "-", "?", "(", ")", "$", "^",
      "%1",
      "%f[b]", "%bab", "()" }
    math.randomseed(42)
    for _ = 1, 3000 do
      local chosen, text = {}, {}
      for i = 1, math.random(0, 7) do chosen[i] = parts[math.random(#parts)] end
      for i = 1, math.random(0, 8) do text[i] = math.random(2) == 1 and "a" or "b" end
      local wanted = table.concat(chosen)
      both("find", table.concat(text), wanted)
      both("gsub", table.concat(text), wanted, "-")
    end
  end)

  it("know how long C's matcher could take", function()
    assert.is_true(pattern.worst("^abc$", 1000000) < 1000)
    assert.is_true(pattern.worst((".-"):rep(20), 1000) > 1e50)
    assert.is_true(pattern.worst("%w+", 100) < 100000)
  end)
end)
