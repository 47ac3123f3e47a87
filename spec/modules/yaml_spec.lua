local yaml = require "native.yaml"

local function decode(text, limits) return assert(yaml.decode(text, limits))[1] end

--- Only the values of nodes, to compare.
local function plain(node)
  if node.kind == "scalar" then return node.value end
  local values = {}
  for key, child in pairs(node.value) do values[key] = plain(child) end
  return values
end

local function refused(text, reason, limits, how)
  local result, failure = yaml[how or "decode"](text, limits)
  assert.is_nil(result)
  assert.is_truthy(tostring(failure):find(reason, 1, true), tostring(failure))
  return failure
end

describe("yaml.decode", function()
  it("gives nodes with kind, value, tag, line and column", function()
    local root = decode "a: 1\nb:\n  - !Ref X\n  - 'q'\n"
    assert.are.same({ "map", 1, 1 }, { root.kind, root.line, root.column })
    assert.are.same({ a = 1, b = { "X", "q" } }, plain(root))
    local ref, quoted = table.unpack(root.value.b.value)
    assert.are.same({ "scalar", "!Ref", "X", "X", 3, 5, true },
      { ref.kind, ref.tag, ref.value, ref.text, ref.line, ref.column, ref.plain })
    assert.are.same({ false, nil }, { quoted.plain, quoted.tag })
    assert.are.equal("list", root.value.b.kind)
  end)

  it("keeps the order and the marks of keys", function()
    local names = {}
    for i, key in ipairs(decode("z: 1\na: 2\n10: 3\nyes: 4").keys) do
      names[i] = key.text .. key.line .. key.column
    end
    assert.are.same({ "z11", "a21", "1031", "yes41" }, names)
    assert.are.equal(4, decode("yes: 4").value.yes.value)
  end)

  it("takes a scalar for what it would be written as again", function()
    local meanings = {
      ["1"] = 1, ["-5"] = -5, ["0"] = 0, ["1.5"] = 1.5, ["8.0"] = 8.0, ["-0.25"] = -0.25,
      ["9223372036854775807"] = math.maxinteger, ["true"] = true, ["False"] = false, ["yes"] = true,
      ["off"] = false, ["NO"] = false,
    }
    for text, value in pairs(meanings) do
      local node = decode("- " .. text).value[1]
      assert.are.equal(value, node.value, text)
      assert.are.equal(math.type(value), math.type(node.value), text)
      assert.are.equal(text, node.text)
    end
    for _, text in ipairs {
      "010", "012345678901", "1.10", "1e3", "0x1F", "0o7", "+1", "1_000", "12:30", "22:22", ".5",
      "5.", "2012-10-17", ".inf", ".nan", "9223372036854775808", "-0", "--1",
      "2001-12-14T21:59:43Z", "y", "n", "1.2.3", "10.0.0.0/16", "Null1", "TRue",
    } do
      assert.are.equal(text, decode("- " .. text).value[1].value)
    end
    for _, text in ipairs { "", "~", "null", "Null", "NULL" } do
      assert.is_nil(decode("a: " .. text).value.a.value)
    end
  end)

  it("takes what is quoted, a block or tagged for text", function()
    for _, text in ipairs { "'1'", '"1"', "|-\n 1", ">-\n 1", "!Sub 1", "!!str 1", "! 1" } do
      assert.are.equal("1", decode("a: " .. text).value.a.value, text)
    end
    assert.are.equal(1, decode('a: !!int "1"').value.a.value)
    assert.are.equal("!!int", decode('a: !!int "1"').value.a.tag)
    assert.is_nil(decode("a: ! 1").value.a.tag)
  end)

  it("knows tags on lists and maps", function()
    local root = decode "a: !Join [',', [x]]\nb: !If\n  k: v\nc: !<tag:x,2000:y> z"
    assert.are.same({ "!Join", "!If", "tag:x,2000:y" },
      { root.value.a.tag, root.value.b.tag, root.value.c.tag })
    assert.are.equal("list", root.value.a.kind)
  end)

  it("reads several documents, and none", function()
    assert.are.equal(2, #assert(yaml.decode "--- a\n--- b\n"))
    assert.are.same({}, yaml.decode "")
    assert.are.same({}, yaml.decode "# nothing\n")
  end)

  it("gives an alias the node of its anchor", function()
    local root = decode "a: &x {k: 1}\nb: *x\nc: [*x]\nd: &x 2\ne: *x"
    assert.are.equal(root.value.a, root.value.b)
    assert.are.equal(root.value.a, root.value.c.value[1])
    assert.are.equal(2, root.value.e.value)
  end)

  it("merges maps, own keys first, and then the earlier ones", function()
    local root = decode [[
base: &base { a: 1, b: 1 }
more: &more { b: 2, c: 2 }
one: { <<: *base, b: 3 }
two: { z: 0, <<: [*base, *more] }
three: { a: 0, <<: *base }
text: { '<<': *base }
]]
    local value = plain(root)
    assert.are.same({ a = 1, b = 3 }, value.one)
    assert.are.same({ z = 0, a = 1, b = 1, c = 2 }, value.two)
    assert.are.same({ a = 0, b = 1 }, value.three)
    assert.are.same({ ["<<"] = { a = 1, b = 1 } }, value.text)
    local names = {}
    for i, key in ipairs(root.value.two.keys) do names[i] = key.value end
    assert.are.same({ "z", "a", "b", "c" }, names)
    refused("a: { <<: 1 }", "<< takes a map")
    refused("a: { <<: [1] }", "<< takes a map")
  end)

  it("refuses a key that comes twice, naming both lines", function()
    local failure = refused("x:\n  a: 1\n  b: 2\n  a: 3\n", "the key a is there already, in line 2")
    assert.are.same({ line = 4, column = 3 }, failure.at)
    refused("{1: a, '1': b}", "the key 1 is there already")
    refused("a: {<<: {}, <<: {}}", "the key << is there already")
  end)

  it("says where the text is no YAML", function()
    local failure = refused("a:\n  - [1, 2\nb: 3\n", "read YAML: line 3, column 2: ")
    assert.are.same({ line = 3, column = 2 }, failure.at)
    refused("a: \"\n", "unexpected end of stream")
    refused("a: \xff\xfe", "byte 3")
    refused("a: \0", "control characters")
    refused("? [a]\n: b", "a key that is no text")
    refused("a: *b", "nothing before is called *b")
    refused("a: &a [*a]", "nothing before is called *a")
    refused("\ta: 1", "line 1")
  end)

  it("forgets anchors at the end of a document", function()
    refused("--- &a 1\n--- *a\n", "nothing before is called *a")
  end)

  it("has limits on depth, size and nodes", function()
    assert.is_table(decode(("["):rep(100) .. ("]"):rep(100)))
    refused(("["):rep(101) .. ("]"):rep(101), "nested deeper than 100 levels")
    refused(("- "):rep(200) .. "a", "nested deeper than 100 levels")
    refused("[[a]]", "nested deeper than 2 levels", { max_depth = 2 })
    refused(("a"):rep(100), "larger than the limit", { max_bytes = 99 })
    refused("[1, 2, 3]", "more than 3 nodes", { max_nodes = 3 })
    assert.is_table(decode("[1, 2, 3]", { max_nodes = 4 }))
    assert.has_error(function() yaml.decode("a", { max_depth = 1001 }) end)
    assert.has_error(function() yaml.decode("a", { max_nodes = 0 }) end)
    assert.has_error(function() yaml.decode("a", 1) end)
    assert.has_error(function() yaml.decode() end)
  end)

  it("does not read directives without end", function()
    local tags = {}
    for i = 1, 1001 do tags[i] = ("%%TAG !t%d! tag:x"):format(i) end
    refused(table.concat(tags, "\n") .. "\n--- a", "too many lines that begin with %")
    assert.is_table(decode(table.concat(tags, "\n", 1, 1000) .. "\n--- a"))
  end)

  it("counts an alias as what it stands for", function()
    local lines = { "a0: &a0 [x, x, x, x, x, x, x, x, x]" }
    for i = 1, 9 do
      lines[#lines + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a" .. i - 1 .. ","):rep(9))
    end
    refused(table.concat(lines, "\n"), "aliases written out")
    assert.is_table(decode(table.concat(lines, "\n", 1, 4)))
  end)
end)

describe("yaml.load", function()
  it("gives plain values", function()
    assert.are.same({ a = 1, b = { "x", { c = false } }, d = {} },
      yaml.load "a: 1\nb: [x, {c: no}]\nd: {}\ne: ~\n")
    assert.are.equal("text", yaml.load "text")
    assert.are.equal(false, yaml.load "false")
    assert.are.same({ a = { x = 1 }, b = { x = 1, y = 2 } },
      yaml.load "a: &a {x: 1}\nb: {<<: *a, y: 2}")
  end)

  it("marks an empty list as one", function()
    local value = yaml.load "a: []\nb: {}"
    assert.are.equal("list", getmetatable(value.a).__name)
    assert.is_nil(getmetatable(value.b))
  end)

  it("refuses what has no plain value", function()
    refused("a: !Ref b", "the tag !Ref has no meaning here", nil, "load")
    refused("a: !!set {x}", "has no meaning here", nil, "load")
    refused("a: [1, ~]", "line 1, column 8: nothing (null) in a list", nil, "load")
    refused("--- a\n--- b", "a second document", nil, "load")
    refused("", "there is nothing in it", nil, "load")
    refused("~", "there is nothing in it", nil, "load")
    refused("a: 1\na: 2", "the key a is there already", nil, "load")
    refused(("["):rep(101) .. ("]"):rep(101), "nested deeper", nil, "load")
  end)
end)

describe("yaml.emit", function()
  it("writes values with sorted keys", function()
    assert.are.equal("a: 1\nb:\n- x\n- k: true\nc: 1.5\n",
      yaml.emit { b = { "x", { k = true } }, c = 1.5, a = 1 })
    local empty = setmetatable({}, { __name = "list" })
    assert.are.equal("a: []\nb: {}\n", yaml.emit { a = empty, b = {} })
    assert.are.equal("a: |\n  one\n  two\n", yaml.emit { a = "one\ntwo\n" })
  end)

  it("writes what it reads again as the same", function()
    local texts = {
      "", " ", "a", "a b", "yes", "no", "null", "~", "1", "010", "1.5", "1e3", "0x1F", "2012-10-17",
      "12:30", "- a", "a: b", "a #b", "#a", "!a", "&a", "*a", "[a]", "{a", "'", '"', "a'b", "<<",
      "=", "a\nb", "a\n", "\n", "  a\n b\n", "a\tb", "\t", "é", "日本", "\u{1F600}", "a\r\nb", "%a",
      "@a", "`a", "|", ">", "?", ":", "-", "--- a", "...", "\u{85}", "\u{2028}", "\u{FEFF}", "\1",
      "y", ".inf", ("long "):rep(200), "+1", "1_000", "tab\there", "trailing ", "\\n", "a: \n  b",
    }
    for _, text in ipairs(texts) do
      local written = assert(yaml.emit { text, [2] = { [text] = text } })
      assert.are.same({ text, { [text] = text } }, assert(yaml.load(written)), written)
    end
    for _, value in ipairs { 0, -1, 1.5, 1e100, -0.1, 2.0, math.maxinteger, math.mininteger } do
      local written = yaml.emit { value }
      assert.are.equal(value, tonumber(written:sub(3)), written)
    end
  end)

  it("quotes what another reader could take for something else", function()
    for _, text in ipairs {
      "010", "1e3", "2012-10-17", "12:30", "y", "N", "0o17", "0x1F", ".5", "+1", ".inf", "-.INF",
      ".NaN", "1_000",
    } do
      assert.are.equal("- '" .. text .. "'\n", yaml.emit { text })
    end
    for _, text in ipairs { "a", "10.0.0.0/16", "ami-123", "v1", "2m4" } do
      assert.are.equal("- " .. text .. "\n", yaml.emit { text })
    end
  end)

  it("refuses what YAML has no form for", function()
    local loop = {}
    loop.loop = loop
    for _, value in ipairs {
      print, 1 / 0, 0 / 0, { [1.5] = 1 }, { [true] = 1 }, { "\xff" }, loop,
    } do
      local text, failure = yaml.emit { value }
      assert.is_nil(text)
      assert.matches("^write YAML: ", tostring(failure))
    end
    assert.has_error(function() yaml.emit() end)
  end)
end)

describe("yaml.events", function()
  it("says what is written, as it is written", function()
    local events = assert(yaml.events "--- !t\n? [a]\n: &x 'b'\n*x : |\n  c\n...\n")
    local seen = {}
    for i, event in ipairs(events) do
      seen[i] = event.kind .. " " .. (event.style or tostring(event.explicit or ""))
    end
    assert.are.same({ "document true", "map block", "list flow", "scalar plain", "end ",
      "scalar single", "alias ", "scalar literal", "end ", "document end true" }, seen)
    assert.are.same({ "!t", "x", "b", 3, 3 }, { events[2].tag, events[6].anchor, events[6].value,
      events[6].line, events[6].column })
  end)

  it("has the same limits", function()
    assert.is_table(yaml.events("[a, a, a]", { max_nodes = 7 }))
    refused("[a, a, a]", "more than 6 events", { max_nodes = 6 }, "events")
    refused(("["):rep(101), "nested deeper than 100 levels", nil, "events")
    refused("[", "line 2, column 1", nil, "events")
  end)
end)
