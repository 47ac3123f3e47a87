local support = require "spec.recipe.support"
local value = require "engine.value"

local fails = support.fails

--- The value of the one parameter P, as a property of a resource.
local function value_of(spec, overrides)
  local evaluated = support.run(
    ('local p = params { P = %s }; Thing "A" { Document = { v = p.P } }'):format(spec), overrides)
  return evaluated.resources[1].properties.Document.v, evaluated
end

describe("params", function()
  it("take what was given, else the default, else what is asked for", function()
    assert.are.equal("stg", (value_of '{ default = "stg" }'))
    assert.are.equal("dev", (value_of('{ default = "stg" }', { params = { P = "dev" } })))
    assert.are.equal("asked P", (value_of("{ help = 'which' }", {
      ask = function(name) return "asked " .. name end,
    })))
    fails("params {\n P = {} }", { "P has no value", "-P P=", "site.lua:2" })
  end)

  it("have the type that is said, or the default's", function()
    assert.are.equal(8, (value_of '{ type = "Number", default = "8" }'))
    assert.are.equal(1.5, (value_of('{ default = 1 }', { params = { P = "1.5" } })))
    assert.are.equal(false, (value_of('{ default = true }', { params = { P = "false" } })))
    assert.are.equal("8", (value_of '{ type = "String", default = 8 }'))
    assert.are.same({ "a", "b" }, (value_of('{ default = { "x" } }', { params = { P = "a, b" } })))
    assert.are.same({ 1, 2 }, (value_of '{ type = "List<Number>", default = "1,2" }'))
    assert.are.same({ "subnet-1" },
      (value_of '{ type = "List<AWS::EC2::Subnet::Id>", default = "subnet-1" }'))
    assert.are.equal("vpc-1", (value_of '{ type = "AWS::EC2::VPC::Id", default = "vpc-1" }'))
    fails('params { P = { type = "Text", default = 1 } }', { "Text", "String" })
    fails('params { P = { default = 1 } }', { "takes a number", '"x"' }, { params = { P = "x" } })
    fails('params { P = { default = true } }', { "true or false" }, { params = { P = "yes" } })
  end)

  it("are checked against pattern, allowed values, least and most", function()
    fails('params { P = { default = "A b", pattern = "[a-z]+" } }', { "pattern", "[a-z]+", "A b" })
    fails('params { P = { default = "c", allowed = { "a", "b" } } }', { "a, b", '"c"' })
    fails('params { P = { default = 1, min = 2 } }', { "less than 2" })
    fails('params { P = { default = 3, max = 2 } }', { "more than 2" })
    fails('params { P = { default = "abc", max = 2 } }', { "more than 2 characters" })
    fails('params { P = { type = "List<Number>", default = "1,9", max = 5 } }', { "more than 5" })
    assert.are.equal("ab", (value_of '{ default = "ab", pattern = "^[a-z]+$", min = 2, max = 2 }'))
  end)

  it("of the parameter store are looked up now, and may have a newer value later", function()
    local found, evaluated = value_of
      '{ type = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", default = "/ami" }'
    assert.are.equal("ami-of-/ami", found)
    assert.are.same({ { param = "P", path = "/ami", value = "ami-of-/ami" } },
      evaluated.inputs.latest)
    assert.are.same({ "ami-of-/a", "b" }, (value_of
      '{ type = "AWS::SSM::Parameter::Value<List<String>>", default = "/a,b" }'))
  end)

  it("of the parameter store are asked for all at once", function()
    local evaluated, host = support.run [[local p = params {
        A = { type = "AWS::SSM::Parameter::Value<String>", default = "/a" },
        B = { type = "AWS::SSM::Parameter::Value<String>", default = "/b" },
        C = { type = "AWS::SSM::Parameter::Value<String>", default = "/a" } }
      Thing "A" { Items = { p.A, p.B, p.C } }]]
    assert.are.same({ "ami-of-/a", "ami-of-/b", "ami-of-/a" },
      evaluated.resources[1].properties.Items)
    assert.are.equal(3, host.together)
    assert.are.equal(2, #evaluated.inputs.lookups)
  end)

  it("that are secret are secret everywhere, and recorded as a digest", function()
    local found, evaluated = value_of('{ secret = true }', { params = { P = "hush" } })
    assert.is_true(value.is_secret(found))
    assert.are.equal("hush", value.reveal(found))
    assert.is_not_nil(value.digest_of(evaluated.inputs.params.P))
    fails('params { P = { secret = true, allowed = { "x" } } }', { "its value" },
      { params = { P = "hush" } })
    local message = support.failure('params { P = { secret = true, pattern = "x" } }',
      { params = { P = "hush" } })
    assert.is_nil(message:find("hush", 1, true))
  end)

  it("are described with the fields that there are, once, and read by their names", function()
    fails('params { P = { defalt = 1 } }', { "defalt", "default" })
    fails('params { P = "x" }', { "in braces" })
    fails('params { P = { default = 1, help = 7 } }', { "help" })
    fails('params { P = { default = 1 } } params { P = { default = 1 } }', { "twice" })
    fails('local p = params { Prefix = { default = 1 } }\nlocal x = p.Prefx',
      { "no parameter Prefx", "Prefix", "site.lua:2" })
    fails('params { Prefix = { default = "a" } }', { "no parameter Prefx", "Prefix" },
      { params = { Prefx = "x" } })
  end)
end)
