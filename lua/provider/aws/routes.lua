--- Routes: known by their table and their destination.
local read = require "provider.aws.read"

local routes = {}

routes.TARGETS = {
  "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId",
  "LocalGatewayId", "NatGatewayId", "NetworkInterfaceId", "OdbNetworkArn", "TransitGatewayId",
  "VpcEndpointId", "VpcPeeringConnectionId",
}

local DESTINATIONS = {
  "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
}

--- Where a route leads to.
---@param route table
---@return string
function routes.destination(route)
  for _, name in ipairs(DESTINATIONS) do
    if route[name] then return route[name] end
  end
  return ""
end

---@param want table
---@return string
function routes.identifier(want)
  return want.RouteTableId .. "|" .. routes.destination(want)
end

--- The parameters that name a route's destination, from its identifier.
---@param change table
---@return table
function routes.target_of(change)
  local destination = change.fields.CidrBlock
  if destination:find("^pl%-") then return { DestinationPrefixListId = destination } end
  if destination:find(":", 1, true) then return { DestinationIpv6CidrBlock = destination } end
  return { DestinationCidrBlock = destination }
end

--- For `update`, of all targets at once: a route has one.
---@param change table
---@return table[]
function routes.replace(change)
  local params = routes.target_of(change)
  for _, name in ipairs(routes.TARGETS) do params[name] = change.want[name] end
  return { { "ReplaceRoute", params } }
end

--- A route to an endpoint shows it as its gateway.
---@param route table
---@param endpoint boolean
---@return string|nil
function routes.gateway(route, endpoint)
  local id = route.GatewayId
  if id and (id:find("^vpce%-") ~= nil) == endpoint then return id end
end

--- Whether a route came by itself: with its table, from a gateway, or for an endpoint's services.
---@param route table
---@return boolean
function routes.by_aws(route)
  return route.GatewayId == "local" or (route.Origin or "CreateRoute") ~= "CreateRoute"
    or route.DestinationPrefixListId ~= nil and routes.gateway(route, true) ~= nil
end

--- For `find`: the route of that destination, when it leads where it should.
---@param job table
---@param query table
---@return string|nil
function routes.find(job, query)
  if type(query.want.RouteTableId) ~= "string" then return nil end
  local identifier = routes.identifier(query.want)
  local have = read.all(job, { identifier }, { [identifier] = {} })[identifier]
  if not have then return nil end
  for _, name in ipairs(routes.TARGETS) do
    if query.want[name] ~= nil and query.want[name] ~= have[name] then return nil end
  end
  return identifier
end

return routes
