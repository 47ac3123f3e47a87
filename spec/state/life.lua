-- A life in small of a stack's state, and what every moment of it has promised.
local assert = require "luassert"
local whole = require "spec.state.whole"

local life = {}

--- What a run does under the lock; each step says what a run that comes after it must find.
---@param store table
---@param steps table<string, boolean> those that were reached
function life.live(store, steps)
  steps["begin 1"] = true
  store:begin { whole.intent { op = "1", name = "a" }, whole.intent { op = "2", name = "b" } }
  steps["call 1"] = true
  store:finish { { op = "1", name = "a", row = whole.row { identifier = "a1" } } }
  steps.save = true
  store:save { recipe = "r.lua" }
  steps.saved = true
  store:begin { whole.intent { op = "3", name = "a" } }
  steps["call 3"] = true
  store:finish { { op = "3", name = "a", row = false }, { op = "2", name = "b", row = false } }
  steps.finish = true
  store:save {}
  steps.over = true
end

--- The open intents, by op.
function life.ops(loaded)
  local found = {}
  for _, intent in ipairs(loaded.open) do found[intent.op] = true end
  return found
end

--- Whatever was promised before the moment of death holds after it.
function life.check(loaded, steps)
  local open = life.ops(loaded)
  if steps.over then
    assert.same({}, loaded.resources)
  elseif steps.finish then
    assert.is_nil(open["3"])
  elseif steps["call 3"] then
    assert.is_true(open["3"] or loaded.resources.a == nil)
  elseif steps.saved then
    assert.equal("a1", loaded.resources.a.identifier)
    assert.is_true(open["2"])
  elseif steps.save then
    assert.equal("a1", loaded.resources.a.identifier)
  elseif steps["call 1"] then
    assert.is_true(open["2"])
    assert.is_true(open["1"] or loaded.resources.a.identifier == "a1")
  end
  assert.is_falsy(loaded.lost and next(loaded.open))
end

--- A second life, on what the first one left, goes through to the end.
---@param store table loaded
---@param again fun(): table the state, as somebody else loads it
---@return table
function life.go_on(store, again)
  store:begin { whole.intent { op = "9", name = "z" } }
  store:finish { { op = "9", name = "z", row = whole.row { identifier = "z9" } } }
  store:save {}
  local loaded = again()
  assert.equal("z9", loaded.resources.z.identifier)
  return loaded
end

return life
