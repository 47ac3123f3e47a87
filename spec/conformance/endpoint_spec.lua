-- The runner tells a wrong expectation from a right one: data made here, for both suites.
local planted = require "spec.conformance.planted"

local function ref(name) return { ref = name } end

local RULES <const> = {
  version = "1.0",
  parameters = { Region = { type = "String", builtIn = "AWS::Region" } },
  rules = {
    { type = "endpoint", conditions = { { fn = "isSet", argv = { ref "Region" } } },
      endpoint = { url = "https://sts.{Region}.example.com", headers = { h = { "{Region}" } },
        properties = { authSchemes = { { name = "sigv4", signingRegion = "{Region}" } } } } },
    { type = "error", conditions = {}, error = "no region" },
  },
}

local function right()
  return { url = "https://sts.eu-west-1.example.com", headers = { h = { "eu-west-1" } },
    properties = { authSchemes = { { name = "sigv4", signingRegion = "eu-west-1" } } } }
end

local function case(id, expect, region)
  return { _id = id, expect = expect, params = { Region = region } }
end

local function cases(through_operation)
  local url, header, scheme = right(), right(), right()
  url.url, header.headers = "https://other", { h = { "eu" } }
  scheme.properties.authSchemes[1].signingRegion = "eu"
  local list = {
    case("right", { endpoint = right() }, "eu-west-1"),
    case("right error", { error = "no region" }),
    case("url", { endpoint = url }, "eu-west-1"),
    case("header", { endpoint = header }, "eu-west-1"),
    case("scheme", { endpoint = scheme }, "eu-west-1"), case("error", { error = "no" }),
    case("no error", { error = "no region" }, "eu-west-1"),
    case("no endpoint", { endpoint = right() }),
  }
  if through_operation then
    list[#list + 1] = case("operation", { endpoint = right() }, "eu-west-1")
    list[#list].operationInputs = { { operationName = "GetCallerIdentity",
      builtInParams = { ["AWS::Region"] = "eu-west-2" } } }
  end
  return { testCases = list }
end

local PARTITIONS <const> = { partitions = { { id = "aws", regionRegex = "^eu", regions = {},
  outputs = { dnsSuffix = "example.com" } } } }

describe("the conformance runner", function()
  local WRONG <const> = { "url", "header", "scheme", "error", "no error", "no endpoint" }

  it("finds a wrong expectation in endpoint-engine", function()
    planted.expect(planted.run("endpoint-engine", {
      ["endpoint-services/partitions.json"] = PARTITIONS,
      ["endpoint-engine/sdkutils/partitions.json"] = PARTITIONS,
      ["endpoint-engine/botocore/valid-rules/a.json"] = RULES,
      ["endpoint-engine/botocore/test-cases/a.json"] = cases(false),
    }), WRONG, 2)
  end)

  it("finds a wrong expectation in endpoint-services, also through an operation", function()
    local wrong = table.move(WRONG, 1, #WRONG, 1, {})
    wrong[#wrong + 1] = "operation"
    planted.expect(planted.run("endpoint-services", {
      ["endpoint-services/partitions.json"] = PARTITIONS,
      ["endpoint-services/rulesets/sts.json"] = RULES,
      ["endpoint-services/cases/sts.json"] = cases(true),
    }), wrong, 2)
  end)
end)
