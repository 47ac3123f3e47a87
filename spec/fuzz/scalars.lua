-- Instants, base64 and hex: what is read is written and reads back the same.
local crypto = require "native.crypto"
local time = require "native.time"

return function(bytes)
  local seconds, nanos = time.parse((bytes:gsub("%z", "")))
  if seconds then
    local text = time.format(seconds, "date_time", nanos)
    if text then assert(time.parse(text) == seconds, "the instant moved") end
  end
  assert(crypto.unbase64(crypto.base64(bytes)) == bytes)
  assert(crypto.unhex(crypto.hex(bytes)) == bytes)
  crypto.unbase64(bytes)
  crypto.unhex(bytes)
end
