-- The changes of a plan, short enough to be compared.
local changes = {}

--- "action name" of each, in order.
---@param list { action: string, name: string }[]
---@return string[]
function changes.lines(list)
  local result = {}
  for i, change in ipairs(list) do result[i] = change.action .. " " .. change.name end
  return result
end

--- The paths of one change's properties, "!" behind those that replace it.
---@param change { properties: { path: string, replaces: boolean }[] }
---@return string[]
function changes.paths(change)
  local result = {}
  for i, property in ipairs(change.properties) do
    result[i] = property.path .. (property.replaces and "!" or "")
  end
  return result
end

return changes
