-- Instants written in and read from the three formats of AWS's protocols.
local same = require "same"
local time = require "native.time"

local function check(case)
  local way, format = case.kind:match "^(%l+)_(.+)$"
  local seconds, nanos = math.tointeger(case.canonical_seconds), case.canonical_nanos
  if way == "format" then
    local text = time.format(seconds, format, nanos)
    if case.error then return text and "expected an error, came " .. text end
    return same.difference(case.smithy_format_value, text)
  end
  local came, came_nanos = time.parse(case.smithy_format_value)
  if case.error then return came and ("expected an error, came %d"):format(came) end
  return same.difference({ seconds, nanos }, { came, came_nanos })
end

return {
  bar = 1,
  cases = function(data, suite)
    for at, case in ipairs(data:json "timestamps/date_time_format.json") do
      suite(("%s/%s#%d"):format(case.kind, case.iso8601, at), function() return check(case) end)
    end
  end,
}
