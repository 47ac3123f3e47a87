-- The outputs of a stack, resolved from what is there now; one that needs what was not made is
-- left out.
local value = require "engine.value"

local outputs = {}

--- Resolves the outputs of a plan's graph.
---@param run table with ctx and plan
---@return table[] list of { name, value, secret }
function outputs.resolve(run)
  local ctx, known, result = run.ctx, run.plan.run.known, {}
  for _, output in ipairs(run.plan.outputs) do
    local resolved, missing = value.resolve(output.value, function(name, attribute)
      return known[name] and ctx:attribute(known[name], known[name].have, attribute)
    end, function(place, lookup) return ctx:call(place, lookup) end)
    if #missing == 0 and not value.contains_deferred(resolved) then
      result[#result + 1] = { name = output.name, value = resolved,
        secret = output.secret or value.contains_secret(resolved) }
    end
  end
  return result
end

return outputs
