--- AWS::EC2::SecurityGroup
local rules = require "provider.aws.rules"

return {
  service = "ec2",
  called  = { Id = "GroupId", GroupDescription = "Description" },
  name    = "GroupName",
  create  = { "CreateSecurityGroup", tags = "security-group" },
  read    = "DescribeSecurityGroups",
  find    = { ["vpc-id"] = "VpcId", ["group-name"] = "GroupName" },
  fresh   = { SecurityGroupIngress = {}, SecurityGroupEgress = rules.ALL },
  update  = {
    SecurityGroupIngress = rules.update "ingress",
    SecurityGroupEgress  = rules.update "egress",
  },
  delete   = "DeleteSecurityGroup",
  defaults = { SecurityGroupIngress = {} },
  equal = {
    ["SecurityGroupIngress/*"] = rules.same "ingress",
    ["SecurityGroupEgress/*"]  = rules.same "egress",
  },
  shares = { -- rules may also be resources of their own
    SecurityGroupIngress = rules.own("AWS::EC2::SecurityGroupIngress", "ingress"),
    SecurityGroupEgress  = rules.own("AWS::EC2::SecurityGroupEgress", "egress"),
  },
  refers = {
    VpcId = { "AWS::EC2::VPC", filter = "vpc-id" },
    ["SecurityGroupIngress[].SourceSecurityGroupId"]     = { "AWS::EC2::SecurityGroup" },
    ["SecurityGroupEgress[].DestinationSecurityGroupId"] = { "AWS::EC2::SecurityGroup" },
  },
  by_aws   = function(group) return group.GroupName == "default" end,
  left_out = { SecurityGroupEgress = rules.is_all },
  have = {
    SecurityGroupIngress = function(group) return rules.list(group.IpPermissions, "ingress") end,
    SecurityGroupEgress  = function(group)
      return rules.list(group.IpPermissionsEgress, "egress")
    end,
    GroupId = "GroupId",
  },
}
