local path = require "aws.path"

describe("the paths of paginators", function()
  it("go by name, index and alternatives", function()
    local value = { A = { B = { { C = 1 }, { C = 2 } } }, N = "n" }
    assert.equal(2, path.get(value, "A.B[-1].C"))
    assert.equal(1, path.get(value, "A.B[0].C"))
    assert.equal("n", path.get(value, "Absent || N"))
    assert.is_nil(path.get(value, "A.X.Y"))
    assert.is_nil(path.get(value, "N.x"))
  end)

  it("flatten lists", function()
    assert.same({ 1, 2, 3 }, path.get({ R = { { I = { 1, 2 } }, { I = { 3 } } } }, "R[].I[]"))
  end)

  it("set what they name", function()
    local target = {}
    path.set(target, "A.B", 1)
    path.set(target, "C", 2)
    assert.same({ A = { B = 1 }, C = 2 }, target)
  end)
end)
