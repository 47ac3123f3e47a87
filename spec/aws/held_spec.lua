local held = require "aws.held"

-- What it holds of credentials is told in credentials/refresh_spec.
describe("what is held", function()
  it("is each credentials' own, and goes with them", function()
    local store, theirs = held.store(), {}
    do
      local mine = {}
      held.holder(store, mine, "a").found = "x"
      assert.equal("x", held.holder(store, mine, "a").found)
      assert.is_nil(held.holder(store, theirs, "a").found)
      assert.is_nil(held.holder(store, nil, "a").found)
      assert.is_nil(held.holder(store, mine, "b").found)
    end
    collectgarbage()
    collectgarbage()
    local left = 0
    for _ in pairs(store) do left = left + 1 end
    assert.equal(2, left)
    assert.is_table(store[theirs])
  end)

  it("does not grow without end, and nobody who is asking is forgotten", function()
    local store, who = held.store(), {}
    local asking = held.holder(store, who, "asking")
    asking.flight = {}
    for at = 1, 1000 do held.holder(store, who, "key " .. at) end
    assert.equal(asking, held.holder(store, who, "asking"))
    assert.is_true(store[who].count <= 100)
  end)

  it("is forgotten where it is no good, but not what came in its place", function()
    local old, new = {}, {}
    local place = { found = old }
    held.forget(place, new)
    assert.equal(old, place.found)
    held.forget(place, old)
    assert.is_nil(place.found)
  end)
end)
