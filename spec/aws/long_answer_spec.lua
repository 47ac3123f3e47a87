local json = require "native.json"
local model = require "spec.support.model"

describe("a long answer", function()
  it("is not kept where it is not needed while the next one is read", function()
    local shape = model.shape({ D = "Free" }, { Free = { type = "structure", document = true,
      members = {} } })
    local text = ('{"D":[%s1]}'):format(('{"a":"x","b":{"c":"y"}},'):rep(20000))
    local function read() return #json.decode(shape, text).D end
    collectgarbage()
    local before = collectgarbage "count"
    assert.are.equal(20001, read())
    local one = collectgarbage "count" - before
    for _ = 1, 5 do
      read()
      assert.is_true(collectgarbage "count" - before < 1.3 * one)
    end
  end)
end)
