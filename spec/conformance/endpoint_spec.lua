-- The runner tells a wrong expectation from a right one: data made here, for both suites.
local fs = require "native.fs"
local json = require "native.json"
local sys = require "native.sys"

local BINARY <const> = assert(fs.realpath "/proc/self/exe")

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

local function write(path, value)
  assert(fs.mkdir(path:match("^(.*)/")))
  assert(fs.replace(path, assert(json.encode(nil, value))))
end

local PARTITIONS <const> = { partitions = { { id = "aws", regionRegex = "^eu", regions = {},
  outputs = { dnsSuffix = "example.com" } } } }

local function run(suite, files)
  local data = os.getenv "TMPDIR" .. "/planted"
  for path, value in pairs(files) do write(data .. "/" .. path, value) end
  local said = assert(sys.run { "/usr/bin/env", "-u", "MRUN_MAIN", BINARY, "run",
    "spec/conformance/run.lua", "--data", data, suite })
  assert(sys.run { "/bin/rm", "-rf", data })
  return said
end

local function expect_found(said, ids, passed)
  assert.equal(1, said.code, said.out .. said.err)
  for _, id in ipairs(ids) do assert.matches(" " .. id .. ": ", said.out, 1, true) end
  assert.not_matches(" right", said.out)
  assert.matches(("%d passed, %d failed"):format(passed, #ids), said.out, 1, true)
end

describe("the conformance runner", function()
  local WRONG <const> = { "url", "header", "scheme", "error", "no error", "no endpoint" }

  it("finds a wrong expectation in endpoint-engine", function()
    expect_found(run("endpoint-engine", {
      ["endpoint-services/partitions.json"] = PARTITIONS,
      ["endpoint-engine/sdkutils/partitions.json"] = PARTITIONS,
      ["endpoint-engine/botocore/valid-rules/a.json"] = RULES,
      ["endpoint-engine/botocore/test-cases/a.json"] = cases(false),
    }), WRONG, 2)
  end)

  it("finds a wrong expectation in endpoint-services, also through an operation", function()
    local wrong = table.move(WRONG, 1, #WRONG, 1, {})
    wrong[#wrong + 1] = "operation"
    expect_found(run("endpoint-services", {
      ["endpoint-services/partitions.json"] = PARTITIONS,
      ["endpoint-services/rulesets/sts.json"] = RULES,
      ["endpoint-services/cases/sts.json"] = cases(true),
    }), wrong, 2)
  end)
end)
