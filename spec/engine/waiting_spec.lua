local waiting = require "engine.waiting"

describe("waiting", function()
  it("looks soon at first and less often later", function()
    local start = 1000000
    local now, delays = start, {}
    for i = 1, 40 do
      local at = waiting.next_look(start, now)
      delays[i] = at - now
      now = at
    end
    assert.is_true(delays[1] <= 200)
    assert.is_true(delays[40] > 3000 and delays[40] <= 6400)
  end)

  it("has those who began at different times look together", function()
    local a, b = waiting.next_look(1000, 5030), waiting.next_look(1100, 5170)
    assert.are.equal(a, b)
  end)

  it("gives up when the visibility window is over", function()
    local made, now, looks = 5000, 5000, {}
    while true do
      local at = waiting.next_sight(made, now, 20000)
      if not at then break end
      looks[#looks + 1], now = at - made, at
    end
    assert.are.same({ 200, 500, 1000, 2000, 3000, 4000, 5000 }, { table.unpack(looks, 1, 7) })
    assert.are.equal(20000, looks[#looks])
  end)
end)
