--- AWS::EC2::SecurityGroupEgress: a rule with an id and tags of its own.
local rule = require "provider.aws.rule"

return rule("egress", { only = { "GroupId" }, other_group = "DestinationSecurityGroupId" })
