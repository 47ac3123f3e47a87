-- That a function raises, and what that says.
local assert = require "luassert"

---@param fn fun()
---@param pattern string|nil
---@return any what it raised
return function(fn, pattern)
  local ok, err = pcall(fn)
  assert.is_false(ok)
  if pattern then assert.matches(pattern, tostring(err)) end
  return err
end
