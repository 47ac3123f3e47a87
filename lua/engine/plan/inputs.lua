-- Inputs that move by themselves: an SSM parameter that is called "latest" must not replace what
-- was made from its older value. The value that was applied is kept until somebody asks for the
-- newer.
local value = require "engine.value"

local inputs = {}

--- The values that parameters of the recipe have from SSM: value -> { param, path }.
---@param recorded table|nil the inputs of the evaluated recipe
---@return table<string, { param: string, path: string }>
function inputs.parameters(recorded)
  local found = {}
  for _, one in ipairs(recorded and recorded.latest or {}) do
    if type(one.value) == "string" then found[one.value] = one end
  end
  return found
end

--- Which top-level properties of a resource are just such a value: property -> path of the
--- parameter.
---@param want table
---@param parameters table<string, { param: string, path: string }>
---@return table<string, string>|nil
function inputs.used(want, parameters)
  if not next(parameters) then return nil end
  local used
  for property, v in pairs(want) do
    if type(v) == "string" and parameters[v] then
      used = used or {}
      used[property] = parameters[v].path
    end
  end
  return used
end

--- The wanted properties with the applied value kept where only the parameter's value is newer and
--- taking it would replace the resource.
---@param run table with parameters, update_inputs and notices
---@param resource table
---@param row table
---@param want table
---@param replaces fun(property: string, old: any, new: any): any
---@return table want
function inputs.keep(run, resource, row, want, replaces)
  local used = row.inputs and inputs.used(want, run.parameters)
  if not used or run.update_inputs then return want end
  local result = want
  for _, property in ipairs(value.keys(used)) do
    local old, new = row.last and row.last[property], want[property]
    if row.inputs[property] == used[property] and old ~= nil and old ~= new
      and replaces(property, old, new) then
      if result == want then
        result = {}
        for key, member in pairs(want) do result[key] = member end
      end
      result[property] = old
      run.notices[#run.notices + 1] =
        ("%s: newer %s available: %s (now %s; --update-inputs takes it)")
        :format(resource.name, run.parameters[new].param, new, tostring(old))
    end
  end
  return result
end

return inputs
