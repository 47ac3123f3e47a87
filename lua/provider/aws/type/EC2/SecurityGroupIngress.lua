--- AWS::EC2::SecurityGroupIngress: a rule with an id and tags of its own.
local rules = require "provider.aws.rules"

return {
  service = "ec2",
  called  = { Id = "SecurityGroupRuleId" },
  create  = {
    "AuthorizeSecurityGroupIngress", tags = "security-group-rule",
    only = { "GroupId", "GroupName" }, id = "SecurityGroupRules[].SecurityGroupRuleId",
    with = function(want) return { IpPermissions = { rules.permission(want, "ingress") } } end,
  },
  read    = "DescribeSecurityGroupRules",
  update  = {
    Description = rules.describe("UpdateSecurityGroupRuleDescriptionsIngress", "ingress"),
  },
  delete  = { "RevokeSecurityGroupIngress", with = rules.group_of, gone = rules.GONE },
  equal   = {
    IpProtocol = rules.same_protocol, FromPort = rules.same_port, ToPort = rules.same_port,
  },
  write_only = { "GroupName", "SourceSecurityGroupName" }, -- AWS shows the ids
  physical = rules.physical "ingress",
  refers  = {
    GroupId = { "AWS::EC2::SecurityGroup" }, SourceSecurityGroupId = { "AWS::EC2::SecurityGroup" },
  },
  left_out = { SourceSecurityGroupOwnerId = true }, -- the id of a group says it
  have    = rules.have "ingress",
}
