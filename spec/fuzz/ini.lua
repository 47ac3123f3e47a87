-- The user's AWS config: settings, or an error that names a line.
local failure = require "engine.failure"
local ini = require "aws.config.ini"

return function(bytes)
  local ok, why = pcall(ini.parse, bytes, "config", "config")
  assert(ok or failure.is(why), why)
end
