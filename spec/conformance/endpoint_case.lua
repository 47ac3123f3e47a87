-- What the endpoint suites share: a rule set's answer compared with what a case expects.
local same = require "same"

local endpoint_case = {}

---@param want { endpoint: table|nil, error: string|nil }
---@param endpoint table|nil
---@param reason string|nil
---@return string|nil  what was expected and what came
function endpoint_case.difference(want, endpoint, reason)
  if want.error ~= nil then
    if endpoint then
      return ("expected the error %s, came %s"):format(same.show(want.error), endpoint.url)
    end
    return same.difference(want.error, reason, "error")
  end
  if not endpoint then
    return ("expected %s, came the error %s"):format(want.endpoint.url, same.show(reason))
  end
  return same.difference(want.endpoint.url, endpoint.url, "url")
    or same.difference(want.endpoint.properties or {}, endpoint.properties, "properties")
    or same.difference(want.endpoint.headers or {}, endpoint.headers, "headers")
end

return endpoint_case
