local compile = require "aws.endpoint.rules"
local functions = require "aws.endpoint.functions"

local PARTITIONS <const> = { partitions = {
  { id = "aws", regionRegex = "^(us|eu)\\-\\w+\\-\\d+$", regions = { ["eu-west-1"] = {} },
    outputs = { dnsSuffix = "amazonaws.com", supportsFIPS = true } },
  { id = "aws-cn", regionRegex = "^cn\\-\\w+\\-\\d+$",
    regions = { ["cn-north-1"] = { dnsSuffix = "other.cn" } },
    outputs = { dnsSuffix = "amazonaws.com.cn" } },
} }

local library = functions(PARTITIONS)

local function ref(name) return { ref = name } end

local DECLARED <const> = { Region = { type = "String" }, Flag = { type = "boolean" },
  Url = { type = "string" }, List = { type = "stringArray" } }

local function program(list, parameters)
  return compile({ parameters = parameters or DECLARED, rules = list }, library)
end

local function evaluate(list, params, parameters)
  return program(list, parameters):resolve(params or {})
end

local function answers(url)
  return { type = "endpoint", conditions = {}, endpoint = { url = url } }
end

describe("an endpoint rule set", function()
  it("takes the first rule whose conditions hold", function()
    local list = {
      { type = "endpoint", endpoint = { url = "https://flag" },
        conditions = { { fn = "booleanEquals", argv = { ref "Flag", true } } } },
      answers "https://{Region}.plain",
    }
    assert.equal("https://flag", evaluate(list, { Flag = true }).url)
    assert.equal("https://x.plain", evaluate(list, { Flag = false, Region = "x" }).url)
  end)

  it("hands what a condition assigns to what comes after it, and to nothing else", function()
    local list = {
      { type = "tree", conditions = {
        { fn = "aws.partition", argv = { ref "Region" }, assign = "P" } }, rules = {
        { type = "endpoint", endpoint = { url = "https://{P#dnsSuffix}/{{x}}" }, conditions = {
          { fn = "stringEquals",
            argv = { { fn = "getAttr", argv = { ref "P", "name" } }, "aws" } } } },
        { type = "error", conditions = {}, error = "not in {P#name}" },
      } },
    }
    assert.equal("https://amazonaws.com/{x}", evaluate(list, { Region = "eu-west-1" }).url)
    assert.equal("https://amazonaws.com/{x}", evaluate(list, { Region = "us-new-9" }).url)
    local found, reason = evaluate(list, { Region = "cn-north-1" })
    assert.is_nil(found)
    assert.equal("not in aws-cn", reason)
  end)

  it("lets a region have its own outputs, and an unknown one the first partition", function()
    assert.equal("other.cn", library["aws.partition"]("cn-north-1").dnsSuffix)
    assert.equal("amazonaws.com.cn", library["aws.partition"]("cn-new-1").dnsSuffix)
    assert.equal("aws", library["aws.partition"]("moon").name)
  end)

  it("fills properties and headers at any depth", function()
    local found = evaluate({ { type = "endpoint", conditions = {}, endpoint = {
      url = "https://x", headers = { h = { "{Region}" } },
      properties = {
        authSchemes = { { signingRegion = "{Region}", disableDoubleEncoding = true } } },
    } } }, { Region = "r" })
    assert.same({ authSchemes = { { signingRegion = "r", disableDoubleEncoding = true } } },
      found.properties)
    assert.same({ h = { "r" } }, found.headers)
  end)

  it("uses defaults, and says what is required and missing", function()
    local found = evaluate({ answers "https://{Region}" }, {},
      { Region = { type = "string", default = "d" } })
    assert.equal("https://d", found.url)
    local none, reason = evaluate({ answers "x" }, {},
      { Region = { type = "string", required = true } })
    assert.is_nil(none)
    assert.matches("Region is required", reason)
    assert.is_nil((evaluate({})))
    none, reason = evaluate({ answers "x" }, { Flag = "yes" })
    assert.is_nil(none)
    assert.equal("the endpoint parameter Flag must be true or false", reason)
    none, reason = evaluate({ answers "x" }, { List = { "a", 1 } })
    assert.is_nil(none)
    assert.matches("List must be a list of texts", reason, 1, true)
  end)

  it("takes ARNs, URLs and host labels apart as AWS does", function()
    local arn = library["aws.parseArn"]("arn:aws:s3:eu-west-1:1:accesspoint:a/b")
    assert.same({ "accesspoint", "a", "b" }, arn.resourceId)
    assert.is_nil(library["aws.parseArn"]("arn:aws:s3"))
    assert.same({ scheme = "https", authority = "h:1", path = "/a", normalizedPath = "/a/",
      isIp = false }, library.parseURL("https://h:1/a"))
    assert.is_true(library.parseURL("http://127.0.0.1").isIp)
    assert.is_true(library.parseURL("http://[::1]/").isIp)
    for _, text in ipairs { "ftp://x", "https://x?q=1", "https://x:99999", "x", "https://" } do
      assert.is_nil(library.parseURL(text))
    end
    assert.is_true(library.isValidHostLabel("a-1", false))
    for _, text in ipairs { "", "-a", "a-", "a.b", "a_b", ("a"):rep(64) } do
      assert.is_false(library.isValidHostLabel(text, false))
    end
    assert.is_true(library.isValidHostLabel("a.b", true))
    assert.is_false(library["aws.isVirtualHostableS3Bucket"]("192.168.1.1", true))
    assert.is_true(library["aws.isVirtualHostableS3Bucket"]("my.bucket", true))
  end)

  it("cuts text from both ends and not beyond", function()
    assert.equal("bc", library.substring("abcd", 1, 3, false))
    assert.equal("cd", library.substring("abcd", 0, 2, true))
    assert.is_nil(library.substring("abcd", 0, 5, false))
    assert.is_nil(library.substring("ab\xc3\xa9", 0, 2, false))
    assert.equal("a%2Fb%20", library.uriEncode("a/b "))
  end)

  it("gets attributes by name and index", function()
    local list = { { type = "endpoint", endpoint = { url = "https://{p}" }, conditions = {
      { fn = "aws.parseArn", argv = { ref "Url" }, assign = "a" },
      { fn = "getAttr", argv = { ref "a", "resourceId[1]" }, assign = "p" } } } }
    assert.equal("https://n", evaluate(list, { Url = "arn:aws:x:::t/n" }).url)
    assert.is_nil((evaluate(list, { Url = "arn:aws:x:::t" })))
  end)

  it("chooses, falls back and splits", function()
    assert.equal("b", library.coalesce(nil, "b", "c"))
    assert.equal("no", library.ite(false, "yes", "no"))
    assert.same({ "a", "b", "c" }, library.split("a--b--c", "--", 0))
    assert.same({ "a", "b--c" }, library.split("a--b--c", "--", 2))
    assert.same({ "" }, library.split("", "--", 0))
    assert.is_nil(library.split("a", "", 0))
  end)

  it("does not let a name outlive the rule that assigned it", function()
    local list = {
      { type = "endpoint", endpoint = { url = "https://one" }, conditions = {
        { fn = "uriEncode", argv = { ref "Region" }, assign = "x" },
        { fn = "stringEquals", argv = { ref "x", "other" } } } },
      { type = "error", conditions = {}, error = "{x}" },
    }
    assert.error_matches(function() evaluate(list, { Region = "r" }) end,
      "it refers to x, which nothing sets")
  end)
end)

describe("what a rule set has answered", function()
  local list = {
    { type = "endpoint", endpoint = { url = "https://{Url}" }, conditions = {
      { fn = "booleanEquals", argv = { ref "Flag", true } } } },
    { type = "endpoint", endpoint = { url = "https://{Region}" }, conditions = {
      { fn = "getAttr", argv = { ref "List", "[0]" } } } },
    { type = "error", conditions = {}, error = "nothing" },
  }

  it("is the same table again, whatever it did not ask for", function()
    local rules = program(list)
    local first = rules:resolve { Flag = true, Url = "u", Region = "a" }
    assert.equal(first, (rules:resolve { Flag = true, Url = "u", Region = "b" }))
    assert.not_equal(first, (rules:resolve { Flag = true, Url = "v", Region = "a" }))
    assert.equal("https://u", first.url)
    assert.equal("https://v", rules:resolve { Flag = true, Url = "v" }.url)
  end)

  it("is told apart by lists, by false and by nothing", function()
    local rules = program(list)
    assert.equal("https://a", rules:resolve { Flag = false, List = { "x" }, Region = "a" }.url)
    assert.is_nil((rules:resolve { Flag = false, List = {}, Region = "a" }))
    assert.is_nil((rules:resolve { Region = "a" }))
    assert.equal("https://a", rules:resolve { List = { "a", "b" }, Region = "a" }.url)
    assert.equal("https://b", rules:resolve { List = { "a\0b" }, Region = "b" }.url)
    assert.same({ nil, "nothing" }, { rules:resolve { Flag = false, Region = "a" } })
  end)

  it("is forgotten before it fills the memory", function()
    local rules = program(list)
    local first = rules:resolve { Flag = true, Url = "0" }
    for at = 1, 600 do
      assert.equal("https://" .. at, rules:resolve { Flag = true, Url = tostring(at) }.url)
    end
    assert.not_equal(first, (rules:resolve { Flag = true, Url = "0" }))
    assert.is_true(rules.memo.count < 501)
  end)
end)

describe("a damaged rule set", function()
  local function refused(why, rules, parameters, params)
    local ok, fault = pcall(evaluate, rules, params or { Region = "r" }, parameters)
    assert.is_false(ok)
    assert.matches("the endpoint rule set is damaged: " .. why, tostring(fault), 1, true)
    assert.matches("mrun version --verify", tostring(fault), 1, true)
  end

  local function condition(fn, argv, assign)
    return { { type = "error", error = "x", conditions = { { fn = fn, argv = argv,
      assign = assign } } } }
  end

  it("is refused with what is wrong, and where", function()
    refused("its rules are no list", "x")
    refused("a rule is none", { "x" })
    refused("a rule is of the type nil", { {} })
    refused("a rule has no endpoint", { { type = "endpoint" } })
    refused("a value is missing", { { type = "endpoint", endpoint = {} } })
    refused("a rule ends in what is no text", { { type = "error", error = { a = "b" } } })
    refused("its headers are no list",
      { { type = "endpoint", endpoint = { url = "u", headers = { a = "b" } } } })
    refused("it calls fly, which is unknown", condition("fly", { "x" }))
    refused("it calls booleanEquals with 0 arguments", condition("booleanEquals", {}))
    refused("a condition is no call of a function", condition("isSet"))
    refused("getAttr wants a path", condition("getAttr", { ref "Region", true }))
    refused("it assigns to no name", condition("isSet", { ref "Region" }, 1))
    refused("the braces in \"{a\" do not match", { { type = "error", error = "{a" } })
    refused("it puts Url into a text, where it is not set", { { type = "error", error = "{Url}" } })
    refused("its parameter P has no type", {}, { P = {} })
    refused("the default of P is not true or false", {}, { P = { type = "boolean", default = "" } })
    local _, fault = pcall(evaluate, { { type = "tree", rules = { {} } } })
    assert.matches("at rule 1.1", tostring(fault), 1, true)
  end)

  it("ends although it is deep or its texts grow", function()
    local deep = { answers "x" }
    for _ = 1, 70 do deep = { { type = "tree", rules = deep } } end
    refused("its rules are nested too deeply", deep)
    local value = "x"
    for _ = 1, 70 do value = { fn = "uriEncode", argv = { value } } end
    refused("its calls are nested too deeply", condition("isSet", { value }))
    local growing = { { fn = "uriEncode", argv = { "{Region}" }, assign = "a0" } }
    for at = 1, 40 do
      growing[at + 1] = { fn = "coalesce", argv = { ("{a%d}{a%d}"):format(at - 1, at - 1) },
        assign = "a" .. at }
    end
    refused("its texts grow too long", { { type = "error", error = "x", conditions = growing } })
    local many = {}
    for at = 1, 100001 do many[at] = condition("not", { true })[1] end
    refused("it takes too many steps", many)
  end)

  it("is not the only thing: partitions are looked at too", function()
    for _, bad in ipairs { {}, { partitions = {} }, { partitions = { { id = "x" } } } } do
      assert.error_matches(function() functions(bad) end, "the list of partitions is damaged")
    end
    local wrong = functions { partitions = { { id = "x", regionRegex = "(", regions = {},
      outputs = {} } } }
    assert.error_matches(function() wrong["aws.partition"] "r" end,
      "the list of partitions is damaged")
  end)
end)
