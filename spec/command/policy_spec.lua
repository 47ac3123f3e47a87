-- policy and check: what a recipe says must hold stops a plan and an apply, with the reason.
local stage = require "spec.support.stage"

local RECIPE = [[
local file = provider "file"
local p = params { Text = { default = "one" }, Most = { default = 1 }, Long = { default = 100 } }
local a = file.File "a" { Path = "a.txt", Content = p.Text }
policy "small steps" (function(plan)
  if #plan.changes > p.Most then return "more than " .. p.Most .. " at a time" end
end)
check(apply(a.Size, function(size) return size <= p.Long end), "a is too long")
]]

describe("a recipe", function()
  local user = stage.folder(_ENV)
  before_each(function()
    user:write("site.lua", RECIPE)
  end)

  it("stops a plan by its policy, with the reason", function()
    local said = user:mrun("plan", "-P", "Most=0", "site.lua")
    assert.are.equal(1, said.code)
    assert.matches("1 to create", said.out)
    assert.matches('policy "small steps" refuses this plan: more than 0 at a time', said.err)
    assert.matches("site.lua:4", said.err)
    assert.matches("no saved plan", user:mrun("apply").err)
    said = user:mrun("apply", "--yes", "-P", "Most=0", "site.lua")
    assert.are.equal(1, said.code)
    assert.is_nil(io.open(user.folder .. "/a.txt"))
    local document = user:json("apply", "--yes", "-P", "Most=0", "site.lua")
    assert.matches("small steps", document.error.what)
  end)

  it("asks its policy again before a saved plan is applied", function()
    user:must("plan", "site.lua")
    user:must("apply")
    assert.matches("Nothing to do", user:must("plan", "site.lua").out)
  end)

  it("is not asked by undo and destroy, which go by the state", function()
    user:write("site.lua", (RECIPE:gsub("default = 1 ", "default = 5 ")))
    user:must("apply", "--yes", "site.lua")
    user:must("apply", "--yes", "-P", "Text=two", "site.lua")
    user:write("site.lua", (RECIPE:gsub("default = 1 ", "default = 0 ")))
    assert.are.equal(1, user:mrun("apply", "--yes", "-P", "Text=three", "site.lua").code)
    assert.matches("1 updated", user:must("undo", "--yes", "site.lua").out)
    assert.matches("1 deleted", user:must("destroy", "--yes", "site.lua").out)
  end)

  it("fails an apply whose check does not hold", function()
    local said = user:mrun("apply", "--yes", "-P", "Long=2", "site.lua")
    assert.are.equal(1, said.code)
    assert.matches("check failed: a is too long", said.out)
    assert.matches("What was made stays", said.out)
    said = user:mrun("plan", "-P", "Long=2", "site.lua")
    assert.are.equal(1, said.code)
    assert.matches("check failed: a is too long", said.err)
    local document = user:json("apply", "--yes", "-P", "Long=2", "-P", "Text=three", "site.lua")
    assert.are.equal("check failed: a is too long", document.checks[1].what)
    user:must("plan", "-P", "Long=5", "-P", "Text=three", "site.lua")
  end)
end)
