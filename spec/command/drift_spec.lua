-- mrun drift and mrun refresh: what others did since the last apply, for people and for cron.
local fs = require "native.fs"
local stage = require "spec.support.stage"

local RECIPE = [[
local file = provider "file"
file.File "a" { Path = "a.txt", Content = "one" }
file.File "b" { Path = "b.txt", Content = "two" }
]]

describe("mrun drift", function()
  local user = stage.folder(_ENV)
  before_each(function()
    user:write("site.lua", RECIPE)
    user:must("apply", "--yes", "site.lua")
  end)

  it("exits 0 where there is none, 2 where there is some", function()
    local said = user:must "drift"
    assert.matches("No drift: 2 resources as applied%. 0 API calls%.", said.out)
    user:write("a.txt", "theirs")
    assert(fs.remove(user.folder .. "/b.txt"))
    said = user:mrun("drift", "site.lua")
    assert.are.equal(2, said.code)
    assert.matches('Content: "one" %-> "theirs"', said.out)
    assert.matches("b.-gone: somebody else deleted it", said.out)
    assert.matches("2 of 2 resources drifted%.", said.out)
    assert.matches("2 not looked at", user:must("drift", "--only", "**", "--except", "**").out)
  end)

  it("gives one document", function()
    user:write("a.txt", "theirs")
    local document = user:json "drift"
    assert.are.equal("site", document.stack)
    assert.are.same({ drifted = 1, unchanged = 1 }, document.totals)
    assert.are.equal("a", document.drift[1].name)
    assert.is_false(document.drift[1].gone)
    assert.are.same({ path = "Content", applied = "one", now = "theirs" },
      document.drift[1].properties[1])
  end)

  it("needs the state only, and changes nothing", function()
    assert(fs.remove(user.folder .. "/site.lua"))
    user:must "drift"
    user:write("a.txt", "theirs")
    assert.are.equal(2, user:mrun "drift".code)
    assert.are.equal(2, user:mrun "drift".code)
  end)

  it("is not made up by a refresh, which brings what is shown up to date", function()
    user:write("a.txt", "theirs")
    local said = user:must "refresh"
    assert.matches("Refreshed: 1 of 2 rows", said.out)
    assert.matches('Content = "theirs"', user:must("show").out)
    assert.are.equal(2, user:mrun "drift".code)
    assert.are.equal(0, user:json "refresh".updated)
    assert.matches("1 to update", user:must("plan", "site.lua").out)
  end)

  it("takes only what --refresh can be", function()
    local said = user:mrun("plan", "--refresh", "some", "site.lua")
    assert.are.equal(64, said.code)
    user:write("a.txt", "theirs")
    assert.matches("Nothing to do", user:must("plan", "--refresh=none", "site.lua").out)
    assert.matches("1 to update", user:must("plan", "--refresh=full", "site.lua").out)
  end)
end)
