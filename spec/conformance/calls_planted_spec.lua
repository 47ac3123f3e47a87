-- A suite that is told a wrong thing says so: one case of each, altered, is reported as failed.
local json = require "native.json"
local planted = require "spec.conformance.planted"
local suites = require "spec.support.suites"

-- For each suite a file of its data, and how its first case is made wrong.
local PLANTS <const> = {
  jmespath = { "basic.json", function(groups)
    groups[1].cases[1].result = "planted"
    return { { given = groups[1].given, cases = { groups[1].cases[1] } } }
  end },
  ["golden-paginators"] = { "paginators.json", function(cases)
    cases[1].expect.result.Planted = true
    return { cases[1] }
  end },
  ["golden-waiters"] = { "waiters.json", function(cases)
    cases[1].expect = cases[1].expect == "success" and "retry" or "success"
    return { cases[1] }
  end },
  ["golden-retries"] = { "retries.json", function(cases)
    cases[1].steps[1].quota = cases[1].steps[1].quota + 1
    return { cases[1] }
  end },
  retries = { "retry-cases.json", function(cases)
    cases[1].responses[1].expected.delay = 17
    return { cases[1] }
  end },
}

for name, plant in pairs(PLANTS) do
  describe("the suite " .. name, function()
    it("reports a wrong expectation", function()
      local path = name .. "/" .. plant[1]
      local text = suites.read(path)
      if not text then return pending(suites.absent(path)) end
      local result = planted.run(name,
        { [path] = plant[2](json.decode(nil, text, { nulls = true })) })
      assert.equal(1, result.code)
      assert.matches(name .. ": 0 passed, 1 failed", result.out, 1, true)
    end)
  end)
end
