--- AWS::EC2::SubnetRouteTableAssociation: a part of a route table, and read with it.
return {
  service = "ec2",
  called = { Id = "RouteTableAssociationId" },
  create = { "AssociateRouteTable", id = "AssociationId" },
  read   = {
    "DescribeRouteTables", items = "RouteTables[].Associations[]",
    filter = "association.route-table-association-id",
  },
  find   = { ["association.subnet-id"] = "SubnetId", ["route-table-id"] = "RouteTableId" },
  delete = {
    "DisassociateRouteTable",
    with = function(change) return { AssociationId = change.identifier } end,
  },
  refers = {
    SubnetId     = { "AWS::EC2::Subnet", filter = "association.subnet-id" },
    RouteTableId = { "AWS::EC2::RouteTable", filter = "route-table-id" },
  },
  by_aws = function(association) return association.Main or not association.SubnetId end,
  ready  = {
    "associated", at = "AssociationState.State", gone = { "disassociated" }, failed = { "failed" },
    why = "AssociationState.StatusMessage",
  },
}
