--- Security group rules that are resources of their own: the handler of both directions.
local members = require "provider.aws.members"
local read = require "provider.aws.read"
local rules = require "provider.aws.rules"

local GONE = { "^InvalidSecurityGroupRuleId%.NotFound$", "^InvalidPermission%.NotFound$",
  "^InvalidGroup%.NotFound$" }

--- A rule that is not known by its id is found in its group.
local function physical(direction)
  return function(job, known, want)
    if known and known:find "^sgr%-" then return known end
    if type(want.GroupId) ~= "string" then return nil end
    for _, item in ipairs(read.matching(job, { ["group-id"] = { want.GroupId } })) do
      local have = members.receive(job.handler, item, {})
      local same = rules.key(have, direction) == rules.key(want, direction)
      if same and (item.IsEgress or false) == (direction == "egress") then
        return read.identifier(job, item)
      end
    end
  end
end

-- Of a described rule.
local MEMBERS = {
  ingress = { CidrIp = "CidrIpv4", SourcePrefixListId = "PrefixListId",
    SourceSecurityGroupId = "ReferencedGroupInfo.GroupId",
    SourceSecurityGroupOwnerId = "ReferencedGroupInfo.UserId" },
  egress = { CidrIp = "CidrIpv4", DestinationPrefixListId = "PrefixListId",
    DestinationSecurityGroupId = "ReferencedGroupInfo.GroupId" },
}

-- The parameters that name a rule and the group that it is in.
local function group_of(change)
  local known = change:known { "GroupId", "GroupName" }
  local params = { SecurityGroupRuleIds = { change.identifier }, GroupId = known.GroupId }
  if not known.GroupId then params.GroupName = known.GroupName end
  return params
end

--- The handler of one direction; `own` is what that one alone says.
---@param direction "ingress"|"egress"
---@param own table
---@return table
return function(direction, own)
  local word = rules.WORDS[direction]
  local function permission(want) return { rules.permission(want, direction) } end
  local handler = {
    service = "ec2",
    called  = { Id = "SecurityGroupRuleId" },
    create  = {
      "AuthorizeSecurityGroup" .. word, tags = "security-group-rule",
      only = own.only, id = "SecurityGroupRules[].SecurityGroupRuleId",
      with = function(want) return { IpPermissions = permission(want) } end,
    },
    read    = "DescribeSecurityGroupRules",
    update  = {
      -- It keeps its id with other words.
      Description = function(change)
        return { { "UpdateSecurityGroupRuleDescriptions" .. word,
          { GroupId = change.want.GroupId, IpPermissions = permission(change.want) } } }
      end,
    },
    delete  = { "RevokeSecurityGroup" .. word, with = group_of, gone = GONE },
    equal   = {
      IpProtocol = rules.same_protocol, FromPort = rules.same_port, ToPort = rules.same_port,
    },
    physical = physical(direction),
    refers  = { GroupId = { "AWS::EC2::SecurityGroup" },
      [own.other_group] = { "AWS::EC2::SecurityGroup" } },
    have    = MEMBERS[direction],
  }
  handler.write_only, handler.left_out = own.write_only, own.left_out
  return handler
end
