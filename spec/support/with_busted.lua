-- Runs one spec file with busted: -> { passed, failed }, whether busted came to its end.

return function(file)
  -- What specs share says assert.are too, and is no part of busted's own environment.
  assert = require "luassert" -- luacheck: ignore 121
  local real_exit = os.exit
  -- busted leaves the process when a case failed; there is more to look at first.
  os.exit = function() error("@exit", 0) end -- luacheck: ignore 122
  arg = { [0] = "busted", "--output=spec/support/output.lua", file }
  local ok, why = pcall(function() require "busted.runner" { standalone = false } end)
  os.exit = real_exit -- luacheck: ignore 122
  if not ok and why ~= "@exit" then error(why, 0) end
  return package.loaded["spec.support.output"], true
end
