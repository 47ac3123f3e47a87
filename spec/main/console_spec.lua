-- What a person meets who runs mrun on a terminal.
local child = require "spec.support.child"
local fs = require "native.fs"
local sys = require "native.sys"

local TERMINAL = assert(fs.realpath "spec/support/on_terminal.py")
local FOLDER = os.getenv "TMPDIR" .. "/person"

local RECIPE = [[
local file = provider "file" { Root = "." }
local p = params { Text = { default = "hello" } }
file.File "note" { Path = "note", Content = p.Text }
]]

--- Answers the question of one command; an answer that begins with * is one that is not shown.
local function person(question, answer, ...)
  local shown = answer:find "^%*" and "hidden" or "shown"
  local words = { "/usr/bin/env", "-u", "MRUN_MAIN", "-C", FOLDER, "python3", TERMINAL, question,
    shown, (answer:gsub("^%*", "")) }
  table.move({ child.binary, ... }, 1, select("#", ...) + 1, #words + 1, words)
  return assert(sys.run(words, { timeout_ms = 20000 }))
end

local function write(text)
  assert(fs.replace(FOLDER .. "/r.lua", text))
end

local function note()
  return (fs.read(FOLDER .. "/note"))
end

describe("on a terminal", function()
  before_each(function()
    os.execute(("rm -rf %s; mkdir -p %s"):format(FOLDER, FOLDER))
    write(RECIPE)
  end)
  after_each(function() os.execute("rm -rf " .. FOLDER) end)

  it("apply asks, and does it when the answer is yes", function()
    local said = person("Do this?", "yes", "apply", "r.lua")
    assert.are.equal(0, said.code, said.out)
    assert.matches("Do this%?", said.out)
    assert.are.equal("hello", note())
  end)

  it("apply changes nothing when the answer is another", function()
    local said = person("Do this?", "no", "apply", "r.lua")
    assert.are.equal(1, said.code, said.out)
    assert.matches("Nothing was changed", said.out)
    assert.is_nil(note())
  end)

  it("destroy says how much will be lost, and only yes is yes", function()
    person("Do this?", "yes", "apply", "r.lua")
    assert.matches("1 will be destroyed", person("Do this?", "y", "destroy").out)
    assert.are.equal("hello", note())
    assert.are.equal(0, person("Do this?", "yes", "destroy").code)
    assert.is_nil(note())
  end)

  it("a missing parameter is asked for; a secret one is not shown", function()
    write((RECIPE:gsub('{ default = "hello" }', '{ help = "what to say" }')))
    local said = person("Text", "typed", "apply", "--yes", "r.lua")
    assert.matches("Text %(what to say%): ", said.out)
    assert.are.equal("typed", note())
    write((RECIPE:gsub('{ default = "hello" }', '{ secret = true }')))
    said = person("Text", "*hidden", "apply", "--yes", "r.lua")
    assert.are.equal(0, said.code, said.out)
    assert.is_nil(said.out:find("hidden", 1, true))
    assert.are.equal("hidden", note())
  end)
end)
