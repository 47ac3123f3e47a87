--- AWS::EC2::SecurityGroupIngress: a rule with an id and tags of its own.
local rule = require "provider.aws.rule"

return rule("ingress", {
  only = { "GroupId", "GroupName" }, other_group = "SourceSecurityGroupId",
  write_only = { "GroupName", "SourceSecurityGroupName" }, -- AWS shows the ids
  left_out = { SourceSecurityGroupOwnerId = true }, -- the id of a group says it
})
