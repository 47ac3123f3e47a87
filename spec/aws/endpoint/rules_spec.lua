local functions = require "aws.endpoint.functions"
local rules = require "aws.endpoint.rules"

local PARTITIONS <const> = { partitions = {
  { id = "aws", regionRegex = "^(us|eu)\\-\\w+\\-\\d+$", regions = { ["eu-west-1"] = {} },
    outputs = { dnsSuffix = "amazonaws.com", supportsFIPS = true } },
  { id = "aws-cn", regionRegex = "^cn\\-\\w+\\-\\d+$",
    regions = { ["cn-north-1"] = { dnsSuffix = "other.cn" } },
    outputs = { dnsSuffix = "amazonaws.com.cn" } },
} }

local library = functions.library(PARTITIONS)

local function ref(name) return { ref = name } end

local function evaluate(list, params, parameters)
  return rules.evaluate({ parameters = parameters or { Region = {}, Flag = {}, Url = {} },
    rules = list }, params or {}, library)
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
    local found = evaluate({ answers "https://{Region}" }, {}, { Region = { default = "d" } })
    assert.equal("https://d", found.url)
    local none, reason = evaluate({ answers "x" }, {}, { Region = { required = true } })
    assert.is_nil(none)
    assert.matches("Region is required", reason)
    assert.is_nil((evaluate({})))
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
end)
