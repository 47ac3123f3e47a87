--- AWS::EC2::Route: a part of a route table, and read with it.
local routes = require "provider.aws.routes"

local update = {}
for _, target in ipairs(routes.TARGETS) do update[target] = routes.replace end

return {
  service = "ec2",
  create = { "CreateRoute", id = function(_, want) return routes.identifier(want) end },
  read   = {
    "DescribeRouteTables", items = "RouteTables[].Routes[]",
    filter = "route-table-id", field = "RouteTableId",
    key = function(route) return route.parent.RouteTableId .. "|" .. routes.destination(route) end,
  },
  find   = routes.find,
  update = update,
  formats = { DestinationIpv6CidrBlock = "ipv6-network" },
  delete = { "DeleteRoute", with = function(change) return routes.target_of(change) end },
  refers = {
    RouteTableId  = { "AWS::EC2::RouteTable", filter = "route-table-id" },
    GatewayId     = { "AWS::EC2::InternetGateway" }, NatGatewayId = { "AWS::EC2::NatGateway" },
    VpcEndpointId = { "AWS::EC2::VPCEndpoint" }, InstanceId = { "AWS::EC2::Instance" },
  },
  by_aws   = routes.by_aws,
  left_out = { NetworkInterfaceId = function(_, have) return have.InstanceId ~= nil end },
  have   = {
    RouteTableId  = "parent.RouteTableId",
    CidrBlock     = routes.destination,
    GatewayId     = function(route) return routes.gateway(route, false) end,
    VpcEndpointId = function(route) return routes.gateway(route, true) end,
  },
}
