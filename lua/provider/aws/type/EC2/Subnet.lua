--- AWS::EC2::Subnet
local form = require "provider.aws.form"

local function ipv6_blocks(subnet)
  local blocks = {}
  for _, block in ipairs(subnet.Ipv6CidrBlockAssociationSet or {}) do
    local state = block.Ipv6CidrBlockState and block.Ipv6CidrBlockState.State
    if state ~= "disassociated" and state ~= "disassociating" then blocks[#blocks + 1] = block end
  end
  return blocks
end

local function replace_ipv6(change)
  local subnet = change:ask("DescribeSubnets", { SubnetIds = { change.identifier } }).Subnets[1]
  local steps = {}
  for i, block in ipairs(ipv6_blocks(subnet)) do
    steps[i] = { "DisassociateSubnetCidrBlock", { AssociationId = block.AssociationId } }
  end
  if change.want.Ipv6CidrBlock then
    local params = { Ipv6CidrBlock = change.want.Ipv6CidrBlock }
    steps[#steps + 1] = { "AssociateSubnetCidrBlock", params }
  end
  return steps
end

local function lni(change)
  local index = change.want.EnableLniAtDeviceIndex
  if index == nil then
    return { { "ModifySubnetAttribute", { DisableLniAtDeviceIndex = { Value = true } } } }
  end
  return { { "ModifySubnetAttribute", { EnableLniAtDeviceIndex = index } } }
end

--- As AWS has it where nobody says anything.
local function usual_names(options)
  return options.HostnameType == "ip-name" and not options.EnableResourceNameDnsARecord
    and not options.EnableResourceNameDnsAAAARecord
end

return {
  service = "ec2",
  create = { "CreateSubnet", tags = "subnet", unique = true }, -- a block, in its VPC
  read   = "DescribeSubnets",
  also_read = {
    NetworkAclAssociationId = {
      "DescribeNetworkAcls", filter = "association.subnet-id", by = "Associations[].SubnetId",
      have = function(answer, subnet)
        for _, acl in ipairs(answer.NetworkAcls) do
          for _, association in ipairs(acl.Associations) do
            if association.SubnetId == subnet.SubnetId then
              return association.NetworkAclAssociationId
            end
          end
        end
      end,
    },
  },
  update = {
    MapPublicIpOnLaunch         = "ModifySubnetAttribute",
    AssignIpv6AddressOnCreation = "ModifySubnetAttribute",
    EnableDns64                 = "ModifySubnetAttribute",
    EnableLniAtDeviceIndex      = lni,
    Ipv6CidrBlock               = replace_ipv6,
    PrivateDnsNameOptionsOnLaunch = form.members("ModifySubnetAttribute", {
      HostnameType                    = "PrivateDnsHostnameTypeOnLaunch",
      EnableResourceNameDnsARecord    = "EnableResourceNameDnsARecordOnLaunch",
      EnableResourceNameDnsAAAARecord = "EnableResourceNameDnsAAAARecordOnLaunch",
    }),
  },
  order    = { "Ipv6CidrBlock" }, -- before what needs one
  delete   = "DeleteSubnet",
  ready    = { "available", at = "State", failed = { "failed", "failed-insufficient-capacity" } },
  replaces = { Ipv6CidrBlock = false },
  attached = { "Ipv6CidrBlock" },
  readable = { "EnableLniAtDeviceIndex" },
  exclusive = { "CidrBlock" },
  defaults = {
    MapPublicIpOnLaunch = false, AssignIpv6AddressOnCreation = false, EnableDns64 = false,
    Ipv6Native = false,
  },
  refers   = { VpcId = { "AWS::EC2::VPC", filter = "vpc-id" } },
  left_out = { AvailabilityZoneId = true, PrivateDnsNameOptionsOnLaunch = usual_names },
  have = {
    Ipv6CidrBlock = function(subnet)
      local first = ipv6_blocks(subnet)[1]
      return first and first.Ipv6CidrBlock
    end,
    Ipv6CidrBlocks = "Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock",
  },
}
