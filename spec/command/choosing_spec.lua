-- --only, --except, --replace and --max-destroy on the command line, with plans that are saved.
local stage = require "spec.support.stage"

local RECIPE = [[
local file = provider "file"
local p = params { Text = { default = "one" }, Three = { default = "three.txt" } }
scope "web" (function()
  file.File "a" { Path = "a.txt", Content = p.Text }
  file.File "b" { Path = "b.txt", Content = p.Text }
end)
local three = file.File "three" { Path = p.Three, Content = p.Text }
output { Where = three.Path }
]]

describe("the command line", function()
  local user = stage.folder(_ENV)
  before_each(function()
    user:write("site.lua", RECIPE)
    user:must("apply", "--yes", "site.lua")
  end)

  it("plans what --only names, and says what it has not looked at", function()
    local said = user:must("plan", "-P", "Text=two", "--only", "web/*", "--except=web/b",
      "site.lua")
    assert.matches("1 to update.-%. 2 not looked at%.", said.out)
    assert.matches("not looked at, so nothing is known of them: three, web/b", said.out)
    local document = user:json("plan", "-P", "Text=two", "--only", "web/a", "site.lua")
    assert.are.same({ "three", "web/b" }, document.not_looked_at)
    user:must("apply")
    assert.matches("2 to update", user:must("plan", "-P", "Text=two", "site.lua").out)
    assert.are.equal("three.txt\n", user:must("output", "Where").out)
  end)

  it("says that nothing was found to do among how many", function()
    assert.matches("Nothing to do: 1 resource is as declared%. 2 not looked at%.",
      user:must("plan", "--only", "web/a", "site.lua").out)
  end)

  it("does not choose otherwise in a plan that is saved", function()
    user:must("plan", "-P", "Text=two", "site.lua")
    local said = user:mrun("apply", "--only", "three")
    assert.are.equal(64, said.code)
    assert.matches("%-%-only belongs to the plan", said.err)
    assert.are.equal(64, user:mrun("plan", "--only", "nothing", "site.lua").code)
  end)

  it("replaces what --replace names, through a saved plan too", function()
    local said = user:must("plan", "--replace", "three", "site.lua")
    assert.matches("three.-replaced for %-%-replace asks for it", said.out)
    user:must("apply")
    assert.matches("Nothing to do", user:must("plan", "site.lua").out)
  end)

  it("refuses more than --max-destroy allows, shown and not kept", function()
    local said = user:mrun("plan", "-P", "Three=four.txt", "--max-destroy", "0", "site.lua")
    assert.are.equal(1, said.code)
    assert.matches("1 to replace", said.out)
    assert.matches("deletes 0 and replaces 1, and %-%-max%-destroy allows 0", said.err)
    assert.matches("no saved plan", user:mrun("apply").err)
    local failed = user:json("plan", "-P", "Three=four.txt", "--max-destroy", "0", "site.lua")
    assert.matches("allows 0", failed.error.what)
    assert.are.equal(1, user:mrun("destroy", "--yes", "--max-destroy=2").code)
    assert.are.equal(1, user:mrun("apply", "--yes", "--max-destroy=0", "-P", "Three=x",
      "site.lua").code)
    assert.matches("Nothing to do: 3", user:must("plan", "site.lua").out)
  end)

  it("holds a saved plan to the limit of either command", function()
    user:must("plan", "-P", "Three=four.txt", "--max-destroy", "1", "site.lua")
    assert.matches("allows 0", user:mrun("apply", "--max-destroy", "0").err)
    assert.are.equal(64, user:mrun("apply", "--max-destroy", "few").code)
    user:must("apply")
  end)

  it("destroys a part", function()
    user:must("destroy", "--yes", "--only", "web/**")
    assert.matches("2 to create", user:must("plan", "site.lua").out)
    assert.are.equal("three.txt\n", user:must("output", "Where").out)
  end)
end)
