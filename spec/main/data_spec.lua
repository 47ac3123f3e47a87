-- What holds data is deleted and replaced only when it is asked for by name.
local World = require "spec.support.world"
local changes = require "main.changes"
local planning = require "main.planning"
local report = require "engine.report"

local resource = World.resource

describe("what holds data", function()
  local world
  before_each(function()
    world = World.new()
    world:apply { resource("Disk", "d", { Color = "red" }), resource("Disk", "e"),
      World.thing "t" }
  end)

  it("is marked in a plan that deletes or replaces it", function()
    local plan = world:plan_of { resource("Disk", "d", { Color = "blue" }) }
    local marked = {}
    for _, change in ipairs(plan.changes) do marked[change.name] = change.holds_data end
    assert.are.same({ d = true, e = true }, marked)
    assert.matches("!!! what is held in 2 resources will be lost: d, e", report.plan(plan))
    assert.is_true(report.plan_document(plan).changes[1].holds_data)
    plan = world:plan_of { resource("Disk", "d", { Color = "red", Size = 2 }), World.thing "t",
      resource("Disk", "e") }
    assert.is_nil(plan.changes[1].holds_data)
  end)

  it("is not lost by a replacement that keeps the old one", function()
    local plan = world:plan_of { resource("Disk", "d", { Color = "blue" }, { retain = true }),
      resource("Disk", "e") }
    assert.is_nil(plan.changes[1].holds_data)
  end)

  it("is refused to machines until it is named", function()
    local plan = world:plan_of(nil, { destroy = true })
    assert.are.equal(1, #planning.unagreed(plan, nil, { "e" }))
    assert.are.same({}, planning.unagreed(plan, { "d" }, { "e" }))
    local ok, err = pcall(planning.refuse_loss, planning.unagreed(plan), "mrun apply")
    assert.is_false(ok)
    assert.matches("e %(Memory::Disk%), d %(Memory::Disk%)", err.what)
    assert.matches("mrun apply %-%-destroy%-data e %-%-destroy%-data d", err.next)
  end)

  --- Runs confirm_and_apply as far as the answers take it: what was asked, and what came of it.
  local function asked(options, answers)
    local questions, said = {}, {}
    local mrun = { options = options, show_before_asking = function() end, guard = function() end,
      note = function(text) said[#said + 1] = text end,
      nothing_to_do = function(plan) return #plan.changes == 0 end,
      show_progress = function() error("it would begin", 0) end,
      console = { ask = function(question)
        questions[#questions + 1] = question
        return answers[#questions]
      end } }
    local ok, result = pcall(changes.confirm_and_apply, mrun, {},
      world:plan_of(nil, { destroy = true }))
    return questions, ok and table.concat(said) or tostring(result)
  end

  it("has to be typed by people", function()
    local questions, result = asked({}, { "yes", "e", "d" })
    assert.matches("^e %(Memory::Disk disk%-%d%) holds data%. To lose it, type its name: $",
      questions[2])
    assert.are.equal(3, #questions)
    assert.are.equal("it would begin", result)
  end)

  it("is kept where one name is not typed, or another", function()
    local _, result = asked({}, { "yes", "yes", "yes" })
    assert.are.equal("Nothing was changed.\n", result)
    assert.matches("nobody has agreed", select(2, asked({ yes = true }, {})))
    assert.matches("nobody has agreed",
      select(2, asked({ yes = true, destroy_data = { "d" } }, {})))
    assert.are.equal("it would begin",
      select(2, asked({ yes = true, destroy_data = { "d", "e" } }, {})))
  end)
end)
