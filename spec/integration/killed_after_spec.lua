-- Killed after each changing call of the seed's apply; then one plain apply.
local killed = require "spec.support.killed"

describe("an apply that is killed after a call", function()
  it("is finished by the next one, whichever call it was", function()
    assert.is_true(killed.everywhere "after" >= 16)
  end)
end)
