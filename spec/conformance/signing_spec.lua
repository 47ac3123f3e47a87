-- A wrong expectation, planted in one case of each suite about signing, is reported as a failure.
local json = require "native.json"
local planted = require "spec.conformance.planted"
local suites = require "spec.support.suites"

local CHANGED <const> = {
  ["sigv4"] = { "v4/get-vanilla-query/", "context.json", "request.txt",
    "header-signed-request.txt" },
  ["sigv4-legacy"] = { "post-vanilla-query-space/", "post-vanilla-query-space.req",
    "post-vanilla-query-space.creq", "post-vanilla-query-space.sts",
    "post-vanilla-query-space.authz", "post-vanilla-query-space.sreq" },
}

-- Copies the files of one case; the last of them with another signature.
local function plant_files(to, suite)
  local case = CHANGED[suite]
  for at = 2, #case do
    local name = ("%s/%s%s"):format(suite, case[1], case[at])
    local text = suites.read(name)
    if not text then return nil end
    if at == #case then text = text:gsub("Signature=%x", "Signature=g") end
    planted.write(to .. "/" .. name, text)
  end
  return true
end

-- Copies two cases of a list; changes one value of the first.
local function plant_list(to, name, change)
  local text = suites.read(name)
  if not text then return nil end
  local cases = assert(json.decode(nil, text))
  change(cases[1])
  planted.write(to .. "/" .. name, { cases[1], cases[2] })
  return true
end

local PLANTS <const> = {
  ["sigv4-s3-docs"] = { "sigv4-s3-docs/cases.json",
    function(case) case.expect.signature = ("0"):rep(64) end },
  ["golden-sign"] = { "golden-sign/sign.json", function(case)
    case.expect.string_to_sign = case.expect.string_to_sign .. "0"
  end },
  timestamps = { "timestamps/date_time_format.json",
    function(case) case.smithy_format_value = case.smithy_format_value .. "1" end },
}

describe("the conformance runner tells a wrong expectation in", function()
  for _, suite in ipairs { "sigv4", "sigv4-legacy", "sigv4-s3-docs", "golden-sign",
    "timestamps" } do
    it(suite, function()
      local data = os.getenv "TMPDIR" .. "/planted-" .. suite
      local plant = PLANTS[suite]
      local done = plant and plant_list(data, plant[1], plant[2])
        or not plant and plant_files(data, suite)
      if not done then return pending(suites.absent(suite)) end
      local said = planted.conform(data, suite)
      os.execute("rm -rf " .. data)
      assert.equal(1, said.code)
      assert.matches(": %d passed, 1 failed\n", said.out)
      assert.matches("expected .*, came ", said.out)
    end)
  end
end)
