local support = require "spec.recipe.support"
local value = require "engine.value"

--- Evaluates files of its own, so that the same can be evaluated again from a record.
local function load(files, overrides)
  local host = support.host(files, overrides)
  return support.load(host, "web/site.lua"), host
end

local RECIPE = [[local aws = provider "aws"
  local p = params { Name = { default = "stg" },
    Ami = { type = "AWS::SSM::Parameter::Value<String>", default = "/ami" } }
  local part = require "part"
  aws.Spec.Thing "A" { Name = p.Name, Items = { p.Ami, env "USER", file "data.txt", part },
    Document = aws.call("ec2", "DescribeImages", { Owners = { "self" } }) }
  output { None = env "NOTHING" or "none" }]]

local FILES = { ["web/site.lua"] = RECIPE, ["web/data.txt"] = "data",
  ["web/part.lua"] = 'return "part"' }

describe("what a recipe reads", function()
  it("is recorded", function()
    local inputs = load(FILES).inputs
    assert.are.same({ Name = "stg", Ami = "/ami" }, inputs.params)
    assert.are.same({ USER = "ann", NOTHING = false }, inputs.env)
    assert.are.equal(("digest:%s:4:100"):format(inputs.key), inputs.files["web/data.txt"])
    assert.are.same({ "web/part.lua", "web/site.lua" }, value.keys(inputs.sources))
    assert.are.equal(2, #inputs.lookups)
    assert.are.same({ "parameter", "/ami" }, inputs.lookups[1].lookup)
  end)

  it("is read from the record the second time: the same declarations, and nothing asked", function()
    local first = load(FILES)
    local changed = { ["web/data.txt"] = "data", ["web/site.lua"] = RECIPE,
      ["web/part.lua"] = 'return "part"' }
    local again, host = load(changed, {
      recorded = first.inputs, params = {},
      env = function() error "not to be asked" end,
      call = function() error "not to be asked" end,
    })
    assert.are.same(first.resources, again.resources)
    assert.are.same(first.outputs, again.outputs)
    assert.are.same({}, host.calls)
  end)

  it("takes the parameters of the record, not those that are the default by now", function()
    local first = load(FILES, { params = { Name = "dev" } })
    local again = load(FILES, { recorded = first.inputs })
    assert.are.equal("dev", again.resources[1].properties.Name)
  end)

  it("stops a saved plan when a file has changed", function()
    local first = load(FILES)
    local files = { ["web/data.txt"] = "other", ["web/site.lua"] = RECIPE,
      ["web/part.lua"] = 'return "part"' }
    local ok, why = pcall(load, files, { recorded = first.inputs })
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find("data.txt has changed", 1, true))
    assert.is_truthy(tostring(why):find("plan again", 1, true))
  end)

  it("leaves a module that has come since beside a saved plan alone", function()
    local first = load(FILES)
    local recorded = first.inputs
    recorded.sources["web/part.lua"] = nil
    local ok, why = pcall(load, FILES, { recorded = recorded })
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find('no module "part"', 1, true))
  end)

  it("is asked once for the same arguments, however they are ordered", function()
    local _, host = load { ["web/site.lua"] = [[local aws = provider "aws"
      for i = 1, 3 do aws.lookup.parameter "/x" end
      aws.lookup.image { a = 1, b = 2 } aws.lookup.image { b = 2, a = 1 }]] }
    assert.are.equal(2, #host.calls)
  end)

  it("can be changed by the recipe without changing what the next one gets", function()
    local evaluated = load { ["web/site.lua"] = [[local aws = provider "aws"
      aws.lookup.image {}.ImageId = "spoilt"
      aws.Spec.Thing "A" { Name = aws.lookup.image {}.ImageId }]] }
    assert.are.equal("ami-1", evaluated.resources[1].properties.Name)
  end)

  it("keeps a secret as a digest, also where it was read before it was said to be one", function()
    local inputs = load { ["web/site.lua"] =
      'local aws = provider "aws" aws.Spec.Thing "A" { Name = secret(env "TOKEN") }' }.inputs
    assert.is_not_nil(value.digest_of(inputs.env.TOKEN))
  end)

  it("reads secrets again for a saved plan, and stops when one has changed", function()
    local files = { ["web/site.lua"] = [[local aws = provider "aws"
      local p = params { P = { secret = true } }
      aws.Spec.Thing "A" { Name = secret(env "TOKEN"), Parent = p.P,
        Size = apply(aws.lookup.parameter "/s", function(v) return #v end) }]] }
    local function with(overrides)
      overrides.params = overrides.params or { P = "hush" }
      overrides.call = overrides.call or function() return value.secret "deep" end
      return load(files, overrides)
    end
    local first = with {}
    assert.is_not_nil(value.digest_of(first.inputs.lookups[1].value))
    local again = with { recorded = first.inputs }
    assert.are.equal("s3cret", value.reveal(again.resources[1].properties.Name))
    assert.are.equal("hush", value.reveal(again.resources[1].properties.Parent))
    assert.are.equal(4, value.reveal(again.resources[1].properties.Size))
    for _, other in ipairs {
      { env = function() return "other" end }, { params = { P = "another" } },
      { call = function() return value.secret "other" end },
    } do
      other.recorded = first.inputs
      local ok, why = pcall(with, other)
      assert.is_false(ok)
      assert.is_truthy(tostring(why):find("has changed since the plan", 1, true), tostring(why))
    end
  end)

  it("waits in the recipe and in its modules, and nowhere else", function()
    local evaluated = load {
      ["web/site.lua"] = 'local ami = require "ami" provider "aws".Spec.Thing "A" { Name = ami }',
      ["web/ami.lua"] = 'return (select(2, pcall(provider "aws".lookup.parameter, "/deep")))',
    }
    assert.are.equal("ami-of-/deep", evaluated.resources[1].properties.Name)
    for _, text in ipairs {
      "table.sort({ 2, 1 }, function() aws.lookup.parameter '/x' end)",
      "local s = ('x'):gsub('x', function() aws.lookup.parameter '/x' end)",
    } do
      local message = support.failure(text)
      assert.is_truthy(message:find("cannot wait inside a callback", 1, true), message)
      assert.is_truthy(message:find("look up before it", 1, true))
    end
  end)

  it("is a read, or is refused", function()
    local message = support.failure 'aws.call("ec2", "TerminateInstances", {})'
    assert.is_truthy(message:find("TerminateInstances is not a read", 1, true))
  end)

  it("is deferred where its arguments are", function()
    local evaluated = support.run [[local a = Thing "A" {}
      Thing "B" { Name = aws.lookup.parameter(a.Id),
        Parent = aws.lookup.image { Id = a }.ImageId }]]
    local b = evaluated.resources[2].properties
    assert.are.same({ "A" }, value.names(b.Name))
    assert.are.same({ "A" }, value.names(b.Parent))
  end)
end)
