local documentation = require "aws.pack.documentation"
local file = require "aws.pack.file"
local pack = require "native.pack"
local service = require "aws.pack.service"

local function string_list(name)
  return {
    metadata = {}, operations = { Do = { name = "Do", input = { shape = "Thing" } } },
    shapes = {
      Thing = {
        type = "structure", members = { Names = { shape = name }, Again = { shape = "Thing" } },
      },
      [name] = { type = "list", member = { shape = "Text" } },
      Text = { type = "string" },
    },
  }
end

describe("the packer", function()
  it("makes the same bytes of the same model", function()
    assert.are.equal(service.compile(string_list "A"), service.compile(string_list "A"))
  end)

  it("stores shapes that are alike once, recursive ones too", function()
    local out = file.new()
    service.add(out, "one", string_list "A")
    service.add(out, "two", string_list "B")
    local data = pack.load(out:bytes())
    local one, two = data:operation("one", "Do").input, data:operation("two", "Do").input
    assert.are.equal(one, two)
    assert.are.equal(one, one:member "Again".shape)
  end)

  it("tells shapes apart that differ only far below", function()
    local other = string_list "B"
    other.shapes.Text.min = 1
    local out = file.new()
    service.add(out, "one", string_list "A")
    service.add(out, "two", other)
    local data = pack.load(out:bytes())
    local one, two = data:operation("one", "Do").input, data:operation("two", "Do").input
    assert.are_not.equal(one, two)
    assert.is_true(one:check { Again = { Names = { "" } } })
    assert.is_nil((two:check { Again = { Names = { "" } } }))
  end)

  it("leaves out the shapes that no operation reaches", function()
    local model = string_list "A"
    local before = pack.load(service.compile(model)):sizes().shapes
    model.shapes.Lonely = { type = "structure", members = { Text = { shape = "Text" } } }
    assert.are.equal(before, pack.load(service.compile(model)):sizes().shapes)
  end)

  it("stores a value that stands at many places once", function()
    local out, long = file.new(), {}
    for i = 1, 100 do long[i] = "word " .. i end
    for i = 1, 50 do out:record("thing", "key" .. i, { number = i, long = long }) end
    local data = pack.load(out:bytes())
    assert.is_true(data:sizes().values < 1000)
    assert.are.same({ number = 7, long = long }, data:record("thing", "key7"))
  end)

  it("gives back every value as it was", function()
    local value = {
      integers = { 0, 1, 30, 31, 32, 127, 128, 16383, 16384, math.maxinteger, -1, -31, -32, -300,
        math.mininteger },
      floats = { 0.5, -1e300, 1 / 3 }, texts = { "", "é", ("x"):rep(1000) }, yes = true,
      no = false,
      map = {}, nested = { { { { "deep" } } } },
    }
    local out = file.new()
    out:record("thing", "key", value)
    local read = pack.load(out:bytes()):record("thing", "key")
    assert.are.same(value, read)
    for i, number in ipairs(read.integers) do
      assert.are.equal("integer", math.type(number), i)
    end
  end)

  it("keeps an empty list apart from an empty map", function()
    local json = require "native.json"
    local out = file.new()
    out:record("thing", "key", json.decode(nil, '{"list":[],"map":{}}'))
    local read = pack.load(out:bytes()):record("thing", "key")
    assert.are.equal('{"list":[],"map":{}}', json.encode(nil, read))
  end)

  it("finds each of many keys, and no other", function()
    local out = file.new()
    for i = 1, 300 do out:record("thing", "key" .. i, i) end
    local data = pack.load(out:bytes())
    for i = 1, 300 do assert.are.equal(i, data:record("thing", "key" .. i)) end
    for _, key in ipairs { "", "key", "key0", "key301", "zzz" } do
      assert.is_nil(data:record("thing", key))
    end
  end)

  it("refuses a key that stands twice, and a type of shape that it does not know", function()
    local out = file.new()
    out:record("thing", "key", 1)
    assert.has_error(function() out:record("thing", "key", 2) end)
    local model = string_list "A"
    model.shapes.Text.type = "riddle"
    assert.has_error(function() service.compile(model) end)
  end)

  -- Where these lie in the file, in the order in which they lie there.
  local function order_of(bytes, words)
    local at = {}
    for i, word in ipairs(words) do at[i] = { word, assert(bytes:find(word, 1, true)) } end
    table.sort(at, function(a, b) return a[2] < b[2] end)
    local list = {}
    for i, one in ipairs(at) do list[i] = one[1] end
    return table.concat(list, " ")
  end

  it("lays together what one service or one part of the types is read for", function()
    local out = file.new()
    local both = { "in-both" }
    out:record("schema", "AWS::A::One", { "a-first", both, { "a-list" } })
    out:record("schema", "AWS::B::One", { "b-first", both, { "b-list" } })
    out:record("schema", "AWS::A::Two", { "a-second", { "a-list-too" } })
    out:record("schema", "AWS::B::Two", { "b-second" })
    assert.are.equal("in-both a-first a-list a-second a-list-too b-first b-list b-second",
      order_of(out:bytes(), { "a-first", "a-second", "b-first", "b-second", "in-both", "a-list-too",
        "b-list", "a-list" }))
  end)

  it("lays shapes of several services before those of one", function()
    local out = file.new()
    local own = string_list "Mine"
    own.shapes.Own = { type = "structure", members = { Only = { shape = "Text" } } }
    own.shapes.Thing.members.Own = { shape = "Own" }
    service.add(out, "one", own)
    service.add(out, "two", string_list "Other")
    out:bytes()
    local groups = {}
    for i, class in ipairs(out.shapes.order) do groups[i] = out.shapes.group[class] end
    assert.matches("^%*+one", table.concat(groups))
  end)

  it("finds documentation in whichever block it lies", function()
    local out = file.new()
    for i = 1, 400 do
      out.documentation:add(("key%03d"):format(i), ("text %d "):format(i):rep(200))
    end
    local data = pack.load(out:bytes())
    for _, i in ipairs { 1, 2, 100, 199, 200, 399, 400 } do
      assert.matches("^text " .. i .. " ", data:documentation(("key%03d"):format(i)))
    end
    assert.is_nil(data:documentation "key000")
    assert.is_nil(data:documentation "key401")
  end)
end)

describe("documentation", function()
  for html, text in pairs {
    ["plain"] = "plain",
    ["<p>One.</p>\n   <p>Two.</p>"] = "One.\n\nTwo.",
    ["<p>Use <code>a &lt; b</code> or <a href=\"x\">this</a>.</p>"] = "Use `a < b` or this.",
    ["<ul><li><p>a</p></li><li><p>b</p></li></ul>"] = "- a\n\n- b",
    ["<note><p>Mind.</p></note>"] = "Note: Mind.",
    ["a &amp;amp; b"] = "a &amp; b",
    ["<p></p>"] = "",
  } do
    it(("is %q made of %q"):format(text, html), function()
      assert.are.equal(text, documentation.plain(html))
    end)
  end
end)
