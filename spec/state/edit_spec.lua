-- Changes of the state alone, by hand.
local fs = require "native.fs"
local state = require "state"
local support = require "spec.state.support"
local whole = require "spec.state.whole"

local root, clean

local function store(from)
  local opened = (from or state).open { root = root, stack = "demo" }
  opened:load()
  return opened
end

local function row(name, depends)
  return whole.row { name = name, identifier = "i-" .. name, depends = depends or {} }
end

local function filled()
  local first = store()
  first:finish { { ok = true, name = "a", row = row "a" },
    { ok = true, name = "b", row = row("b", { "a" }) } }
  first:save { recipe = "demo.lua" }
  return first
end

local function message_of(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(err)
end

describe("the state by hand", function()
  before_each(function()
    root, clean = support.folder()
    filled()
  end)
  after_each(function() clean() end)

  it("gives a resource another name, and all who stand on it with it", function()
    store():mv("a", "web/a")
    local seen = store().current
    assert.same({ "web/a" }, seen.resources.b.depends)
    assert.same({ "web/a", "i-a" }, { seen.resources["web/a"].name,
      seen.resources["web/a"].identifier })
    assert.is_nil(seen.resources.a)
    assert.equal(2, seen.serial)
  end)

  it("refuses a name that is taken, none at all, or not there", function()
    assert.matches("has a resource b already", message_of(store().mv, store(), "a", "b"))
    assert.matches("not a resource's name", message_of(store().mv, store(), "a", "a b"))
    assert.matches("not a resource's name", message_of(store().mv, store(), "a", "/a"))
    assert.matches("no resource c\n.*it has a, b", message_of(store().rm, store(), "c"))
  end)

  it("waits until what was interrupted is settled", function()
    store():begin { whole.intent { op = "1", name = "a", action = "update" } }
    assert.matches("not settled yet.*mrun apply", message_of(store().rm, store(), "a"))
    assert.matches("not settled yet", message_of(store().mv, store(), "a", "c"))
  end)

  it("does not forget what has been replaced and is still to be deleted", function()
    local replaced = row "a"
    replaced.old = { { type = "T", identifier = "i-old" } }
    store():finish { { ok = true, name = "a", row = replaced } }
    assert.matches("a has been replaced, and the old one.* to be deleted: i%-old.*mrun apply",
      message_of(store().rm, store(), "a"))
    assert.same("i-a", store().current.resources.a.identifier)
    store():finish { { ok = true, name = "a", row = row "a" } }
    store():rm "a"
    assert.is_nil(store().current.resources.a)
  end)

  it("keeps what a pushed state replaces", function()
    local before = store():text()
    store():rm "b"
    store():push(before, "before.json", true)
    assert.is_table(store().current.resources.b)
    local kept = 0
    for _, name in ipairs(fs.list(root .. "/demo/history")) do
      if name:match "^state%-" then kept = kept + 1 end
    end
    assert.equal(1, kept)
  end)

  it("refuses a push of what was pulled before the last change of the journal", function()
    local before = store():text()
    local other = store()
    other:finish { { ok = true, name = "c", row = row "c" } }
    assert.matches("is older", message_of(store().push, store(), before, "f"))
    store():push(store():text(), "f")
  end)

  it("is the old or the new one when a push is killed at any change of the disk", function()
    local text = store():text():gsub('"i%-a"', '"i-new"')
    for _, id in ipairs { store().current.id, "00aa" } do
      local pushed = text:gsub('"id":"%x+"', ('"id":"%s"'):format(id))
      local at = 1
      repeat
        clean()
        root, clean = support.folder()
        filled()
        local own = id == "00aa" and id or store().current.id
        local disk = support.disk(at, "killed")
        local faulty = store(support.state_with(disk))
        local ok = pcall(faulty.push, faulty, (pushed:gsub('"id":"%x+"',
          ('"id":"%s"'):format(own))), "f", true)
        local seen = store().current
        assert.matches("^i%-", seen.resources.a.identifier)
        assert.is_falsy(seen.lost)
        if ok then assert.same({ "i-new", own }, { seen.resources.a.identifier, seen.id }) end
        at = at + 1
      until ok
      assert.is_true(at > 5)
    end
  end)

  it("has the tags of what was renamed written with the next apply", function()
    store():mv("a", "c")
    assert.is_true(store().current.resources.c.untagged)
  end)

  it("is not touched while it is lost: a part of it is not the whole", function()
    assert(fs.remove(root .. "/demo/state.json"))
    local function refused(act, ...)
      assert.matches("the state of the stack demo is lost.*mrun state rebuild",
        message_of(store()[act], store(), ...))
    end
    refused("mv", "a", "c")
    refused("rm", "a")
    refused "text"
    refused "rekey"
    assert.is_true(store().current.lost)
  end)
end)
