--- Lines and columns of a template, in every error about it.
local failure = require "engine.failure"

local mark = {}

---@param ev table
---@param node table
---@return string "file:line:column"
function mark.of(ev, node)
  return ("%s:%d:%d"):format(ev.path, node.line, node.column)
end

--- Raises about a place in the template.
---@param ev table
---@param node table
---@param what string
---@param next_step string
---@param kind string|nil
function mark.fault(ev, node, what, next_step, kind)
  failure.raise { what = what, where = mark.of(ev, node), next = next_step, kind = kind }
end

--- Runs what knows nothing of templates; what it raises gets this place.
---@param ev table
---@param node table
---@param fn function
---@return any
function mark.at(ev, node, fn, ...)
  local results = table.pack(pcall(fn, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  if ev.limits.killed then error(ev.limits.killed, 0) end
  error(failure.add(results[2], { where = mark.of(ev, node) }), 0)
end

return mark
