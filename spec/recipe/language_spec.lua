-- The words of the language that stand alone: output, apply, each, json, check, policy,
-- stack, aws.
local support = require "spec.recipe.support"
local value = require "engine.value"

local fails = support.fails

local function output_of(expression)
  return support.run("output { X = " .. expression .. " }").outputs[1].value
end

local function find(name, attribute)
  if attribute == "Zones" then return { "a", "b" } end
  return name:lower() .. "-" .. attribute
end

describe("output", function()
  it("names values, deferred and secret ones too", function()
    local outputs = support.run [[local a = Thing "A" {}
      output { Id = a.Id, Both = { a, "x" } } output { Secret = secret "hush" }]].outputs
    assert.are.equal("Both", outputs[1].name)
    assert.are.same({ "A" }, value.names(outputs[1].value))
    assert.are.equal("Id", outputs[2].name)
    assert.are.equal("web/site.lua:2", outputs[2].source)
    assert.is_true(outputs[3].secret)
  end)

  it("refuses a name twice and what is no table of names", function()
    fails("output { A = 1 } output { A = 2 }", { "two outputs named A" })
    fails("output { 1 }", { "needs a name" })
    fails('output "x"', { "takes a table" })
  end)
end)

describe("apply and each", function()
  it("run now for what is known", function()
    assert.are.equal(3, output_of "apply('abc', function(v) return #v end)")
    assert.are.same({ 1, 2 }, output_of "each({ 'a', 'bb' }, function(v) return #v end)")
  end)

  it("run later for what is not, and are secret for what is", function()
    local v = output_of "apply(Thing 'A' {} .Id, function(id) return id:upper() end)"
    assert.are.same({ "A" }, value.names(v))
    assert.are.equal("A-ID", (value.resolve(v, find)))
    local list = output_of "each(Thing 'A' {} .Zones, function(z, i) return z .. i end)"
    assert.are.same({ "a1", "b2" }, (value.resolve(list, find)))
    local both = output_of
      "apply({ Thing 'A' {} .Id, Thing 'B' {} .Id }, function(l) return l[1] .. l[2] end)"
    assert.are.equal("a-Idb-Id", (value.resolve(both, find)))
    local hidden = output_of "apply(secret 'x', function(s) return s .. 'y' end)"
    assert.is_true(value.is_secret(hidden))
    assert.are.equal("xy", value.reveal(hidden))
  end)

  it("say their line when they fail later, are limited then, and declare nothing", function()
    local function later(body)
      local v = output_of(("apply(Thing 'A' {} .Id, function(id)\n%s end)"):format(body))
      local ok, why = pcall(value.resolve, v, find)
      assert.is_false(ok)
      return tostring(why)
    end
    assert.is_truthy(later("return nil + id"):find("site.lua:2", 1, true))
    assert.is_truthy(later("while true do end"):find("not finished", 1, true))
    assert.is_truthy(later("Thing 'B' {}"):find("too late", 1, true))
  end)

  it("refuse what is no function and no list", function()
    fails("apply(1)", { "a value and a function" })
    fails("each(1, print)", { "takes a list" })
  end)
end)

describe("json and secrets in text", function()
  it("encode and decode, with sorted keys", function()
    assert.are.equal('{"a":[1],"b":true}', output_of "json.encode { b = true, a = { 1 } }")
    assert.are.equal(7, output_of "json.decode('{\"x\":[7]}').x[1]")
    fails("json.decode '{'", { "json.decode" })
    fails("json.encode(print)", { "function" })
    fails("json.decode(7)", { "takes a text" })
  end)

  it("keep secrets secret", function()
    for _, expression in ipairs {
      "'a' .. secret 'x'", "json.encode { a = secret 'x' }", "string.format('%s', secret 'x')",
      "table.concat({ 'a', secret 'x' }, ',')", "(secret { 'x' })[1]",
    } do
      local v = output_of(expression)
      v = value.is_deferred(v) and value.resolve(v, find) or v
      assert.is_true(value.is_secret(v), expression)
    end
    fails("local x = secret 'x' + 1", { "secret" })
    fails("local x = ('x'):find(secret 'x')", { "secret" })
    fails("secret(nil)", { "got nil" })
  end)
end)

describe("stack, check and policy", function()
  it("name the stack", function()
    assert.are.equal("prod", support.run("stack 'prod'").stack)
    fails("stack 'a/b'", { "a/b" })
  end)

  it("stop when what must hold does not", function()
    fails("\ncheck(1 > 2, 'one is more')", { "one is more", "site.lua:2" })
    fails("check(Thing 'A' {}, 'x')", { "resource A" })
    support.run "check(true, 'fine')"
  end)

  it("hand on what cannot be checked yet", function()
    local checks = support.run("\ncheck(Thing 'A' {} .Id, 'x')").checks
    assert.are.equal(1, #checks)
    assert.are.equal("x", checks[1].message)
    assert.are.equal("web/site.lua:2", checks[1].source)
  end)

  local function refusal(recipe, plan)
    local ok, err = pcall(support.run(recipe).enforce, plan)
    if not ok then return err end
  end

  it("ask every policy about the plan, for a text, an error or nothing", function()
    local plan = { changes = { { name = "A", action = "delete" } }, totals = { delete = 1 } }
    local err = refusal([[policy(function(plan) end)
      policy(function(plan) return plan.totals.delete > 0 and "no deletes" or nil end)]], plan)
    assert.are.equal("policy refuses this plan: no deletes", err.what)
    assert.are.equal("web/site.lua:2", err.where)
    err = refusal([[policy "calm" (function(plan) error(plan.changes[1].name .. "!") end)]], plan)
    assert.are.equal('policy "calm" refuses this plan: A!', err.what)
    assert.matches("no reason given", refusal("policy(function() return false end)", plan).what)
    assert.is_nil(refusal("policy(function() return true end)", plan))
  end)

  it("give each policy a plan of its own", function()
    local plan = { changes = {}, totals = { delete = 0 } }
    assert.is_nil(refusal([[policy(function(plan) plan.totals.delete = 9 end)
      policy(function(plan) return plan.totals.delete == 9 and "changed" or nil end)]], plan))
    assert.are.equal(0, plan.totals.delete)
  end)

  it("want a function for a policy", function()
    fails("policy(1)", { "policy takes a function" })
    fails("policy 'p'", { "site.lua:1", "takes a function" })
  end)
end)

describe("the provider", function()
  it("knows its region, account, partition and suffix", function()
    assert.are.equal("eu-west-1", output_of "aws.Region")
    assert.are.equal("123456789012", output_of "aws.AccountId")
    assert.are.equal("aws", output_of "aws.Partition")
    assert.are.equal("aws-cn", output_of "aws { Region = 'cn-north-1' }.Partition")
    assert.are.equal("amazonaws.com.cn", output_of "aws { Region = 'cn-north-1' }.URLSuffix")
  end)

  it("takes options, known now", function()
    local a = support.run [[aws { Region = "ap-northeast-1" }.Spec.Thing "A" {}]].resources[1]
    assert.are.equal("ap-northeast-1", a.place.region)
    fails("aws { Region = Thing 'A' {} .Id }", { "must be known now" })
    fails("aws 'x'", { "table of options" })
    fails("local x = aws + 1", { "provider" })
    fails("local x = aws.Spec .. 'x'", { "aws", "Spec" })
    fails("local x = aws.Spec.Thing .. 'x'", { "AWS::Spec::Thing", "Name" })
  end)
end)

describe("resource_type", function()
  it("points to providers", function()
    fails("resource_type 'My::Thing' {}", { "My::Thing", "MRUN_PATH", "site.lua:1" })
  end)
end)
