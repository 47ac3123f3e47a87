local support = require "spec.recipe.support"
local text = require "spec.support.text"
local value = require "engine.value"

local function load(files, overrides)
  local host = support.host(files, overrides)
  return support.load(host, "web/site.lua"), host
end

local function assert_nowhere(secret, inputs)
  assert.is_nil(text.written(inputs):find(secret, 1, true))
end

describe("what is recorded of a recipe with secrets", function()
  local LITERAL = { ["web/site.lua"] =
    'provider "aws".Spec.Thing "A" { Name = secret "literally-hidden" }' }

  it("is a digest of a source that spells one", function()
    local inputs = load(LITERAL).inputs
    assert_nowhere("literally-hidden", inputs)
    assert.is_not_nil(value.digest_of(inputs.sources["web/site.lua"]))
  end)

  it("is evaluated again from such a source, which must not have changed", function()
    local inputs = load(LITERAL).inputs
    local again = load(LITERAL, { recorded = inputs })
    assert.are.equal("literally-hidden", value.reveal(again.resources[1].properties.Name))
    local ok, why = pcall(load, { ["web/site.lua"] = LITERAL["web/site.lua"] .. " " },
      { recorded = inputs })
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find("web/site.lua has changed since", 1, true))
  end)

  it("is a digest of a variable that became a part of one", function()
    local inputs = load({ ["web/site.lua"] =
      'provider "aws".Spec.Thing "A" { Name = secret("ann:" .. env "TOKEN" .. "@db") }' },
      { env = function() return "part-of-it" end }).inputs
    assert_nowhere("part-of-it", inputs)
  end)

  it("is a digest of a look-up for a secret parameter, which is asked for again", function()
    local files = { ["web/site.lua"] = [[local p = params { P = { secret = true,
        type = "AWS::SSM::Parameter::Value<String>", default = "/path" } }
      provider "aws".Spec.Thing "A" { Name = p.P }]] }
    local given = { call = function() return "from-the-store" end }
    local first = load(files, given)
    assert_nowhere("from-the-store", first.inputs)
    given.recorded = first.inputs
    local again = load(files, given)
    assert.are.equal("from-the-store", value.reveal(again.resources[1].properties.Name))
    given.call = function() return "another" end
    assert.is_false(pcall(load, files, given))
  end)

  it("is a digest of a look-up whose result became a part of one, and of its arguments", function()
    local inputs = load({ ["web/site.lua"] = [[local aws = provider "aws"
      local found = aws.call("ec2", "DescribeImages", {})
      aws.Spec.Thing "A" { Name = secret("x:" .. found.deep.Value) }]] },
      { call = function() return { deep = { Value = "looked-up-word" } } end }).inputs
    assert_nowhere("looked-up-word", inputs)
  end)

  it("has a key of its own, so that the same secret looks different each time", function()
    local count = 0
    local function random()
      count = count + 1
      return "key" .. count
    end
    local first = load(LITERAL, { random = random }).inputs
    local second = load(LITERAL, { random = random }).inputs
    assert.are_not.equal(value.digest_of(first.sources["web/site.lua"]),
      value.digest_of(second.sources["web/site.lua"]))
  end)
end)
