-- Whatever bytes stand in a recipe or a template, the answer is declarations or a failure.
local failure = require "engine.failure"
local recipe = require "recipe"
local support = require "spec.recipe.support"
local template = require "template"

local ROUNDS = 400
local LIMITS = { instructions = 300000, memory_bytes = 32 * 1024 * 1024, cpu_ms = 10000 }

local WORDS = {
  "local a", "=", "aws", ".", "Spec", "Thing", '"A"', "{", "}", "Name", "=", "a.Id", "..", "(", ")",
  "for i = 1, 3 do", "end", "function()", "return", "pcall", "error", "params", "output", "apply",
  "each", "secret", "string.rep", "('x'):rep", "(1e9)", "table.sort", "setmetatable",
  "getmetatable",
  "('')", ",", "1", "nil", "true", "#", "<", "==", "while true do", "file", "env", "'USER'",
  "scope",
  "json.encode", "next", "pairs", "ipairs", "select", "require", "\n", "--", "[[", "]]", "\\", "'",
}

local YAML_WORDS = {
  "Resources:", "\n  ", "\n", "A:", " ", "{", "}", "[", "]", "Type: AWS::Spec::Thing",
  "Properties:",
  "!Ref", "A", "!Sub", '"${A.Id}"', "!GetAtt A.Id", "Name:", ",", "- ", "Parameters:", "P:",
  "Type: String", "Default: x", "&a", "*a", "<<:", "!Join", '["", [a]]', "Outputs:", "Value:", "|",
  "DependsOn: A", "'", '"', ": ", "? ", "!!binary", "\t", "%YAML", "---", "Fn::Sub:", "null",
}

local function random_bytes()
  local bytes = {}
  for i = 1, math.random(0, 60) do bytes[i] = string.char(math.random(0, 255)) end
  return table.concat(bytes)
end

local function random_words(words)
  local chosen = {}
  for i = 1, math.random(1, 25) do chosen[i] = words[math.random(#words)] end
  return table.concat(chosen, " ")
end

--- One byte of a good text changed, removed or put in.
local function mutated(text)
  local at = math.random(#text)
  local middle = ({ "", string.char(math.random(0, 255)), text:sub(at, at):rep(2) })[math.random(3)]
  return text:sub(1, at - 1) .. middle .. text:sub(at + 1)
end

local function check(load, path, text)
  local host = support.host({ [path] = text }, { limits = LIMITS })
  local ok, why = pcall(support.load, host, path, load)
  if ok then return end
  assert(failure.is(why), ("no failure but %s, of:\n%s"):format(tostring(why), text))
  assert(why.what ~= "" and why.where, ("%s\n-- of:\n%s"):format(tostring(why), text))
  assert(not why.traceback or not why.where:find "lua/", tostring(why))
end

local RECIPE = [[local aws = provider "aws"
local p = params { Prefix = { default = "stg", pattern = "[a-z]+" } }
local a = aws.Spec.Thing "A" { Name = p.Prefix .. "-a", Items = { "x", env "USER" } }
scope "web" (function() aws.Spec.Thing "B" { Parent = a, Tags = { Name = "n" } } end)
output { Id = apply(a.Id, function(v) return v:upper() end), Text = ("%s"):format(a.Id) }]]

local TEMPLATE = [=[Parameters: { P: { Type: String, Default: x } }
Resources:
  A:
    Type: AWS::Spec::Thing
    DependsOn: B
    Properties: { Name: !Sub "${P}-${B.Id}", Items: [!Ref P, !GetAtt B.Id], Size: 8 }
  B: { Type: AWS::Spec::Thing, DeletionPolicy: Retain }
Outputs: { X: { Value: !Join [",", [a, !Ref B]] } }]=]

describe("hostile text", function()
  before_each(function() math.randomseed(7) end)

  it("is no way to crash the recipe's front end", function()
    for _ = 1, ROUNDS do
      check(recipe.load, "site.lua", random_bytes())
      check(recipe.load, "site.lua", 'local aws = provider "aws" ' .. random_words(WORDS))
      check(recipe.load, "site.lua", mutated(RECIPE))
    end
    check(recipe.load, "site.lua", RECIPE)
    check(recipe.load, "site.lua", ("("):rep(100000))
    check(recipe.load, "site.lua", "return " .. ("{"):rep(100000))
    check(recipe.load, "site.lua", "x = '" .. ("\\"):rep(100000))
  end)

  it("is no way to crash the template's front end", function()
    for _ = 1, ROUNDS do
      check(template.load, "site.yml", random_bytes())
      check(template.load, "site.yml", random_words(YAML_WORDS))
      check(template.load, "site.yml", mutated(TEMPLATE))
    end
    check(template.load, "site.yml", TEMPLATE)
    check(template.load, "site.yml", ("["):rep(100000))
    check(template.load, "site.yml", ("{a: "):rep(100000))
    check(template.load, "site.yml", "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n")
  end)
end)
