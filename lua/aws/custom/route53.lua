-- Route 53 gives identifiers as "/hostedzone/Z1" and takes them as "Z1".
local route53 = {}

local NAMES <const> = { Id = true, HostedZoneId = true, HostedZoneIdMarker = true,
  DelegationSetId = true }

-- Identifiers of these never have a path before them.
local OTHERS <const> = { "TrafficPolicy", "QueryLogging", "Cidr" }

local function is_other(operation)
  for _, part in ipairs(OTHERS) do
    if operation.name:find(part, 1, true) then return true end
  end
  return false
end

---@param operation table
---@param params table
---@return table
function route53.params(operation, params)
  local copy, other = {}, is_other(operation)
  for name, value in pairs(params) do
    local may = NAMES[name] and not (other and name == "Id") and type(value) == "string"
    local bare = may and value:match("^.*/([^/]+)$")
    copy[name] = bare or value
  end
  return copy
end

return route53
