-- A state that is not whole is refused before anything is built upon it, with all that is wrong.
local fs = require "native.fs"
local journal = require "state.journal"
local json = require "json"
local state = require "state"
local support = require "spec.state.support"
local whole = require "spec.state.whole"

local root, clean

local function store()
  local opened = state.open { root = root, stack = "demo" }
  opened:load()
  return opened
end

local function message_of(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  assert.is_nil(err.traceback)
  return tostring(err)
end

--- The bytes of every file of the stack.
local function files()
  local found = {}
  for _, folder in ipairs { "/demo", "/demo/history" } do
    for _, name in ipairs(fs.list(root .. folder) or {}) do
      found[folder .. "/" .. name] = fs.read(root .. folder .. "/" .. name) or "folder"
    end
  end
  return found
end

--- The state as a file, after a change of its content.
local function changed(change)
  local content = json.decode(store():text())
  change(content)
  return json.encode(content)
end

local function place() return { key = "here", provider = "memory" } end

-- What a person may get wrong, and how it is told.
local WRONG <const> = {
  { "the state: resources is not a map of rows", function(c) c.resources = "x" end },
  { "the state: resources is not a map of rows", function(c) c.resources = { 1 } end },
  { "the state: resources is missing", function(c) c.resources = nil end },
  { "resources.Q: not a row", function(c) c.resources.Q = 5 end },
  { "resources.Q: not a row", function(c) c.resources.Q = { 5 } end },
  { "resources.Q: identifier is missing; resources.Q: its name is another one; "
    .. "resources.Q: place is missing; resources.Q: provider is missing; "
    .. "resources.Q: type is missing",
    function(c) c.resources.Q = {} end },
  { "resources.a: its name is another one", function(c) c.resources.a.name = "b" end },
  { "resources.a: type is not a text", function(c) c.resources.a.type = "" end },
  { "resources.a: identifier is not a text", function(c) c.resources.a.identifier = 7 end },
  { "resources.a: identifier is missing", function(c) c.resources.a.identifier = nil end },
  { "resources.a: place is not a map with key", function(c) c.resources.a.place = "x" end },
  { "resources.a: place is not a map with key", function(c) c.resources.a.place.key = nil end },
  { "resources.a: depends is not a list", function(c) c.resources.a.depends = { b = "b" } end },
  { "resources.a: depends is not a list", function(c) c.resources.a.depends = { 1 } end },
  { "resources.a: last is not a map", function(c) c.resources.a.last = "x" end },
  { "resources.a: attributes is not a map", function(c) c.resources.a.attributes = { 1 } end },
  { "resources.a: options is not a map", function(c) c.resources.a.options = true end },
  { "resources.a: options is not a map",
    function(c) c.resources.a.options = { ignore_changes = "Size" } end },
  { "resources.a: old is not a list", function(c) c.resources.a.old = { type = "T" } end },
  { "resources.a.old[1]: place is missing", function(c)
    c.resources.a.old = { { type = "T", provider = "memory", identifier = "i" } }
  end },
  { "the state: open is not a list of intents", function(c) c.open = "x" end },
  { "open[1]: action is not create", function(c)
    c.open = { { op = "1", name = "a", action = "eat", type = "T", provider = "memory",
      place = place() } }
  end },
  { "open[1]: op is missing", function(c)
    c.open = { { name = "a", action = "create", type = "T", provider = "memory", place = place() } }
  end },
  { "the state: outputs is not a map", function(c) c.outputs = { 1 } end },
  { "the state: serial is not a whole number", function(c) c.serial = "7" end },
  { "the state: serial is not a whole number", function(c) c.serial = 1e300 end },
  { "the state: serial is missing", function(c) c.serial = nil end },
  { "the state: id is not letters and digits", function(c) c.id = "../../x" end },
  { "the state: recipe is not a text", function(c) c.recipe = {} end },
}

describe("a state that is not whole", function()
  before_each(function()
    root, clean = support.folder()
    local first = store()
    first:finish { { ok = true, name = "a", row = whole.row { name = "a", identifier = "i-a" } } }
    first:save { recipe = "demo.lua" }
  end)
  after_each(function() clean() end)

  it("is not pushed, and nothing is written", function()
    local before = files()
    for _, one in ipairs(WRONG) do
      local said = message_of(store().push, store(), changed(one[2]), "p", true)
      assert.is_truthy(said:find(one[1], 1, true), one[1] .. " in " .. said)
      assert.matches("nothing was changed.*\n.*p\n.*pull the state again", said)
      assert.same(before, files())
    end
  end)

  it("tells a few faults in order, and counts the rest", function()
    local said = message_of(store().push, store(), changed(function(content)
      for at = 1, 50 do content.resources[("r%02d"):format(at)] = 1 end
      content.resources[("long"):rep(1000)] = 1
    end), "p", true)
    assert.matches("resources.r01: not a row; resources.r02: not a row", said)
    assert.matches("; and 45 more\n", said)
    assert.is_true(#said < 600)
  end)

  it("is said to be damaged where it is read, and is left as it is", function()
    local path = root .. "/demo/state.json"
    local good = fs.read(path)
    for _, one in ipairs(WRONG) do
      local content = json.decode(good)
      one[2](content)
      if not one[1]:find "its name is another one" then
        assert(fs.replace(path, json.encode(content), 384))
        local before = files()
        local said = message_of(store)
        assert.matches("the state file is damaged: .*\n.*state%.json\n.*put back a copy", said)
        assert.same(before, files())
      end
    end
  end)

  it("is found in the journal before it is gone on with", function()
    local one = store()
    one:begin { whole.intent { op = "1", name = "a", action = "update" } }
    local path = root .. "/demo/journal"
    local line = journal.line { kind = "whole", content = { resources = "x" } }
    assert(fs.replace(path, fs.read(path) .. line, 384))
    assert.matches("the journal holds a damaged state: .*resources is not a map", message_of(store))
  end)

  it("is pushed once it is whole again", function()
    store():push(changed(function(content)
      content.resources.a.identifier = "i-b"
      content.serial = content.serial + 1
    end), "p")
    assert.equal("i-b", store().current.resources.a.identifier)
  end)
end)
