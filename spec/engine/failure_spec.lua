local failure = require "engine.failure"

describe("failure", function()
  it("says what, where and what to do next, in one to three lines", function()
    assert.are.equal("no region", tostring(failure.new { what = "no region" }))
    assert.are.equal("no region\n  recipe.lua:3\n  set AWS_REGION",
      tostring(failure.new { what = "no region", where = "recipe.lua:3", next = "set AWS_REGION" }))
  end)

  it("is raised without a position before it", function()
    local ok, raised = pcall(failure.raise, { what = "no region", kind = "usage" })
    assert.is_false(ok)
    assert.is_true(failure.is(raised))
    assert.are.equal("usage", raised.kind)
  end)

  it("wraps native failures, strings and tables, and leaves failures untouched", function()
    local native = { op = "open", subject = "x", reason = "No such file", code = "ENOENT" }
    assert.are.equal("open x: No such file", failure.from(native).what)
    assert.are.equal("ENOENT", failure.from(native).code)
    native.message = "open x: gone"
    assert.are.equal("open x: gone", failure.from(native).what)
    assert.are.equal("boom", failure.from("boom").what)
    assert.are.equal("told", failure.from({ what = "told" }).what)
    local own = failure.new { what = "x" }
    assert.are.equal(own, failure.from(own))
    assert.is_string(failure.from(nil).what)
  end)

  it("is added to by a new failure that keeps what was known", function()
    local first = failure.new { what = "x", where = "here" }
    local second = failure.add(first, { where = "there", next = "do this" })
    assert.are.equal("here", second.where)
    assert.are.equal("do this", second.next)
    assert.is_nil(first.next)
    assert.is_true(failure.is(second))
  end)
end)
