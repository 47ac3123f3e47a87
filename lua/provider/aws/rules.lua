--- Security group rules: a group's permissions as single rules, and what has to be called to come
--- from some rules to others.
local value = require "engine.value"

local rules = {}

local NAMES = { ["6"] = "tcp", ["17"] = "udp", ["1"] = "icmp", ["58"] = "icmpv6", all = "-1" }

-- Where traffic comes from or goes to: the property for each direction, the list of a permission
-- that it stands in, and its member there.
local SOURCES = {
  { ingress = "CidrIp", egress = "CidrIp", list = "IpRanges", member = "CidrIp" },
  { ingress = "CidrIpv6", egress = "CidrIpv6", list = "Ipv6Ranges", member = "CidrIpv6" },
  { ingress = "SourcePrefixListId", egress = "DestinationPrefixListId",
    list = "PrefixListIds", member = "PrefixListId" },
  { ingress = "SourceSecurityGroupId", egress = "DestinationSecurityGroupId",
    list = "UserIdGroupPairs", member = "GroupId" },
  { ingress = "SourceSecurityGroupName", list = "UserIdGroupPairs", member = "GroupName" },
}

--- The directions as the API's operations spell them.
rules.WORDS = { ingress = "Ingress", egress = "Egress" }

rules.ALL = { { IpProtocol = "-1", CidrIp = "0.0.0.0/0" } }

local function protocol(rule)
  local name = tostring(rule.IpProtocol):lower()
  return NAMES[name] or name
end

--- The ports of a rule; protocols without ports, and "all", have none.
local function ports(rule)
  local name = protocol(rule)
  if name == "-1" then return nil, nil end
  local from, to = rule.FromPort, rule.ToPort
  if name ~= "tcp" and name ~= "udp" and name ~= "icmp" and name ~= "icmpv6" then
    return from ~= -1 and from or nil, to ~= -1 and to or nil
  end
  return from, to
end

local function source_of(rule, direction)
  for _, source in ipairs(SOURCES) do
    local property = source[direction]
    if property and rule[property] ~= nil then return source, rule[property] end
  end
end

--- What makes a rule the same rule: everything but its description.
---@param rule table
---@param direction "ingress"|"egress"
---@return string
function rules.key(rule, direction)
  local from, to = ports(rule)
  local source, v = source_of(rule, direction)
  return table.concat({
    protocol(rule), tostring(from), tostring(to), source and source[direction] or "?",
    tostring(v):lower(),
  }, "|")
end

--- A rule as the API takes it.
---@param rule table
---@param direction "ingress"|"egress"
---@return table
function rules.permission(rule, direction)
  local source, v = source_of(rule, direction)
  local from, to = ports(rule)
  local permission = { IpProtocol = protocol(rule), FromPort = from, ToPort = to }
  if source then
    local entry = { [source.member] = v, Description = rule.Description }
    if source.list == "UserIdGroupPairs" then entry.UserId = rule.SourceSecurityGroupOwnerId end
    permission[source.list] = { entry }
  end
  return permission
end

local function single(permission, direction, source, entry)
  local rule = { IpProtocol = permission.IpProtocol, Description = entry.Description }
  if permission.IpProtocol ~= "-1" then
    rule.FromPort, rule.ToPort = permission.FromPort, permission.ToPort
  end
  rule[source[direction]] = entry[source.member]
  return rule
end

--- The rules of a described group, as its type's properties list them.
---@param permissions table[]|nil
---@param direction "ingress"|"egress"
---@return table[]
function rules.list(permissions, direction)
  local list = {}
  for _, permission in ipairs(permissions or {}) do
    for _, source in ipairs(SOURCES) do
      if source[direction] and source.member ~= "GroupName" then
        for _, entry in ipairs(permission[source.list] or {}) do
          list[#list + 1] = single(permission, direction, source, entry)
        end
      end
    end
  end
  return list
end

local function by_key(list, direction)
  local map, keys = {}, {}
  for _, rule in ipairs(list or {}) do
    local key = rules.key(rule, direction)
    if not map[key] then keys[#keys + 1] = key end
    map[key] = rule
  end
  return map, keys
end

local function permissions(list, direction)
  local made = {}
  for i, rule in ipairs(list) do made[i] = rules.permission(rule, direction) end
  return made
end

--- For `update`: rules to add, to take away, and to describe anew, each in one call.
---@param direction "ingress"|"egress"
---@return function
function rules.update(direction)
  local word = rules.WORDS[direction]
  return function(change, property)
    local have, have_keys = by_key(change.have[property], direction)
    local want, want_keys = by_key(change.want[property], direction)
    local lists = { add = {}, remove = {}, describe = {} }
    for _, key in ipairs(want_keys) do
      if not have[key] then
        table.insert(lists.add, want[key])
      elseif (have[key].Description or "") ~= (want[key].Description or "") then
        table.insert(lists.describe, want[key])
      end
    end
    for _, key in ipairs(have_keys) do
      if not want[key] then table.insert(lists.remove, have[key]) end
    end
    local steps = {}
    local function step(list, operation, done)
      if #list == 0 then return end
      steps[#steps + 1] = { operation .. word, done = done,
        { IpPermissions = permissions(list, direction) } }
    end
    step(lists.add, "AuthorizeSecurityGroup", { "^InvalidPermission%.Duplicate$" })
    step(lists.remove, "RevokeSecurityGroup", { "^InvalidPermission%.NotFound$" })
    step(lists.describe, "UpdateSecurityGroupRuleDescriptions")
    return steps
  end
end

--- For `equal`: "6" and "tcp" are one protocol.
---@return boolean
function rules.same_protocol(want, have)
  return protocol { IpProtocol = want } == protocol { IpProtocol = have }
end

--- For `equal`: where all protocols are meant, ports say nothing.
---@return boolean|nil
function rules.same_port(_, _, facts)
  if protocol(facts.want) == "-1" then return true end
end

--- AWS takes the name of a source and shows its id: nothing says that it is another.
local function like(want, have)
  if not want.SourceSecurityGroupName or not have.SourceSecurityGroupId then return want end
  local copy = {}
  for name, v in pairs(want) do copy[name] = v end
  copy.SourceSecurityGroupId, copy.SourceSecurityGroupName = have.SourceSecurityGroupId, nil
  return copy
end

--- For `equal`: the same rule with the same words.
---@param direction "ingress"|"egress"
---@return fun(want: table, have: table): boolean|nil
function rules.same(direction)
  return function(want, have)
    if value.contains_deferred(want) then return nil end
    return rules.key(like(want, have), direction) == rules.key(have, direction)
      and (want.Description or "") == (have.Description or "")
  end
end

--- Whether these are the rules that every new group has.
---@param list table[]
---@return boolean
function rules.is_all(list)
  return #list == 1 and rules.key(list[1], "egress") == rules.key(rules.ALL[1], "egress")
    and not list[1].Description
end

local function added(want, group)
  local group_name = want.GroupId == nil and want.GroupName or nil
  if want.GroupId ~= nil and want.GroupId ~= group.GroupId then return nil end
  if group_name ~= nil and group_name ~= group.GroupName then return nil end
  local copy = {}
  for name, v in pairs(want) do
    if name ~= "GroupId" and name ~= "GroupName" then copy[name] = v end
  end
  return copy
end

--- For `shares`: the rules of a group that are resources of their own. Their descriptions are
--- theirs to mend.
---@param type_name string
---@param direction "ingress"|"egress"
---@return table
function rules.own(type_name, direction)
  return { type = type_name, item = added, same = function(rule, live)
    return not value.contains_deferred(rule)
      and rules.key(like(rule, live), direction) == rules.key(live, direction)
  end }
end

return rules
