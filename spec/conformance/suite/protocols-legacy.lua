-- The protocol tests that AWS's clients shared before the present ones.
local protocol_case = require "protocol_case"

return {
  bar = 1,
  cases = function(data, suite)
    protocol_case.each(data:below "protocols-legacy", suite, function() end)
  end,
}
