--- AWS::EC2::SecurityGroupEgress: a rule with an id and tags of its own.
local rules = require "provider.aws.rules"

return {
  service = "ec2",
  called  = { Id = "SecurityGroupRuleId" },
  create  = {
    "AuthorizeSecurityGroupEgress", tags = "security-group-rule",
    only = { "GroupId" }, id = "SecurityGroupRules[].SecurityGroupRuleId",
    with = function(want) return { IpPermissions = { rules.permission(want, "egress") } } end,
  },
  read    = "DescribeSecurityGroupRules",
  update  = {
    Description = rules.describe("UpdateSecurityGroupRuleDescriptionsEgress", "egress"),
  },
  delete  = { "RevokeSecurityGroupEgress", with = rules.group_of, gone = rules.GONE },
  equal   = {
    IpProtocol = rules.same_protocol, FromPort = rules.same_port, ToPort = rules.same_port,
  },
  physical = rules.physical "egress",
  refers  = {
    GroupId                    = { "AWS::EC2::SecurityGroup" },
    DestinationSecurityGroupId = { "AWS::EC2::SecurityGroup" },
  },
  have    = rules.have "egress",
}
