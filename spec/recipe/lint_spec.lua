local lint = require "recipe.lint"
local support = require "spec.recipe.support"

local HEAD = 'local aws = provider "aws"\n'
  .. 'local a = aws.EC2.VPC "A" { CidrBlock = "x", Tags = {} }\n'

local function found(text)
  return lint.source("site.lua", HEAD .. text)
end

local function warned(text, word)
  local list = found(text)
  assert.are.equal(1, #list, text)
  assert(list[1]:find("site.lua:3: a.VpcId is known only during apply", 1, true), list[1])
  assert(list[1]:find(word, 1, true), list[1])
end

describe("lint", function()
  it("finds comparisons of an attribute", function()
    warned("local x = a.VpcId == 'vpc-1'", "== and ~=")
    warned("local x = 'vpc-1' ~= a.VpcId", "== and ~=")
    warned("local x = a.VpcId.Deep == 1", "== and ~=")
  end)

  it("finds tests of an attribute", function()
    warned("if a.VpcId then end", "always true")
    warned("if not a.VpcId then end", "always true")
    warned("while a.VpcId do end", "always true")
    warned("local x = a.VpcId or 'none'", "always true")
    warned("local x = a.VpcId and 1", "always true")
    warned("repeat until a.VpcId", "always true")
  end)

  it("says nothing about what is known, or is in a string, a comment or another table", function()
    for _, text in ipairs {
      "if a.CidrBlock == 'x' then end", "if a.Tags then end", "-- if a.VpcId then",
      "--[[ a.VpcId == 1 ]]",
      "local x = 'a.VpcId == 1'", "local x = [==[ a.VpcId == 1 ]==]", "local x = b.a.VpcId == 1",
      "local x = a.VpcId", "if p.x == 1 then end", "local x = a.VpcId .. 'x'", "f(a.VpcId)",
      "local x = { VpcId = a.VpcId }", "local x = a == b",
    } do
      assert.are.same({}, found(text), text)
    end
  end)

  it("knows resources of a provider with options, and names in parentheses", function()
    local text = 'local t = aws { Region = "x" }\n'
      .. 'local b = t.EC2.VPC("B" .. i) {}\nif b.VpcId then end'
    assert.are.equal(1, #found(text))
  end)

  it("is asked where the host wants it, and nowhere else", function()
    local text = 'local aws = provider "aws" local b = aws.Spec.Thing "B" {}\nif b.Id then end'
    local evaluated = support.run(text, { lint = true })
    assert.are.equal(1, #evaluated.warnings)
    assert.is_truthy(evaluated.warnings[1]:find("web/site.lua:2: b.Id", 1, true))
    assert.is_nil(support.run(text).warnings)
  end)

  it("is silent about the shipped recipes, and survives any bytes", function()
    math.randomseed(3)
    for _ = 1, 300 do
      local bytes = {}
      for i = 1, math.random(0, 80) do bytes[i] = string.char(math.random(0, 255)) end
      lint.source("x", table.concat(bytes))
    end
    for _, name in ipairs { "hello_file", "ssm_managed_instance", "ssm_managed_instance_nat" } do
      local path = "recipes/" .. name .. ".lua"
      local file = assert(io.open(path))
      assert.are.same({}, lint.all { [path] = file:read "a" })
      file:close()
    end
  end)
end)
