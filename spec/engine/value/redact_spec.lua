local report = require "engine.report"
local failure = require "engine.failure"
local value = require "engine.value"

describe("words that come from elsewhere", function()
  it("are shown without the secrets that are known", function()
    value.secret "correct horse 7%"
    assert.are.equal("Value (secret) is not allowed",
      value.redact "Value correct horse 7% is not allowed")
    assert.are.equal("at /?p=(secret)&q", value.redact "at /?p=correct%20horse%207%25&q")
  end)

  it("are shown without secrets inside of tables, and as JSON writes them", function()
    value.secret { list = { 'two "quoted" words' }, number = 481516 }
    assert.are.equal('{"a":"(secret)"} (secret)',
      value.redact [[{"a":"two \"quoted\" words"} 481516]])
  end)

  it("lose a long secret before the shorter one that is a part of it", function()
    value.secret "battery"
    value.secret "battery-staple"
    assert.are.equal("(secret) (secret)", value.redact "battery-staple battery")
  end)

  it("lose a short secret only where it is a whole word", function()
    value.secret "abc"
    value.secret "x"
    assert.are.equal("(secret) abcd x", value.redact "abc abcd x")
  end)

  it("lose them in a failure, as text and as a document, and in progress", function()
    value.secret "Tr0ub4dor"
    local wrong = failure.new { what = "invalid value Tr0ub4dor", where = "at Tr0ub4dor",
      next = "not Tr0ub4dor", code = "Tr0ub4dor" }
    assert.is_nil(report.failure(wrong):find("Tr0ub4dor", 1, true))
    for _, text in pairs(report.failure_document(wrong).error) do
      assert.is_nil(text:find("Tr0ub4dor", 1, true))
    end
    local view = report.progress {}
    local lines = view:event({ kind = "waiting", name = "A", state = "bad Tr0ub4dor" }, 0)
    assert.is_truthy(lines[1]:find("bad (secret)", 1, true))
    lines = view:event({ kind = "failed", name = "A", action = "create", error = wrong }, 0)
    assert.is_truthy(lines[1]:find("invalid value (secret)", 1, true))
  end)

  it("may be what a secret was made of", function()
    value.secret "postgres://ann:hunter-two@db"
    assert.is_true(value.touches_secret "hunter-two")
    assert.is_false(value.touches_secret("hunter-two", 0.5))
    assert.is_false(value.touches_secret "hunter-three")
    assert.is_true(value.touches_secret "local dsn = 'postgres://ann:hunter-two@db'")
  end)
end)
