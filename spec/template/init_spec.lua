-- Small templates on the types of the recipes' specs; the big one is compared in spec/recipes.
local support = require "spec.recipe.support"
local template = require "template"
local value = require "engine.value"

local function load(text, overrides)
  local host = support.host({ ["web/site.yml"] = text }, overrides)
  return support.load(host, "web/site.yml", template.load), host
end

local function fails(text, words, overrides)
  local ok, why = pcall(load, text, overrides)
  assert(not ok, "the template was expected to fail")
  local message = support.says(tostring(why), words)
  local _, lines = message:gsub("\n", "\n")
  assert.is_true(lines < 3, message)
end

--- A template with one resource A and these properties, written in flow style.
local function with(properties, rest)
  return ("Resources:\n  B: { Type: AWS::Spec::Thing }\n  A:\n    Type: AWS::Spec::Thing\n"
    .. "    Properties: %s\n%s"):format(properties, rest or "")
end

local function property(expression, rest, overrides)
  local evaluated = load(with("{ Document: { v: " .. expression .. " } }", rest), overrides)
  return evaluated.resources[2].properties.Document.v, evaluated
end

local function find(name, attribute)
  return attribute == "Zones" and { "z1", "z2" } or name .. "-" .. attribute
end

describe("a template", function()
  it("declares resources with name, type, place, options and line", function()
    local evaluated = load [[
AWSTemplateFormatVersion: 2010-09-09
Description: ignored
Metadata: { any: [1] }
Resources:
  A:
    Type: AWS::Spec::Thing
    Metadata: { also: ignored }
    DependsOn: B
    DeletionPolicy: Retain
    Properties:
      Name: x
      Size: 8
  B:
    Type: AWS::Spec::Thing
    DependsOn: [A]
    DeletionPolicy: Delete
]]
    local a, b = evaluated.resources[1], evaluated.resources[2]
    assert.are.equal("A", a.name)
    assert.are.equal("AWS::Spec::Thing", a.type)
    assert.are.equal("eu-west-1", a.place.region)
    assert.are.equal("web/site.yml:5", a.source)
    assert.are.same({ Name = "x", Size = 8 }, a.properties)
    assert.are.same({ depends_on = { "B" }, retain = true }, a.options)
    assert.are.same({ depends_on = { "A" } }, b.options)
    assert.are.same({}, b.properties)
  end)

  it("can be JSON", function()
    local evaluated = load('{ "Resources": { "A": { "Type": "AWS::Spec::Thing",\n\t"Properties":'
      .. '{ "Name": { "Fn::Sub": "${AWS::Region}a" }, "Size": 3 } } } }')
    assert.are.same({ Name = "eu-west-1a", Size = 3 }, evaluated.resources[1].properties)
  end)

  it("keeps dates and quoted numbers as text, and numbers as numbers", function()
    assert.are.same({ "2012-10-17", "8", -1, 8, true, 1.5, "010" },
      (property '[2012-10-17, "8", -1, 8, true, 1.5, 010]'))
  end)

  it("refers to resources, parameters and pseudo parameters", function()
    assert.are.same({ ["$deferred"] = "B" }, value.describe((property "!Ref B")))
    assert.are.same({ ["$deferred"] = "B" }, value.describe((property "{ Ref: B }")))
    assert.are.equal("x", (property("!Ref P", "Parameters: { P: { Type: String, Default: x } }")))
    assert.are.same({ "eu-west-1", "123456789012", "aws", "amazonaws.com", "site" }, (property(
      '[!Ref AWS::Region, !Ref "AWS::AccountId", !Ref AWS::Partition, !Ref AWS::URLSuffix,\n'
      .. "       !Ref AWS::StackName]")))
    assert.are.same({ a = 1, l = { 2 } }, (property
      "{ a: 1, b: !Ref AWS::NoValue, l: [!Ref AWS::NoValue, 2] }"))
    local evaluated = load(with "{ Name: !Ref AWS::NoValue }")
    assert.are.same({}, evaluated.resources[2].properties)
  end)

  it("reads attributes, in both forms", function()
    for _, text in ipairs { "!GetAtt B.Id", "!GetAtt [B, Id]", '{ "Fn::GetAtt": [B, Id] }',
      '{ "Fn::GetAtt": B.Id }' } do
      assert.are.same({ ["$deferred"] = "B.Id" }, value.describe((property(text))))
    end
  end)

  it("puts texts together with Sub and Join", function()
    assert.are.equal("com.eu-west-1.x-${Literal}",
      (property '!Sub "com.${AWS::Region}.x-${!Literal}"'))
    assert.are.equal("mine-8", (property '!Sub ["${Own}-${N}", { Own: mine, N: 8 }]'))
    local v = property '!Sub "${B}/${B.Id}"'
    assert.are.equal("B-Ref/B-Id", (value.resolve(v, find)))
    assert.are.equal("a:b", (property '!Join [":", [a, b]]'))
    assert.are.equal("a,B-Id", (value.resolve((property '!Join [",", [a, !GetAtt B.Id]]'), find)))
    assert.are.equal("z1,z2", (value.resolve((property '!Join [",", !GetAtt B.Zones]'), find)))
  end)

  it("takes parameters of every type, and checks them", function()
    local parameters = [[
Parameters:
  S: { Type: String, Default: 010, AllowedValues: [010, x], MinLength: 1, MaxLength: "3" }
  N: { Type: Number, Default: 8, MinValue: 1, MaxValue: 10 }
  L: { Type: CommaDelimitedList, Default: "a, b" }
  M: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /ami }
  H: { Type: String, NoEcho: true, Default: hush }
]]
    local v, evaluated = property("[!Ref S, !Ref N, !Ref L, !Ref M]", parameters)
    assert.are.same({ "010", 8, { "a", "b" }, "ami-of-/ami" }, v)
    assert.are.equal("/ami", evaluated.inputs.latest[1].path)
    assert.is_true(value.is_secret((property("!Ref H", parameters))))
    assert.is_true(value.is_secret((property('!Sub "x${H}"', parameters))))
    fails(with("{}", parameters), { "parameter S does not allow", "site.yml:7:3", "010, x" },
      { params = { S = "no" } })
    fails(with("{}", parameters), { "parameter N is more than 10" }, { params = { N = "11" } })
    fails(with("{}", parameters), { "no parameter Z" }, { params = { Z = "11" } })
    fails(with("{}", "Parameters: { P: { Type: String } }"), { "P has no value", "-P P=", ":6:15" })
    fails(with("{}", "Parameters: { P: { Default: x } }"), { "P has no Type", ":6:" })
    fails(with("{}", "Parameters: { P: { Type: Text } }"), { "Text", ":6:15" })
    fails(with("{}", "Parameters: { P: { Type: String, Defalt: x } }"), { "Defalt", "Default" })
    fails(with("{}", "Parameters: { P: { Type: String, AllowedPattern: '[a-z]+', Default: A,"
      .. " ConstraintDescription: letters please } }"), { "pattern", "letters please" })
  end)

  it("has outputs", function()
    local evaluated = load(with("{}", "Outputs: { X: { Value: !Ref A, Description: d } }"))
    assert.are.equal("X", evaluated.outputs[1].name)
    assert.are.same({ "A" }, value.names(evaluated.outputs[1].value))
    fails(with("{}", "Outputs: { X: { Value: 1, Export: { Name: y } } }"), { "Export", ":6:" })
    fails(with("{}", "Outputs: { X: { Valu: 1 } }"), { "Valu", "Value" })
    fails(with("{}", "Outputs: { X: {} }"), { "X has no Value" })
    fails(with("{}", "Outputs: { X: { Value: !Ref AWS::NoValue } }"), { "NoValue" })
  end)

  it("names the line and column of what is not there", function()
    fails(with "{ Nam: x }", { "no property Nam", "site.yml:5:19", "Name" })
    fails(with "{ Name: !Ref C }", { "no parameter or resource C", "site.yml:5:25" })
    fails(with "{ Name: !Ref AWS::Regoin }", { "AWS::Regoin", "AWS::Region" })
    fails(with "{ Name: !Ref AWS::StackId }", { "AWS::StackId", "AWS::StackName" })
    fails(with "{ Name: !GetAtt B.Idx }", { "no attribute Idx", "site.yml:5:" })
    fails(with "{ Name: !GetAtt C.Id }", { "no resource C" })
    fails(with "{ Name: !GetAtt B }", { "GetAtt takes" })
    fails(with '{ Name: !Sub "${C}" }', { "C", "site.yml:5:" })
    fails(with '{ Name: !Sub "${B" }', { "without its }" })
    fails(with '{ Name: !Sub [a] }', { "Sub takes" })
    fails(with '{ Name: !Join [a] }', { "Join takes" })
    fails("Resources: { A: { Type: AWS::Spec::Thng } }", { "no type AWS::Spec::Thng", ":1:25",
      "AWS::Spec::Thing" })
    fails("Resources: { A: { Properties: {} } }", { "A has no Type", ":1:14" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, DependsOn: C } }", { "DependsOn names C" })
  end)

  it("names the line and column of a value that the schema does not take", function()
    fails(with "{ Size: [1] }", { "A (AWS::Spec::Thing): Size takes", "site.yml:5:" })
    fails(with "{ Items: [a, { b: 1 }] }", { "Items[2]", "site.yml:5:" })
  end)

  it("refuses what mrun does not do, and does not pass over it", function()
    for _, section in ipairs { "Conditions", "Mappings", "Transform", "Rules" } do
      fails(with("{}", section .. ": {}"), { section, "site.yml:6:1" })
    end
    fails(with "{ Name: !Select [0, [a]] }", { "Fn::Select", "site.yml:5:" })
    fails(with '{ Name: { "Fn::ImportValue": x } }', { "Fn::ImportValue" })
    fails(with '{ Name: !Nonsense x }', { "Fn::Nonsense" })
    fails(with "{ Name: { Ref: B, x: 1 } }", { "Ref must stand alone" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, Condition: X } }", { "Condition" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, CreationPolicy: {} } }", { "CreationPolicy" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, DeletionPolicy: Snapshot } }", { "Snapshot" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, Propertys: {} } }",
      { "Propertys", "Properties" })
    fails("Resourcs: {}", { "Resourcs", "Resources" })
    fails("AWSTemplateFormatVersion: 2011-01-01\nResources: {}", { "2010-09-09" })
  end)

  it("refuses what is no template", function()
    fails("", { "one document" })
    fails("[]", { "a map" })
    fails("Description: x", { "no Resources" })
    fails("Resources: []", { "Resources must be a map", ":1:12" })
    fails("Resources: { A: [] }", { "the resource A must be a map" })
    fails("Resources: { A: { Type: AWS::Spec::Thing, Properties: [] } }", { "Properties must be" })
    fails(with "{ Name: }", { "null", "site.yml:5:" })
    fails("Resources: {\n  A: [", { "site.yml:" })
    fails("a: 1\na: 2", { "site.yml:2:1" })
    fails("--- {}\n--- {}", { "one document" })
    fails(with "{ Name: !!binary aGk= }", { "!!binary" })
  end)

  it("keeps retaining when only a replacement is to be retained", function()
    local evaluated = load
      "Resources: { A: { Type: AWS::Spec::Thing, UpdateReplacePolicy: Retain } }"
    assert.is_true(evaluated.resources[1].options.retain)
  end)
end)
