-- The state under a process killed, and a disk full, at every change that reaches the disk.
local fs = require "native.fs"
local journal = require "state.journal"
local life = require "spec.state.life"
local state = require "state"
local support = require "spec.state.support"
local whole = require "spec.state.whole"

local root, clean

local function open() return state.open { root = root, stack = "demo" } end

local function live(faulty, steps)
  return pcall(function()
    local store = faulty.open { root = root, stack = "demo" }
    store:load()
    store:save_plan { n = 1 }
    local lock = assert(store:lock { reason = "apply" })
    life.live(store, steps)
    lock:release()
  end)
end

local function goes_on()
  local store = open()
  store:load()
  life.go_on(store, function() return open():load() end)
end

local function each_point(mode, expect)
  local total
  local at = 1
  repeat
    root, clean = support.folder()
    local disk = support.disk(at, mode)
    local faulty = support.state_with(disk)
    local steps = {}
    local ok, err = live(faulty, steps)
    total = disk.count()
    life.check(open():load(), steps)
    if not ok then expect(err) end
    goes_on()
    clean()
    collectgarbage()
    at = at + 1
  until ok and at > total
  return at
end

describe("state", function()
  it("keeps every promise when killed at any change of the disk", function()
    assert.is_true(each_point("killed", function(err) assert.matches("killed", err) end) > 15)
  end)

  it("keeps every promise when the disk is full at any change, and says so", function()
    each_point("full", function(err)
      assert.matches("No space left on device", tostring(err), 1, true)
      assert.matches("disk is full", tostring(err), 1, true)
    end)
  end)

  it("goes on from a journal cut at every byte of its last two records", function()
    root, clean = support.folder()
    local store = open()
    store:load()
    store:begin { whole.intent { op = "1", name = "a" }, whole.intent { op = "2", name = "b" } }
    store:finish { { op = "1", name = "a", row = whole.row { identifier = "a1" } } }
    local path = root .. "/demo/journal"
    local bytes = fs.read(path)
    local last = #bytes - #bytes:match "[^\n]*\n[^\n]*\n$"
    for cut = last, #bytes do
      assert(fs.replace(path, bytes:sub(1, cut), 384))
      local opened = life.ops(open():load())
      local count = select(2, bytes:sub(1, cut):gsub("\n", ""))
      assert.equal(count >= 3 and count < 5 or nil, opened["1"])
      assert.equal(count >= 4 or nil, opened["2"])
      goes_on()
      if count >= 4 then assert.is_true(life.ops(open():load())["2"]) end
      support.remove(root .. "/demo/history")
      assert(fs.remove(root .. "/demo/state.json"))
    end
    clean()
  end)

  it("goes on in the same process once there is space again", function()
    root, clean = support.folder()
    local disk = support.disk(nil)
    local store = support.state_with(disk).open { root = root, stack = "demo" }
    store:load()
    store:begin { whole.intent { op = "1", name = "a" } }
    local full = support.disk(2, "full") -- opening is the first change, writing the second
    store.backend.handle:close()
    store.backend.handle = support.checked(full.append(root .. "/demo/journal"))
    assert.has_error(function() store:begin { whole.intent { op = "2", name = "b" } } end)
    store:finish { { op = "1", name = "a", row = whole.row { identifier = "a1" } } }
    local loaded = open():load()
    assert.same({}, loaded.open)
    assert.equal("a1", loaded.resources.a.identifier)
    clean()
  end)
end)

describe("the journal", function()
  local lines = {
    journal.line(journal.header({ stack = "demo", id = "1", serial = 0 }, 5)),
    journal.line { kind = "intent", intent = { op = "1", text = "line\nbreak \"quoted\"" } },
    journal.line { kind = "result", result = { op = "1", name = "a" } },
  }
  local bytes = table.concat(lines)

  it("cut at any byte gives the whole records before the cut", function()
    local ends, total = {}, 0
    for at, line in ipairs(lines) do
      total = total + #line
      ends[at] = total
    end
    for cut = 0, #bytes do
      local last = 0
      for at, stop in ipairs(ends) do
        if cut >= stop then last = at end
      end
      local records, position = journal.parse(bytes:sub(1, cut))
      assert.equal(last, #records)
      assert.equal(ends[last] or 0, position)
    end
  end)

  it("with any byte of a record before the last one changed is refused", function()
    for at = 1, #lines[1] + #lines[2] do
      local changed = string.char(bytes:byte(at) ~ 1)
      local records = journal.parse(bytes:sub(1, at - 1) .. changed .. bytes:sub(at + 1))
      assert.is_nil(records)
    end
  end)

  it("with a byte of the last record changed loses that record alone", function()
    for at = #lines[1] + #lines[2] + 1, #bytes do
      local changed = string.char(bytes:byte(at) ~ 1)
      assert.equal(2, #journal.parse(bytes:sub(1, at - 1) .. changed .. bytes:sub(at + 1)))
    end
  end)

  it("that is damaged stops the stack and names the byte", function()
    root, clean = support.folder()
    local store = open()
    store:load()
    store:begin { whole.intent { op = "1", name = "a" }, whole.intent { op = "2", name = "b" } }
    local path = root .. "/demo/journal"
    local text = fs.read(path)
    assert(fs.replace(path, (text:gsub("intent", "intemt", 1)), 384))
    local ok, err = pcall(function() open():load() end)
    assert.is_false(ok)
    assert.matches("journal is damaged at byte %d+", tostring(err))
    clean()
  end)
end)
