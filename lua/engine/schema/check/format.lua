--- The formats of strings that can be judged without asking AWS.
local cidr = require "engine.normalize.cidr"
local fault = require "engine.schema.check.fault"

local function network(version)
  return function(context, text, path)
    local parsed = cidr.parse(text)
    if not parsed or parsed.version ~= version then
      local example = version == 4 and "10.0.0.0/16" or "2001:db8::/56"
      fault.add(context, path, ("%s is %s, which is no IPv%d network"):format(path,
        fault.show(context, text), version), "write one such as " .. example)
    elseif cidr.network(text) ~= cidr.canonical(text) then
      fault.add(context, path, ("%s is %s, which has host bits set"):format(path,
        fault.show(context, text)), "write " .. cidr.network(text))
    end
  end
end

local function identifier(prefix, what)
  return function(context, text, path)
    if text:find("^" .. prefix:gsub("%-", "%%-") .. "%w+$") then return end
    fault.add(context, path, ("%s is %s, which is no %s"):format(path,
      fault.show(context, text), what), ("write an id such as %s0123456789abcdef0"):format(prefix))
  end
end

local function arn(context, text, path)
  if text:find("^arn:[^:]+:[^:]+:[^:]*:[^:]*:.") then return end
  fault.add(context, path, ("%s is %s, which is no ARN"):format(path, fault.show(context, text)),
    "write one such as arn:aws:iam::123456789012:role/name")
end

--- Names and aliases that AWS takes beside ids are left to AWS.
return {
  ["ipv4-network"] = network(4),
  ["ipv6-network"] = network(6),
  ["AWS::EC2::VPC.Id"] = identifier("vpc-", "VPC id"),
  ["AWS::EC2::Subnet.Id"] = identifier("subnet-", "subnet id"),
  ["AWS::EC2::SecurityGroup.Id"] = identifier("sg-", "security group id"),
  ["AWS::IAM::Role.Arn"] = arn,
}
