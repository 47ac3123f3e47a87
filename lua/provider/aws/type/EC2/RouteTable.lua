--- AWS::EC2::RouteTable
return {
  service = "ec2",
  create = { "CreateRouteTable", tags = "route-table" },
  read   = "DescribeRouteTables",
  delete = "DeleteRouteTable",
}
