local failure = require "engine.failure"
local lost = require "main.lost"

describe("a stack of which nothing is here but whose tags are found", function()
  -- The states as they are read, one after the other.
  local function owning(...)
    local states, at = { ... }, 0
    return lost.owning({ options = {},
      existing = function()
        at = at + 1
        return { state = states[at] }
      end,
      task = function() return failure.new { what = "a stack of this name exists" } end,
    }, "net.lua")
  end

  it("is somebody's", function()
    local ok, err = pcall(owning, { fresh = true, serial = 0 }, { fresh = true, serial = 0 })
    assert.is_false(ok)
    assert.are.equal("a stack of this name exists", err.what)
  end)

  it("is the one here where its state was begun in the meantime", function()
    local stack = owning({ fresh = true, serial = 0 }, { serial = 1 })
    assert.are.equal(1, stack.state.serial)
  end)
end)
