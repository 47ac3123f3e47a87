-- Frames of event streams: valid_ ones are read and written again to the same bytes, invalid_
-- ones are refused, whole or byte by byte.
local eventstream = require "native.eventstream"

local function read(bytes, step)
  local reader, messages = eventstream.reader(), {}
  for at = 1, #bytes, step do
    assert(reader:feed(bytes:sub(at, at + step - 1)))
    repeat
      local message, why = reader:next()
      if why then return nil, why end
      messages[#messages + 1] = message
    until not message
  end
  local whole, why = reader:finish()
  return whole and messages, why
end

local function check(name, bytes)
  for _, step in ipairs { #bytes, 1 } do
    local messages, why = read(bytes, step)
    if name:find "^invalid_" and messages then return "expected an error, came a message" end
    if name:find "^valid_" then
      if not messages then return "expected a message, came " .. tostring(why) end
      if #messages ~= 1 then return ("expected one message, came %d"):format(#messages) end
      if eventstream.encode(messages[1]) ~= bytes then return "expected the same bytes again" end
    end
  end
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "eventstream"
    for _, name in ipairs(folder:list "valid_") do
      suite(name, function() return check(name, folder:text(name)) end)
    end
  end,
}
