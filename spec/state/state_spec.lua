local fs = require "native.fs"
local state = require "state"
local support = require "spec.state.support"
local whole = require "spec.state.whole"

local function row(identifier)
  return whole.row { name = "a", identifier = identifier, last = { Size = 3 } }
end

local function intent(op, name)
  return whole.intent { op = op, name = name or "a", want = { Size = 3 } }
end

local function done(op, name, what)
  return { op = op, ok = true, name = name or "a", identifier = "i-1", row = what }
end

local root, clean

local function store(name)
  return state.open { root = root, stack = name or "demo" }
end

local function message_of(fn)
  local ok, err = pcall(fn)
  assert.is_false(ok)
  return tostring(err)
end

local function applied()
  local first = store()
  first:load()
  first:begin { intent "1" }
  first:finish { done("1", "a", row "i-1") }
  first:save { recipe = "demo.lua", outputs = { Id = "i-1" } }
  return first
end

describe("state", function()
  before_each(function() root, clean = support.folder() end)
  after_each(function() clean() end)

  it("has an id and a key before anything is on disk, and keeps them", function()
    local first = store()
    local fresh = first:load()
    assert.is_true(fresh.fresh)
    assert.is_nil(fs.stat(root .. "/demo"))
    assert.same({ id = fresh.id, key = fresh.key }, first:identity())
    local again = store():load()
    assert.same({ fresh.id, fresh.key }, { again.id, again.key })
    assert.is_falsy(again.fresh)
    assert.not_equal(fresh.id, store("other"):load().id)
  end)

  it("keeps files to their owner", function()
    applied()
    assert.equal(tonumber("700", 8), fs.stat(root .. "/demo").mode & 511)
    for _, name in ipairs { "state.json", "identity" } do
      assert.equal(tonumber("600", 8), fs.stat(root .. "/demo/" .. name).mode & 511)
    end
  end)

  it("shows an intent without a result as open, and the row of one with", function()
    local first = store()
    first:load()
    first:begin { intent "1", intent("2", "b") }
    local seen = store():load()
    assert.equal(2, #seen.open)
    first:finish { done("2", "b", row "i-2") }
    seen = store():load()
    assert.equal("1", seen.open[1].op)
    assert.equal(1, #seen.open)
    assert.equal("i-2", seen.resources.b.identifier)
  end)

  it("takes a row away with row = false", function()
    applied()
    local next_run = store()
    next_run:load()
    next_run:begin { intent "2" }
    next_run:finish { { op = "2", ok = true, name = "a", row = false } }
    assert.same({}, store():load().resources)
  end)

  it("writes for a change what it is about, however large the state is", function()
    local written = {}
    for _, size in ipairs { 10, 1000 } do
      local disk = support.disk(nil)
      local first = support.state_with(disk).open { root = root .. size, stack = "demo" }
      first:load()
      local rows = {}
      for at = 1, size do rows["r" .. at] = row "x" end
      first:save { resources = rows }
      first:begin { intent("1", "a") }
      local before, changes = disk.written(), disk.count()
      first:begin { intent("2", "b") }
      first:finish { done("2", "b", row "x") }
      written[#written + 1] = disk.written() - before
      assert.equal(3, disk.count() - changes) -- two writes and a sync
    end
    assert.equal(written[1], written[2])
    assert.is_true(written[1] < 600)
    for _, size in ipairs { 10, 1000 } do support.remove(root .. size) end
  end)

  it("is written at the end of a run, and not at all where nothing is new", function()
    local first = applied()
    local before = fs.read(root .. "/demo/state.json")
    local again = store()
    again:load()
    again:save { recipe = "demo.lua", outputs = { Id = "i-1" } }
    assert.equal(before, fs.read(root .. "/demo/state.json"))
    assert.equal(1, #fs.list(root .. "/demo/history"))
    again:save { outputs = { Id = "i-2" } }
    assert.equal(first.current.serial + 1, store():load().serial)
  end)

  it("takes the journal into state.json at a save and keeps it as history", function()
    applied()
    assert.is_nil(fs.stat(root .. "/demo/journal"))
    assert.equal(1, #fs.list(root .. "/demo/history"))
    local loaded = store():load()
    assert.equal(1, loaded.serial)
    assert.equal("demo.lua", loaded.recipe)
    assert.same({ Id = "i-1" }, loaded.outputs)
    assert.equal("i-1", loaded.resources.a.identifier)
  end)

  it("keeps an open intent through a save", function()
    local first = store()
    first:load()
    first:begin { intent "1", intent("2", "b") }
    first:finish { done("1", "a", row "i-1") }
    first:save {}
    assert.same({ "2" }, { store():load().open[1].op })
  end)

  it("moves its revision with every record and every save", function()
    local first = applied()
    local seen = { [store():load().revision] = true }
    first:begin { intent "2" }
    assert.is_nil(seen[store():load().revision])
    seen[store():load().revision] = true
    first:finish { done "2" }
    assert.is_nil(seen[store():load().revision])
    first:save {}
    assert.is_nil(seen[store():load().revision])
  end)

  it("gives up its id, recipe and journal when nothing is left, and not before", function()
    local first = applied()
    local old = first:load().id
    first:begin { intent "2" }
    first:finish { { op = "2", ok = true, name = "a", row = false } }
    first:save {}
    local fresh = store():load()
    assert.is_true(fresh.fresh)
    assert.not_equal(old, fresh.id)
    assert.is_nil(fresh.recipe)
    assert.equal(2, #fs.list(root .. "/demo/history"))
  end)

  it("says that it is lost when only the identity is left", function()
    local id = applied():load().id
    assert(fs.remove(root .. "/demo/state.json"))
    local loaded = store():load()
    assert.is_true(loaded.lost)
    assert.equal(id, loaded.id)
    assert.same({}, loaded.resources)
  end)

  it("knows its places beside its id, before the first call in each and whoever says so", function()
    local one = store()
    local function at(op, key)
      local made = intent(op)
      made.place = { provider = "aws", key = key }
      return made
    end
    local function places()
      fs.remove(root .. "/demo/state.json")
      local keys = {}
      for i, place in ipairs(store():load().places) do keys[i] = place.key end
      return keys
    end
    one:begin { at("1", "here") }
    assert.same({ "here" }, places())
    one:begin { at("2", "here"), at("3", "there") }
    assert.same({ "here", "there" }, places())
    one:finish { { ok = true, name = "b", row = whole.row { name = "b", identifier = "i-2",
      place = { provider = "aws", key = "else" } } } }
    one:save {}
    assert.same({ "here", "there", "else" }, places())
    assert.same({ "demo" }, state.stacks(root))
  end)

  it("keeps the id and makes a new key when only the identity is gone", function()
    local old = applied():load()
    assert(fs.remove(root .. "/demo/identity"))
    local loaded = store():load()
    assert.equal(old.id, loaded.id)
    assert.not_equal(old.key, loaded.key)
    assert.equal("i-1", loaded.resources.a.identifier)
  end)

  it("takes over a given id as long as it owns nothing", function()
    local first = store()
    first:identity("0123456789abcdef")
    assert.equal("0123456789abcdef", store():load().id)
    assert.matches("an id and resources of its own", message_of(function()
      applied():identity("ffff")
    end))
  end)

  it("refuses a state that is cut short, newer, of another stack, or not a state", function()
    applied()
    local path = root .. "/demo/state.json"
    local good = fs.read(path)
    for text, expected in pairs {
      [good:sub(1, #good // 2)] = "cut short",
      [""] = "cut short",
      ['{"format":"mrun state","version":2}'] = "version 2; this mrun knows up to 1",
      ['{"format":"mrun state","version":1,"stack":"other","serial":1}'] = "of the stack other",
      ["{}"] = "not a state file",
    } do
      assert(fs.replace(path, text, 384))
      local message = message_of(function() store():load() end)
      assert.matches(expected, message, 1, true)
      assert.matches(path, message, 1, true)
      assert.matches("\n  .*\n  ", message)
    end
  end)

  it("refuses a state that is older than its journal", function()
    local first = applied()
    local old = fs.read(root .. "/demo/state.json")
    first:begin { intent "2" }
    first:finish { done "2" }
    first:save {}
    first:begin { intent "3" }
    assert(fs.replace(root .. "/demo/state.json", old, 384))
    assert.matches("older than its journal", message_of(function() store():load() end))
  end)

  it("belongs to one recipe while it owns something", function()
    local loaded = applied():load()
    state.check_recipe(loaded, "demo.lua")
    assert.matches("of another recipe: demo.lua, not web/other.lua", message_of(function()
      state.check_recipe(loaded, "web/other.lua")
    end), 1, true)
    state.check_recipe({ stack = "x", recipe = "demo.lua", resources = {} }, "other.lua")
  end)

  it("knows a recipe by its path from the nearest mrun.json or .git", function()
    assert(fs.mkdir(root .. "/web", 448))
    assert(fs.replace(root .. "/web/site.lua", "", 384))
    assert.equal("site.lua", state.recipe_address(root .. "/web/site.lua"))
    assert(fs.replace(root .. "/mrun.json", "{}", 384))
    assert.equal("web/site.lua", state.recipe_address(root .. "/web/site.lua"))
  end)

  it("lets one change it at a time, and says who does", function()
    local first = assert(store():lock { reason = "apply demo.lua" })
    local second, held = store():lock { reason = "destroy" }
    assert.is_nil(second)
    assert.matches("in use by .+ on .+ %(process %d+, apply demo.lua, since ", tostring(held))
    first:release()
    assert(store():lock { reason = "destroy" }):release()
    assert.is_nil(fs.stat(root .. "/demo/lock.json"))
  end)

  it("saves a plan with the identity that it was made with", function()
    local first = store()
    local made = first:load()
    first:save_plan { changes = { { name = "a" } } }
    assert.equal("demo", state.last(root))
    local second = store()
    assert.same({ changes = { { name = "a" } } }, second:load_plan())
    local loaded = second:load()
    assert.same({ made.id, made.key }, { loaded.id, loaded.key })
    assert.is_true(loaded.fresh)
    second:drop_plan()
    assert.is_nil(second:load_plan())
    assert.is_nil(second:drop_plan())
  end)

  it("lists the stacks that hold something", function()
    applied()
    store("planned"):save_plan {}
    assert.same({ "demo" }, state.stacks(root))
    assert.same({}, state.stacks(root .. "/absent"))
  end)

  it("refuses a stack name that is longer than a tag and a folder can hold", function()
    state.open { root = root, stack = ("n"):rep(128) }
    assert.matches("129 characters is too long", message_of(function()
      state.open { root = root, stack = ("n"):rep(129) }
    end))
  end)

  it("refuses a stack name that is a path", function()
    assert.matches("stack name", message_of(function()
      state.open { root = root, stack = "../x" }
    end))
  end)
end)
