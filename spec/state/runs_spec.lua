local journals = require "state.journals"
local runs = require "state.runs"

local function header(at_ms)
  return { kind = "open", version = 1, id = "ab", serial = 4, at_ms = at_ms }
end

local HEADER <const> = header(1000)

local function run(name, at_ms)
  return { kind = "run", run = name, at_ms = at_ms,
    by = { who = "ann", host = "desk", pid = 7, reason = "apply net.lua" } }
end

local function intent(op, name, action)
  return { kind = "intent", intent = { op = op, name = name, action = action, type = "T" } }
end

local function result(op, name, ok, row)
  return { kind = "result", result = { op = op, name = name, ok = ok, row = row } }
end

local function told(records)
  local found = {}
  for _, one in ipairs(runs.of(records)[1].resources) do
    found[#found + 1] = ("%s %s %s"):format(one.name, one.action, one.result)
  end
  return found
end

describe("the runs of a stack", function()
  it("says who did what, when, and what became of it", function()
    local one = runs.of {
      HEADER, run("1", 1700000000000),
      intent("1", "a", "create"), result("1", "a", true, { type = "T" }),
      intent("2", "b", "update"), result("2", "b", false),
      intent("3", "c", "create"), intent("4", "c", "delete"),
      result("3", "c", true), result("4", "c", true), intent("5", "d", "create"),
      result(nil, "e", true, false), result("0", "f", true, { type = "U" }),
    }[1]
    assert.same({ "2023-11-14 22:13:20 UTC", "ann", "desk", 7, "apply net.lua", 4 },
      { one.at, one.who, one.host, one.pid, one.command, one.serial })
    assert.same({ create = 1, failed = 1, replace = 1, open = 1, forget = 1, settle = 1 },
      one.totals)
  end)

  it("tells a replacement from a create and a delete", function()
    assert.same({ "a replace done", "b delete done", "c create open" }, told {
      HEADER, run("1", 5), intent("1", "a", "create"), result("1", "a", true),
      intent("2", "a", "delete"), result("2", "a", true),
      intent("3", "b", "delete"), result("3", "b", true), intent("4", "c", "create"),
    })
  end)

  it("tells what was taken over from what was changed", function()
    local taken = intent("1", "a", "update")
    taken.intent.before = { name = "a", taken_over = true }
    assert.same({ "a adopt done", "b update done" }, told {
      HEADER, run("1", 5), taken, result("1", "a", true),
      intent("2", "b", "update"), result("2", "b", true),
    })
  end)

  it("knows the runs of a journal that says nothing of them", function()
    local found = runs.of { HEADER, intent("1", "a", "create"), result("1", "a", true) }
    assert.equal(1, #found)
    assert.equal(1, found[1].totals.create)
    assert.is_nil(found[1].who)
  end)

  it("puts the runs of all journals in order, each once", function()
    local journal = require "state.journal"
    local function text(records)
      for at, record in ipairs(records) do records[at] = journal.line(record) end
      return table.concat(records)
    end
    local kept = { ["b-000001"] = text { header(10), run("1", 10) },
      ["a-000001"] = text { header(20), run("2", 20) }, ["state-a-000001"] = "{}",
      ["a-000001.1"] = text { header(20), run("2", 20) } }
    local plain = { records = function(_, records) return records end }
    local backend = {
      at = function(_, name) return name end,
      history = function()
        return { "state-a-000001", "b-000001", "a-000001", "a-000001.1" }
      end,
      read_history = function(_, names)
        for at, name in ipairs(names) do names[at] = kept[name] end
        return names
      end,
    }
    local names = {}
    local lists = journals.newest_first(backend, plain, { HEADER, run("3", 30) })
    for at, one in ipairs(runs.all(lists)) do names[at] = one.run end
    assert.same({ "1", "2", "3" }, names)
  end)

  it("tells what was renamed from what was forgotten", function()
    local moved = result(nil, "b", true, { type = "T" })
    moved.result.moved = "a"
    local one = runs.of { HEADER, run("1", 1000), moved, result(nil, "a", true, false),
      result(nil, "c", true, false) }[1]
    assert.are.same({ move = 1, forget = 1 }, one.totals)
    assert.are.same({ name = "b", type = "T", action = "move", result = "done", from = "a" },
      one.resources[1])
  end)
end)
