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
