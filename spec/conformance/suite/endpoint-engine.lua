-- Rule sets made to try the engine: parameters in, an endpoint or the rule set's own error out.
local compile = require "aws.endpoint.rules"
local difference = require("endpoint_case").difference
local functions = require "aws.endpoint.functions"

local function run_folder(folder, partitions, suite)
  local library = functions(partitions)
  for _, name in ipairs(folder:below("test-cases"):list "%.json$") do
    local program
    for at, case in ipairs(folder:json("test-cases/" .. name).testCases) do
      suite(case._id or ("%s/%d"):format(name, at), function()
        program = program or compile(folder:json("valid-rules/" .. name), library)
        return difference(case.expect, program:resolve(case.params or {}))
      end)
    end
  end
end

return {
  bar = 1,
  cases = function(data, suite)
    local engine = data:below "endpoint-engine"
    run_folder(engine:below "botocore", data:json "endpoint-services/partitions.json", suite)
    local sdkutils = engine:below "sdkutils"
    run_folder(sdkutils, sdkutils:json "partitions.json", suite)
    for _, name in ipairs(sdkutils:below("malformed-rules"):list "%.json$") do
      suite("malformed-rules/" .. name, function()
        local rules = sdkutils:json("malformed-rules/" .. name)
        local ok = pcall(function()
          compile(rules, functions(sdkutils:json "partitions.json")):resolve { boolParam = true }
        end)
        return ok and "expected that it is refused, came an answer" or nil
      end)
    end
  end,
}
