--- Two scalars that say the same in other words: numbers as text, networks, addresses.
local cidr = require "engine.normalize.cidr"
local scalar = require "engine.schema.scalar"

local NETWORKS = { ["ipv4-network"] = true, ["ipv6-network"] = true }

local function names_network(n, name)
  return NETWORKS[n.format] or name:find("[Cc][Ii][Dd][Rr]") ~= nil
end

---@param n table the schema's node
---@param name string the last step of the path
---@param a any
---@param b any
---@return boolean
return function(n, name, a, b)
  if scalar.same(a, b) then return true end
  if type(a) == "boolean" or type(b) == "boolean" then
    return scalar.as(a, "boolean") ~= nil and scalar.as(a, "boolean") == scalar.as(b, "boolean")
  end
  if type(a) ~= "string" or type(b) ~= "string" then
    local x, y = scalar.as(a, "number"), scalar.as(b, "number")
    return x ~= nil and x == y
  end
  if n.enumCaseInsensitive and a:lower() == b:lower() then return true end
  if a:find("/", 1, true) and b:find("/", 1, true) then
    local normal = names_network(n, name) and cidr.network or cidr.canonical
    local network = normal(a)
    return network ~= nil and network == normal(b)
  end
  return a:find(":", 1, true) ~= nil and cidr.address(a) == cidr.address(b)
end
