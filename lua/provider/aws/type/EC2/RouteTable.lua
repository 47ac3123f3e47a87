--- AWS::EC2::RouteTable
local function is_main(table)
  for _, association in ipairs(table.Associations or {}) do
    if association.Main then return true end
  end
  return false
end

return {
  service = "ec2",
  create = { "CreateRouteTable", tags = "route-table" },
  read   = "DescribeRouteTables",
  delete = "DeleteRouteTable",
  refers = { VpcId = { "AWS::EC2::VPC", filter = "vpc-id" } },
  by_aws = is_main,
}
