-- A saved plan is applied only while what it rests on is as it was; otherwise it says what moved.
local User = require "spec.support.user"
local nobody = require "spec.support.nobody"

describe("mrun apply of a saved plan", function()
  it("refuses what has moved since: resource, property, old and new", function()
    local user <close> = User.new(nobody)
    user:write("site.lua", [[
local file = provider "file"
local p = params { Text = { default = "one" } }
file.File "a" { Path = "a.txt", Content = p.Text }
file.File "b" { Path = "b.txt", Content = "b" }
]])
    user:must("apply", "--yes", "site.lua")
    user:must("plan", "-P", "Text=two", "site.lua")
    user:write("a.txt", "theirs")
    local said = user:mrun "apply"
    assert.are.equal(1, said.code)
    assert.matches('out of date: a%.Content was "one", and is "theirs" now', said.err)
    assert.matches("site.lua:3", said.err)
    user:write("a.txt", "one")
    user:must "apply"
    assert.matches("Nothing to do", user:must("plan", "-P", "Text=two", "site.lua").out)
  end)
end)
