--- AWS::EC2::VPCEndpoint
local form = require "provider.aws.form"

-- The API has true and false where the type has words.
local INBOUND = { OnlyInboundResolver = true, AllResolvers = false }

local function to_options(options)
  local copy = {}
  for name, v in pairs(options or {}) do copy[name] = v end
  copy.PrivateDnsOnlyForInboundResolverEndpoint =
    INBOUND[copy.PrivateDnsOnlyForInboundResolverEndpoint]
  if copy.DnsRecordIpType == "not-specified" then copy.DnsRecordIpType = nil end
  return next(copy) and copy or nil
end

local function from_options(endpoint)
  local options = endpoint.DnsOptions
  if not options then return nil end
  local copy = {}
  for name, v in pairs(options) do copy[name] = v end
  local inbound = options.PrivateDnsOnlyForInboundResolverEndpoint
  if inbound ~= nil then
    copy.PrivateDnsOnlyForInboundResolverEndpoint =
      inbound and "OnlyInboundResolver" or "AllResolvers"
  end
  return copy
end

local function policy(change)
  if change.want.PolicyDocument == nil then
    return { { "ModifyVpcEndpoint", { ResetPolicy = true } } }
  end
  return { { "ModifyVpcEndpoint", { PolicyDocument = form.text(change.want.PolicyDocument) } } }
end

--- What AWS writes where nobody says anything: all may do everything.
local function is_open(document)
  local statements = type(document) == "table" and document.Statement or {}
  local one = statements[1] or statements
  return statements[2] == nil and one.Effect == "Allow" and one.Principal == "*"
    and one.Action == "*" and one.Resource == "*" and one.Condition == nil
end

local function is_usual(options)
  local kind = options.DnsRecordIpType
  return (kind == nil or kind == "ipv4" or kind == "not-specified")
    and options.PrivateDnsOnlyForInboundResolverEndpoint ~= "OnlyInboundResolver"
end

return {
  service = "ec2",
  called  = { Id = "VpcEndpointId" },
  create  = {
    "CreateVpcEndpoint", tags = "vpc-endpoint",
    -- the name of a deleted endpoint stays taken until it is really gone
    later = { { code = "InvalidParameter", message = "conflicting DNS domain" } },
    deadline_ms = 10 * 60 * 1000,
  },
  read    = { "DescribeVpcEndpoints", ids = "VpcEndpointIds" },
  update  = {
    PolicyDocument    = policy,
    PrivateDnsEnabled = "ModifyVpcEndpoint",
    IpAddressType     = "ModifyVpcEndpoint",
    DnsOptions        = "ModifyVpcEndpoint",
    RouteTableIds     = form.delta "ModifyVpcEndpoint",
    SubnetIds         = form.delta "ModifyVpcEndpoint",
    SecurityGroupIds  = form.delta "ModifyVpcEndpoint",
  },
  delete  = { "DeleteVpcEndpoints", pending = true },
  ready   = {
    "available", "pendingacceptance", "partial", at = "State", gone = { "deleted" },
    failed = { "failed", "rejected", "expired" }, why = "LastError.Message",
  },
  defaults = { VpcEndpointType = "Gateway", PrivateDnsEnabled = false },
  attached = { "PolicyDocument" },
  refers  = {
    VpcId = { "AWS::EC2::VPC", filter = "vpc-id" },
    ["SubnetIds[]"] = { "AWS::EC2::Subnet" }, ["RouteTableIds[]"] = { "AWS::EC2::RouteTable" },
    ["SecurityGroupIds[]"] = { "AWS::EC2::SecurityGroup" },
  },
  by_aws   = function(endpoint) return endpoint.RequesterManaged end,
  left_out = {
    PolicyDocument = is_open, DnsOptions = is_usual,
    IpAddressType  = function(v) return v == "ipv4" or v == "not-specified" end,
  },
  send    = {
    DnsOptions    = to_options,
    IpAddressType = function(v) return v ~= "not-specified" and v or nil end,
  },
  have    = {
    DnsOptions       = from_options,
    SecurityGroupIds = "Groups[].GroupId",
    CreationTimestamp = function(endpoint) return form.time(endpoint.CreationTimestamp) end,
    DnsEntries = function(endpoint)
      local entries = {}
      for i, entry in ipairs(endpoint.DnsEntries or {}) do
        entries[i] = ("%s:%s"):format(entry.HostedZoneId, entry.DnsName)
      end
      return entries
    end,
  },
}
