local heap = require "engine.heap"

describe("heap", function()
  it("gives the smallest key first", function()
    local h = heap.new()
    local keys = { 5, 1, 4, 1, 3, 9, 2, 6, 8, 7, 0 }
    for _, key in ipairs(keys) do h:push(key, key) end
    table.sort(keys)
    local got = {}
    while h:first() do got[#got + 1] = (h:pop()) end
    assert.are.same(keys, got)
  end)

  it("keeps the order of equal keys", function()
    local h, got = heap.new(), {}
    for i = 1, 20 do h:push(1, i) end
    while h:first() do got[#got + 1] = (h:pop()) end
    for i = 1, 20 do assert.are.equal(i, got[i]) end
  end)

  it("gives nothing when empty", function()
    assert.is_nil(heap.new():pop())
    assert.is_nil(heap.new():first())
  end)
end)
