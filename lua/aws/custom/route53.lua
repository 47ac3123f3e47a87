-- Route 53 gives identifiers as "/hostedzone/Z1" and takes them as "Z1".
local route53 = {}

---@param operation table
---@param params table
---@return table
function route53.params(operation, params)
  local changed
  for _, member in ipairs(operation.input and operation.input:members() or {}) do
    local value = params[member.name]
    local bare = member.traits.location == "uri" and type(value) == "string"
      and value:match("^/%a+/([^/]+)$")
    if bare then
      changed = changed or setmetatable({}, { __index = params })
      changed[member.name] = bare
    end
  end
  if not changed then return params end
  local copy = {}
  for name, value in pairs(params) do copy[name] = value end
  for name, value in pairs(changed) do copy[name] = value end
  return copy
end

return route53
