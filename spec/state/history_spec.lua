-- What the journals of a stack say of its last apply.
local fs = require "native.fs"
local state = require "state"
local whole = require "spec.state.whole"

local count, root = 0, nil

local function new_store()
  count = count + 1
  root = ("%s/history%d"):format(os.getenv "TMPDIR" or "/tmp", count)
  local at_ms = 0
  return function()
    return state.open { root = root, stack = "demo", now = function()
      at_ms = at_ms + 1000
      return at_ms
    end }
  end
end

local function intent(name, before)
  return whole.intent { op = name .. count, name = name, before = before }
end

local function done(name, row)
  return { op = name .. count, ok = true, name = name, row = row }
end

local ROW = whole.row { name = "a", identifier = "1", last = { Size = 1 } }

describe("the last apply", function()
  after_each(function() os.execute("rm -rf " .. root) end)

  it("is nothing where there was none", function()
    assert.is_nil(new_store()():last_apply())
  end)

  it("is the newest journal with intents, from the first of each name", function()
    local open = new_store()
    local store = open()
    store:begin { intent("a", false) }
    store:finish { done("a", ROW) }
    store:save()
    store:begin { intent("a", ROW), intent("b", false) }
    store:begin { intent("a", { identifier = "never" }), whole.intent { op = "m", name = "m" } }
    store:finish { done("a", whole.row { name = "a", identifier = "2" }) }
    store:save()
    -- A refresh has no intents: it is no apply.
    store:finish { { ok = true, name = "a", row = whole.row { name = "a", identifier = "2" } } }
    store:save()
    local last = open():last_apply()
    assert.are.same({ a = ROW, b = false }, last.before)
    assert.are.same({ "m" }, last.unrecorded)
  end)

  it("is the one that was cut off, where it was not taken in", function()
    local open = new_store()
    local store = open()
    store:begin { intent("a", false) }
    store:finish { done("a", ROW) }
    store:save()
    store:begin { intent("c", false) }
    assert.are.same({ c = false }, open():last_apply().before)
  end)

  it("is still the one that an undo was taking back when it was cut off", function()
    local open = new_store()
    local store = open()
    store:begin { intent("a", false) }
    store:finish { done("a", ROW) }
    store:save()
    store:begin { whole.intent { op = "u", name = "a", action = "delete", before = ROW,
      back = true } }
    assert.are.same({ a = false }, open():last_apply().before)
    store:finish { { op = "u", ok = true, name = "a", row = false } }
    store:taken_back "undo"
    store:save()
    assert.are.same({ a = ROW }, open():last_apply().before)
  end)

  local function applied(store, op, name, before)
    store:begin { whole.intent { op = op, name = name, action = "update", before = before } }
    store:save()
  end

  --- One run of an undo or a rollback: what it begins, and whether it takes back all of it.
  local function taken_back(store, by, intents)
    for _, one in ipairs(intents) do
      store:begin { whole.intent { op = one.name .. "u", name = one.name, action = "update",
        before = one.before, back = true } }
    end
    if by then store:taken_back(by) end
    store:save()
  end

  local function told(open)
    local found = open():last_apply()
    return { found.before, found.begun }
  end

  it("is still the one that an undo has taken back in part, whatever was written since", function()
    local open = new_store()
    local store = open()
    applied(store, "1", "a", false)
    applied(store, "2", "a", ROW)
    taken_back(store, nil, { { name = "a", before = { identifier = "new" } } })
    store:finish { { ok = true, name = "x", row = ROW } }
    store:save()
    assert.are.same({ { a = ROW }, true }, told(open))
    taken_back(store, nil, { { name = "b", before = false } })
    assert.are.same({ { a = ROW }, true }, told(open))
    taken_back(store, "undo", { { name = "a", before = { identifier = "later" } },
      { name = "c", before = false } })
    -- All runs of the undo are one.
    assert.are.same({ { a = { identifier = "new" }, b = false, c = false }, false }, told(open))
    taken_back(store, nil, { { name = "c", before = ROW } })
    assert.are.same({ { a = { identifier = "new" }, b = false, c = false }, true }, told(open))
    applied(store, "3", "d", ROW)
    assert.are.same({ { d = ROW }, false }, told(open))
  end)

  it("is the undo too where its last run had nothing left to do", function()
    local open = new_store()
    local store = open()
    applied(store, "1", "a", false)
    taken_back(store, "undo", {}) -- nothing of it was there any more: nothing to take back of it
    assert.are.same({ { a = false }, false }, told(open))
    taken_back(store, nil, { { name = "a", before = ROW } })
    taken_back(store, "undo", {})
    assert.are.same({ { a = ROW }, false }, told(open))
  end)

  it("is the one before what a rollback has taken back, and not that itself", function()
    local open = new_store()
    local store = open()
    applied(store, "1", "a", false)
    taken_back(store, "rollback", { { name = "a", before = ROW } })
    assert.is_nil(open():last_apply())
    applied(store, "2", "a", false)
    applied(store, "3", "b", false)
    taken_back(store, nil, { { name = "b", before = ROW } })
    assert.are.same({ { b = false }, true }, told(open)) -- not all of it: an undo goes on
    taken_back(store, "rollback", {})
    assert.are.same({ { a = false }, false }, told(open))
    applied(store, "4", "c", false)
    taken_back(store, "rollback", {}) -- it had failed before it made anything
    assert.are.same({ { a = false }, false }, told(open))
  end)

  it("is what was cut off with what went on with it; a rollback takes back its own run only",
    function()
      local open = new_store()
      open():begin { intent("a", false) }
      local store = open()
      store:begin { intent("b", false) }
      assert.are.same({ { a = false, b = false }, false }, told(open))
      store:save()
      taken_back(store, "rollback", { { name = "b", before = ROW } })
      assert.are.same({ { a = false }, false }, told(open))
    end)

  it("counts a run once, where its journal was kept and not moved away", function()
    local open = new_store()
    local store = open()
    applied(store, "1", "a", false)
    taken_back(store, nil, { { name = "a", before = ROW } })
    applied(store, "2", "b", false)
    local copies = {}
    for _, name in ipairs(fs.list(root .. "/demo/history")) do
      copies[#copies + 1] = fs.read(root .. "/demo/history/" .. name)
    end
    taken_back(store, "rollback", { { name = "b", before = ROW } })
    for at, bytes in ipairs(copies) do
      assert(fs.replace(("%s/demo/history/copy-%06d"):format(root, 90 + at), bytes))
    end
    assert.are.same({ { a = false }, true }, told(open))
  end)

  it("outlives the stack that it has destroyed", function()
    local open = new_store()
    local store = open()
    store:begin { intent("a", false) }
    store:finish { done("a", ROW) }
    store:save()
    store:begin { whole.intent { op = "d", name = "a", action = "delete", before = ROW } }
    store:finish { { op = "d", ok = true, name = "a", row = false } }
    store:save()
    assert.are.same({ a = ROW }, open():last_apply().before)
  end)

  it("does not bring back what it has forgotten, whatever it did before that", function()
    local open = new_store()
    local store = open()
    store:begin { whole.intent { op = "1", name = "a", action = "update", before = ROW } }
    store:begin { whole.intent { op = "2", name = "a", action = "update", forgets = true } }
    local last = open():last_apply()
    assert.are.same({ {}, { "a" } }, { last.before, last.unrecorded })
  end)
end)

describe("the places of a stack", function()
  after_each(function() os.execute("rm -rf " .. root) end)

  it("are told by its journals, each once, when nothing else is left", function()
    local open = new_store()
    local store = open()
    local function at(name, key)
      local one = intent(name, false)
      one.place = { key = key, provider = "aws", region = key }
      return one
    end
    store:begin { at("a", "east"), at("b", "west") }
    store:save()
    store:begin { at("c", "west"), at("d", "south") }
    os.remove(root .. "/demo/state.json")
    os.remove(root .. "/demo/identity")
    local keys = {}
    store = open()
    store:load()
    for i, place in ipairs(store:told_places()) do keys[i] = place.region end
    table.sort(keys)
    assert.are.same({ "east", "south", "west" }, keys)
  end)
end)
