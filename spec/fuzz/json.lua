-- Free JSON: a value that is written and read again is written the same; exact or not, and from a
-- long text, which is read with a memory for what comes again.
local json = require "native.json"

local LONG <const> = (" "):rep(2048)

local function read(bytes, options)
  local value, failure = json.decode(nil, bytes, options)
  if failure then assert(failure.message, "a failure without words") end
  return value, failure
end

return function(bytes)
  for _, options in ipairs { { exact = false }, { exact = true } } do
    local value, failure = read(bytes, options)
    local text = not failure and json.encode(nil, value)
    if text then
      for _, before in ipairs { "", LONG } do
        local again, why = read(before .. text, options)
        assert(not why, why)
        assert(json.encode(nil, again) == text, "it reads back otherwise")
      end
    end
  end
end
