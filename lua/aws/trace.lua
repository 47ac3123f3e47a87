-- Calls out of a Lambda function carry its trace on, so that functions which call each other in a
-- circle are seen and stopped.
local url = require "aws.url"

local KEPT <const> = "=;:+&[]{}\"',"

---The value of X-Amzn-Trace-Id; nil outside of a function.
---@param env fun(name: string): string|nil
---@return string|nil
return function(env)
  local name, id = env "AWS_LAMBDA_FUNCTION_NAME", env "_X_AMZN_TRACE_ID"
  return name and id and url.encode(id, KEPT) or nil
end
