-- The runner tells a wrong expectation from a right one: data made here, for the suites of CBOR,
-- event streams, YAML and templates.
local cbor = require "native.cbor"
local crypto = require "native.crypto"
local eventstream = require "native.eventstream"
local planted = require "spec.conformance.planted"

--- The cases in `wrong` are reported, no other is, and the exit code says so.
local function expect(suite, files, passed, wrong)
  local said = planted.run(suite, files)
  for _, id in ipairs(wrong) do assert.matches(id .. ": ", said.out, 1, true) end
  local line = ("%s: %d passed, %d failed\n"):format(suite, passed, #wrong)
  assert.matches(line, said.out, 1, true)
  assert.are.equal(#wrong == 0 and 0 or 1, said.code, said.out .. said.err)
end

local function item(name, input, want)
  return { description = name, input = input, expect = want }
end

local function protocol_cases(direction, cases)
  return { ["protocols/" .. direction .. "/rpc-cbor.json"] = { {
    metadata = { protocol = "smithy-rpc-v2-cbor", protocols = { "smithy-rpc-v2-cbor" },
      targetPrefix = "Model", apiVersion = "2020-01-01" },
    shapes = { Thing = { type = "structure", members = { A = { shape = "Text" } } },
      Text = { type = "string" } },
    cases = cases,
  } } }
end

local GIVEN <const> = { name = "Do", http = { method = "POST", requestUri = "/" },
  input = { shape = "Thing" }, output = { shape = "Thing" } }

local function sends(id, value, header)
  return { _id = id, given = GIVEN, params = { A = "x" }, serialized = {
    method = "POST", uri = "/service/Model/operation/Do",
    body = crypto.base64(cbor.encode(nil, value)),
    headers = { ["smithy-protocol"] = header or "rpc-v2-cbor" } } }
end

local function answers(id, value)
  return { _id = id, given = GIVEN, result = { A = "x" }, response = { status_code = 200,
    headers = {}, body = crypto.base64(cbor.encode(nil, value)) } }
end

describe("the conformance runner tells a wrong expectation in", function()
  it("cbor", function()
    local empty = setmetatable({}, { __name = "list" })
    expect("cbor", { ["cbor/decode-success-tests.json"] = {
      item("right", "8243666f6f6161", { list = { { bytestring = { 102, 111, 111 } },
        { string = "a" } } }),
      item("right float", "fa3fd00000", { float32 = 1070596096 }),
      item("number", "18ff", { uint = 254 }), item("kind", "63666f6f", { bytestring = "foo" }),
      item("width", "fa3fd00000", { float64 = 1070596096 }), item("tag", "c101",
        { tag = { id = 2, value = { uint = 1 } } }),
      item("no list", "a0", { list = empty }), item("no error", "18", { uint = 1 }),
    }, ["cbor/decode-error-tests.json"] = {
      { description = "right error", input = "18", error = true },
      { description = "error", input = "00", error = true } } }, 3,
      { "number", "kind", "width", "tag", "no list", "no error", "error" })
  end)

  it("cbor's protocol cases", function()
    local files = protocol_cases("input", { sends("right", { A = "x" }),
      sends("body", { A = "y" }), sends("header", { A = "x" }, "rpc-v3") })
    for name, content in pairs(protocol_cases("output", { answers("right", { A = "x" }),
      answers("result", { A = "y" }), answers("nothing", {}) })) do
      files[name] = content
    end
    files["cbor/decode-error-tests.json"] = { { description = "e", input = "18", error = true } }
    expect("cbor", files, 3, { "input/body", "input/header", "output/result", "output/nothing" })
  end)

  it("eventstream", function()
    local good = eventstream.encode { fields = { { name = "a", value = "b" } }, payload = "x" }
    expect("eventstream", { ["eventstream/valid_right"] = good,
      ["eventstream/invalid_right"] = good:sub(1, -2), ["eventstream/invalid_wrong"] = good,
      ["eventstream/valid_cut"] = good:sub(1, -2), ["eventstream/valid_two"] = good .. good }, 2,
      { "invalid_wrong", "valid_cut", "valid_two" })
  end)

  it("yaml-test-suite", function()
    local function case(name, text, value, more)
      local files = { ["in.yaml"] = text, ["test.event"] =
        ("+STR\n+DOC\n+MAP\n=VAL :a\n=VAL :%s\n-MAP\n-DOC\n-STR\n"):format(value) }
      for file, content in pairs(more or {}) do files[file] = content end
      local found = {}
      for file, content in pairs(files) do
        found[("yaml-test-suite/%s/%s"):format(name, file)] = content
      end
      return found
    end
    local files = {}
    for _, each in ipairs {
      case("AAA1", "a: 1\n", "1", { ["in.json"] = '{"a": 1}' }), case("AAA2", "a: 1\n", "2"),
      case("AAA3", "a: 1\n", "1", { ["in.json"] = '{"a": 2}' }),
      case("AAA4", "a: 1\n", "1", { error = "" }), case("AAA5", "a: [\n", "1", { error = "" }),
      case("AAA6/00", "a: [\n", "1"), case("AAA7", "a: 1\n", "1", { ["in.json"] = "{}{}" }),
    } do
      for name, content in pairs(each) do files[name] = content end
    end
    expect("yaml-test-suite", files, 2, { "AAA2", "AAA3", "AAA4", "AAA6/00", "AAA7" })
  end)

  local VPC <const> = "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties:\n"
    .. "      CidrBlock: 10.0.0.0/16\n"

  it("cfn-lint", function()
    local lost = VPC .. "  B:\n    Type: AWS::EC2::Subnet\n    Properties:\n"
      .. "      CidrBlock: 10.0.0.0/24\n      VpcId: !Ref C\n"
    expect("cfn-lint", { ["cfn-lint/templates/good/right.yaml"] = VPC,
      ["cfn-lint/templates/good/lost.yaml"] = lost,
      ["cfn-lint/templates/bad/parameters_lost.yaml"] = lost,
      ["cfn-lint/templates/bad/circular.yaml"] = lost,
      ["cfn-lint/templates/bad/deep/right.yaml"] = VPC,
      ["cfn-lint/templates/bad/conditions.yaml"] = VPC .. "Conditions: { A: 1 }\n" }, 2,
      { "good/lost.yaml", "bad/circular.yaml", "bad/deep/right.yaml", "bad/conditions.yaml" })
  end)

  it("cfn-templates", function()
    expect("cfn-templates", { ["cfn-templates/a/right.yaml"] = VPC,
      ["cfn-templates/a/wrong.json"] = '{ "Resources": { "A": { "Type": "AWS::EC2::VPCX" } } }',
    }, 1, { "a/wrong.json" })
  end)
end)
