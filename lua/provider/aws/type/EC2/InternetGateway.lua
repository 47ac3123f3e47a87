--- AWS::EC2::InternetGateway
local attachments = require "provider.aws.attachments"

return {
  service = "ec2",
  create = { "CreateInternetGateway", tags = "internet-gateway" },
  read   = "DescribeInternetGateways",
  delete = { "DeleteInternetGateway", before = attachments.remove },
}
