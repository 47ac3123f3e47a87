-- Protocol tests of single SDKs: event streams, API Gateway.
local protocol_case = require "protocol_case"

return {
  bar = 1,
  cases = function(data, suite)
    protocol_case.each(data:below "protocols-extras", suite, function() end)
  end,
}
