-- A suite that is told a wrong thing says so: one case of each, altered, is reported as failed.
local child = require "spec.support.child"
local json = require "native.json"
local suites = require "spec.support.suites"
local sys = require "native.sys"

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
      local folder = os.tmpname()
      os.remove(folder)
      assert(os.execute(("mkdir -p '%s/%s'"):format(folder, name)))
      local file = assert(io.open(folder .. "/" .. path, "w"))
      file:write(json.encode(nil, plant[2](json.decode(nil, text, { nulls = true }))))
      file:close()
      local result = assert(sys.run { "/usr/bin/env", "-u", "MRUN_MAIN", child.binary, "run",
        "spec/conformance/run.lua", "--data", folder, name })
      os.execute(("rm -r '%s'"):format(folder))
      assert.equal(1, result.code)
      assert.matches(name .. ": 0 passed, 1 failed", result.out, 1, true)
    end)
  end)
end
