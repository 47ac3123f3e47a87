--- AWS::EC2::InternetGateway
return {
  service = "ec2",
  create = { "CreateInternetGateway", tags = "internet-gateway" },
  read   = "DescribeInternetGateways",
  delete = "DeleteInternetGateway",
}
