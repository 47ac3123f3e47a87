-- mrun undo and mrun apply --rollback.
local User = require "spec.support.user"
local fs = require "native.fs"
local nobody = require "spec.support.nobody"
local stage = require "spec.support.stage"

local RECIPE = [[
local file = provider "file"
local p = params { Text = { default = "one" }, More = { default = "" }, Bad = { default = "" } }
file.File "a" { Path = "a.txt", Content = p.Text }
if p.More ~= "two" then file.File "b" { Path = "b.txt", Content = "b" } end
if p.More ~= "" then file.File "more" { Path = "more.txt", Content = "m" } end
if p.Bad ~= "" then
  file.File "bad" { Path = "nowhere/bad.txt", Content = "x", depends_on = { "a", "more" } }
end
]]

describe("taking back", function()
  local user = stage.folder(_ENV)
  before_each(function()
    user:write("site.lua", RECIPE)
    user:must("apply", "--yes", "site.lua")
  end)

  local function text_of(name) return (fs.read(user.folder .. "/" .. name)) end

  it("is a plan, shown and asked for", function()
    user:must("apply", "--yes", "-P", "Text=two", "-P", "More=two", "site.lua")
    assert.is_nil(text_of "b.txt")
    assert.are.equal(64, user:mrun("undo").code)
    local said = user:must("undo", "--yes")
    assert.matches('Content: "two" %-> "one"', said.out)
    assert.matches("b comes back as a new one", said.out)
    assert.matches("1 to create, 1 to update, 0 to replace, 1 to delete", said.out)
    assert.are.same({ "one", "b" }, { text_of "a.txt", text_of "b.txt" })
    assert.is_nil(text_of "more.txt")
    assert.matches("Nothing to do", user:must("plan", "site.lua").out)
  end)

  it("takes back an undo, and a destroy", function()
    user:must("apply", "--yes", "-P", "Text=two", "site.lua")
    user:must("undo", "--yes")
    user:must("undo", "--yes")
    assert.are.equal("two", text_of "a.txt")
    user:must("destroy", "--yes")
    user:must("undo", "--yes", "--stack", "site")
    assert.are.same({ "two", "b" }, { text_of "a.txt", text_of "b.txt" })
    assert.matches("Nothing to do", user:must("plan", "-P", "Text=two", "site.lua").out)
  end)

  it("takes back the first apply, and has nothing more then", function()
    user:must("refresh")
    user:must("undo", "--yes")
    assert.is_nil(text_of "a.txt")
    local other <close> = User.new(nobody)
    other:write("site.lua", RECIPE)
    assert.matches("nothing to take back", other:mrun("undo", "--yes", "site.lua").err)
  end)

  it("goes on with an undo that has failed, and takes back all of it when asked again", function()
    local below = 'if p.More ~= "two" then file.File "c" { Path = "sub/c.txt", Content = "c" } end'
    user:write("site.lua", RECIPE .. below)
    os.execute(("mkdir '%s/sub'"):format(user.folder))
    user:must("apply", "--yes", "site.lua")
    user:must("apply", "--yes", "-P", "Text=two", "-P", "More=two", "site.lua")
    os.execute(("rmdir '%s/sub'"):format(user.folder))
    local said = user:mrun("undo", "--yes")
    assert.are.equal(1, said.code)
    assert.matches("c was not created", said.out)
    assert.are.same({ "one", "b" }, { text_of "a.txt", text_of "b.txt" })
    os.execute(("mkdir '%s/sub'"):format(user.folder))
    said = user:must("undo", "--yes")
    assert.matches("1 to create, 0 to update, 0 to replace, 0 to delete", said.out)
    assert.are.same({ "one", "b", "c" }, { text_of "a.txt", text_of "b.txt", text_of "sub/c.txt" })
    assert.matches("Nothing to do", user:must("plan", "site.lua").out)
    user:must("undo", "--yes")
    assert.are.same({ "two", nil, "m" }, { text_of "a.txt", text_of "b.txt", text_of "more.txt" })
    assert.is_nil(text_of "sub/c.txt")
  end)

  it("does not make again what a rollback has taken back", function()
    user:mrun("apply", "--yes", "--rollback", "-P", "Text=two", "-P", "Bad=yes", "-P", "More=x",
      "site.lua")
    user:must("undo", "--yes")
    assert.are.same({}, { text_of "a.txt", text_of "b.txt", text_of "more.txt" })
    user:must("undo", "--yes", "--stack", "site")
    assert.are.same({ "one", "b" }, { text_of "a.txt", text_of "b.txt" })
    local other <close> = User.new(nobody)
    other:write("site.lua", RECIPE)
    other:mrun("apply", "--yes", "--rollback", "-P", "Bad=yes", "-P", "More=x", "site.lua")
    assert.matches("nothing to take back", other:mrun("undo", "--yes", "site.lua").err)
  end)

  it("keeps to --max-destroy", function()
    assert.matches("allows 1", user:mrun("undo", "--yes", "--max-destroy", "1").err)
    assert.are.equal("one", text_of "a.txt")
  end)

  it("comes by itself with --rollback when something fails", function()
    local said = user:mrun("apply", "--yes", "--rollback", "-P", "Text=two", "-P", "More=x", "-P",
      "Bad=yes", "site.lua")
    assert.are.equal(1, said.code)
    assert.matches("bad was not created", said.out)
    assert.matches("Taken back: a %(put back%), more %(deleted again%)", said.out)
    assert.are.equal("one", text_of "a.txt")
    assert.is_nil(text_of "more.txt")
    assert.matches("Nothing to do: 2", user:must("plan", "site.lua").out)
  end)

  it("leaves what is done without it, and tells programs", function()
    local words = { "apply", "--yes", "-P", "Text=two", "-P", "More=x", "-P", "Bad=yes",
      "site.lua" }
    user:mrun(table.unpack(words))
    assert.are.equal("two", text_of "a.txt")
    words[4] = "Text=three"
    local document = user:json("apply", "--rollback", table.unpack(words, 2))
    assert.are.equal("failed", document.changes[2].result)
    assert.are.equal("a", document.rollback.changes[1].name)
    assert.are.equal("done", document.rollback.changes[1].result)
    assert.are.equal("two", text_of "a.txt")
  end)

  it("goes with a saved plan, and takes back a whole first apply", function()
    local other <close> = User.new(nobody)
    other:write("site.lua", RECIPE)
    other:must("plan", "-P", "Bad=yes", "-P", "More=x", "site.lua")
    assert.are.equal(1, other:mrun("apply", "--rollback").code)
    assert.is_nil(fs.read(other.folder .. "/a.txt"))
    assert.matches("2 to create", other:must("plan", "site.lua").out)
  end)
end)
