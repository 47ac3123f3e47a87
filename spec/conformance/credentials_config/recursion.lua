-- The trace of a Lambda function, in the headers of a call.
local same = require "same"
local world = require "credentials_config.world"

local function headers_of(lines)
  local found = {}
  for _, line in ipairs(lines) do
    local name, value = line:match "^([^:]+):%s*(.*)$"
    found[name:lower()] = value
  end
  return found
end

local function check(case)
  local env = { AWS_ACCESS_KEY_ID = "AKID", AWS_SECRET_ACCESS_KEY = "SECRET",
    AWS_REGION = "us-east-1" }
  for name, value in pairs(case.env) do env[name] = value end
  local session, clock = world.session { env = env }
  local request, reason = world.first_request(clock, function()
    return session:client "sts":call("GetCallerIdentity", {}, {
      headers = function() return headers_of(case.requestHeadersBefore) end })
  end)
  if not request then return "expected a request, came " .. tostring(reason) end
  local want, name = headers_of(case.requestHeadersAfter), "x-amzn-trace-id"
  return same.difference({ [name] = want[name] }, { [name] = request.headers[name] })
end

return function(folder, name, suite)
  for at, case in ipairs(folder:json(name) or {}) do
    suite("recursion-detection " .. at, function() return check(case) end)
  end
end
