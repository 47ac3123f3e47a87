local jmespath = require "aws.jmespath"
local json = require "native.json"

local function search(expression, text)
  return jmespath.search(expression, json.decode(nil, text or "{}", { nulls = true }))
end

local function fault(expression, text)
  local ok, why = pcall(search, expression, text)
  assert.is_false(ok)
  return why
end

local function text(expression, input)
  local value = search(expression, input)
  return json.encode(nil, value == nil and json.null or value)
end

describe("JMESPath", function()
  it("looks into what AWS answers", function()
    local answer = { Reservations = {
      { Instances = { { InstanceId = "i-1", State = { Name = "running" } } } },
      { Instances = { { InstanceId = "i-2", State = { Name = "stopped" } },
        { InstanceId = "i-3", State = { Name = "running" } } } },
    } }
    local ids = "Reservations[].Instances[?State.Name == `running`][].InstanceId"
    assert.same({ "i-1", "i-3" }, jmespath.search(ids, answer))
    assert.equal("i-3", jmespath.search(ids .. " | [-1]", answer))
    assert.is_nil(jmespath.search("Reservations[0].Nothing.Below", answer))
  end)

  it("keeps apart lists and objects, nulls and what is absent", function()
    assert.equal('[[],{},null]', text("[a, b, c]", '{"a":[],"b":{},"c":null}'))
    assert.equal("[false,true]", text('[a == b, a == c]', '{"a":{"x":null},"b":{},"c":{"x":null}}'))
    assert.equal("2", text("length(@)", '{"a":null,"b":1}'))
    assert.equal("null", text("[*].a", '{"0":{"a":1}}'))
    assert.equal("null", text("a.len", '{"a":"text"}'))
    assert.equal("null", text('a."1"', '{"a":[1]}'))
  end)

  it("goes through objects in the order of their keys", function()
    assert.equal("[3,1,2]", text("*", '{"b":1,"c":2,"a":3}'))
    assert.equal('["a","b"]', text("keys(@)", '{"b":1,"a":3}'))
  end)

  it("keeps numbers exact", function()
    assert.equal("9223372036854775807", text("a", '{"a":9223372036854775807}'))
    assert.equal("true", text("a == `9223372036854775807`", '{"a":9223372036854775807}'))
    assert.equal("false", text("a == `9223372036854775807`", '{"a":9223372036854775806}'))
    assert.equal(9223372036854775808.0, search("sum(@)", "[9223372036854775807, 1]"))
    assert.equal("true", text("`1` == `1.0`"))
    assert.equal("[1e999]", text("[`1e999`]"))
    assert.equal('"number"', text("type(`1e999`)"))
  end)

  it("orders strings, as the AWS CLI does, and nothing of two kinds", function()
    assert.equal('["2024-02-01"]', text("[?@ > '2024-01-15']", '["2024-01-01","2024-02-01"]'))
    assert.equal("[null,null]", text("[`1` < 'a', `[1]` < `[2]`]"))
  end)

  it("counts and turns characters, not bytes", function()
    assert.equal("[3,\"c✓a\"]", text("[length(@), reverse(@)]", '"a✓c"'))
    assert.equal("\xff\xfea", jmespath.search("reverse(@)", "a\xfe\xff"))
    assert.equal(2, jmespath.search("length(@)", "\xfe\xff"))
  end)

  it("sorts what is equal as it was", function()
    local list = {}
    for at = 1, 50 do list[at] = { k = at % 2, n = at } end
    local sorted = jmespath.search("sort_by(@, &k)[].n", list)
    for at = 2, 50 do
      assert.is_true(sorted[at - 1] < sorted[at] or sorted[at - 1] % 2 < sorted[at] % 2)
    end
    assert.equal(1, #jmespath.search("sort(@)[?@ == `1`]", { 0 / 0, 1, 0 / 0, 3, -1, 0 / 0 }))
  end)

  it("says what is wrong, of which kind, and where", function()
    for expression, expected in pairs {
      ["foo["] = "syntax", ["foo..bar"] = "syntax", ["`\"`"] = "syntax", ['"a'] = "syntax",
      ["a = b"] = "syntax", ["&a"] = "syntax", ["abs(a,)"] = "syntax", ["[9999999999999999999]"] =
      "syntax", ["nothing(@)"] = "unknown-function", ["abs(@)"] = "invalid-type",
      ["abs(`1`, `2`)"] = "invalid-arity", ["`[1]`[::0]"] = "invalid-value",
      ["map(@, &a)"] = "invalid-type", ["to_array(&a)"] = "invalid-type", [""] = "syntax",
      ["\xff"] = "syntax",
    } do
      assert.equal(expected, fault(expression).reason, expression)
    end
    local why = fault "foo.bär.x"
    assert.matches("the JMESPath expression foo.bär.x: what is \"ä\"?", tostring(why), 1, true)
    assert.matches("at character 6", tostring(why), 1, true)
    assert.matches("argument 1 of abs is of the type object, not number", tostring(fault "abs(@)"),
      1, true)
  end)

  it("is bounded in length and depth", function()
    assert.equal("limit", fault(("a"):rep(20000)).reason)
    for _, expression in ipairs { ("("):rep(5000) .. "a" .. (")"):rep(5000), ("!"):rep(5000) .. "a",
      "a" .. (".a"):rep(5000), "a" .. (" || a"):rep(2000), ("["):rep(5000) } do
      assert.equal("limit", fault(expression).reason)
    end
    assert.is_nil(search("a" .. (".a"):rep(150)))
  end)

  it("is bounded in steps and in what it makes", function()
    local doubled = "@" .. (" | [@, @]"):rep(60)
    local texts = "'aaaaaaaaaaaaaaaa'" .. (" | join('', [@, @])"):rep(60)
    local list = {}
    for at = 1, 1000 do list[at] = at end
    local numbers = "`" .. json.encode(nil, list) .. "`"
    local nested = ("map(&map(&map(&@, $), $), $)"):gsub("%$", numbers)
    for _, expression in ipairs { doubled, texts, "to_string(" .. doubled .. ")", nested } do
      assert.equal("limit", fault(expression).reason)
    end
  end)

  it("keeps what it has compiled", function()
    assert.equal(jmespath.compile "a.b", jmespath.compile "a.b")
    local function of_values(a) return jmespath.compile("[a, `[" .. a .. "]`]") end
    for at = 1, 1200 do of_values(at) end
    assert.equal("[1,[7]]", json.encode(nil, of_values(7) { a = 1 }))
  end)
end)
