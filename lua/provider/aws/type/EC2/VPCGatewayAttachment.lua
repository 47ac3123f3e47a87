--- AWS::EC2::VPCGatewayAttachment: of an internet gateway or of a virtual private one.
local attachments = require "provider.aws.attachments"

return {
  service = "ec2",
  variant = attachments.variant,
  refers  = {
    VpcId = { "AWS::EC2::VPC", filter = "attachment.vpc-id" },
    InternetGatewayId = { "AWS::EC2::InternetGateway" },
  },
  update  = { InternetGatewayId = attachments.replace, VpnGatewayId = attachments.replace },
  IGW = {
    create = { "AttachInternetGateway", id = attachments.identifier },
    read   = {
      "DescribeInternetGateways", items = "InternetGateways[].Attachments[]",
      filter = "attachment.vpc-id", field = "VpcId", key = attachments.key,
    },
    find   = { ["attachment.vpc-id"] = "VpcId", ["internet-gateway-id"] = "InternetGatewayId" },
    delete = { "DetachInternetGateway", with = attachments.gateway,
      gone = { "^Gateway%.NotAttached$", "%.NotFound$" } },
    ready  = { "available", "attached", at = "State", gone = { "detached" } },
    have   = { InternetGatewayId = "parent.InternetGatewayId", AttachmentType = attachments.type },
  },
  VPN = {
    create = { "AttachVpnGateway", id = attachments.identifier },
    read   = {
      "DescribeVpnGateways", items = "VpnGateways[].VpcAttachments[]",
      filter = "attachment.vpc-id", field = "VpcId", key = attachments.key,
    },
    find   = { ["attachment.vpc-id"] = "VpcId", ["vpn-gateway-id"] = "VpnGatewayId" },
    delete = { "DetachVpnGateway", with = attachments.gateway, pending = true,
      gone = { "^InvalidVpnGatewayAttachment%.NotFound$", "%.NotFound$" } },
    ready  = { "attached", at = "State", gone = { "detached" } },
    have   = { VpnGatewayId = "parent.VpnGatewayId", AttachmentType = attachments.type },
  },
}
