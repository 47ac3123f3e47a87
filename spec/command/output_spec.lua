local output = require "command.output"
local report = require "engine.report"

describe("mrun output", function()
  local function printed(options, args)
    local text, document = "", nil
    output.run {
      options = options, args = args or {}, plain = report.bare,
      existing = function()
        return { state = { outputs = { Id = "vpc-1", Word = { ["$digest"] = "abc" } } } }
      end,
      print = function(line) text = text .. line end,
      json = function(v) document = v end,
    }
    return document or text
  end

  it("shows that there is a secret, and nothing of it", function()
    assert.are.equal("Id = vpc-1\nWord = (secret)\n", printed {})
    assert.are.equal("(secret)\n", printed({}, { "Word" }))
    assert.are.same({ Id = "vpc-1", Word = "(secret)" }, printed { json = true })
    assert.are.equal("(secret)", printed({ json = true }, { "Word" }))
  end)
end)
