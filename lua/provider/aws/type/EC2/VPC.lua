--- AWS::EC2::VPC
return {
  service = "ec2",
  create = { "CreateVpc", tags = "vpc" },
  read   = "DescribeVpcs",
  also_read = {
    EnableDnsHostnames   = "DescribeVpcAttribute",
    EnableDnsSupport     = "DescribeVpcAttribute",
    DefaultNetworkAcl    = {
      "DescribeNetworkAcls", filter = "vpc-id", by = "VpcId",
      have = function(answer)
        for _, acl in ipairs(answer.NetworkAcls) do
          if acl.IsDefault then return acl.NetworkAclId end
        end
      end,
    },
    DefaultSecurityGroup = {
      "DescribeSecurityGroups", filter = "vpc-id", by = "VpcId",
      have = function(answer)
        for _, group in ipairs(answer.SecurityGroups) do
          if group.GroupName == "default" then return group.GroupId end
        end
      end,
    },
  },
  update = {
    EnableDnsSupport   = "ModifyVpcAttribute",
    EnableDnsHostnames = "ModifyVpcAttribute",
    InstanceTenancy    = "ModifyVpcTenancy",
  },
  order    = { "EnableDnsSupport", "EnableDnsHostnames" }, -- names need support
  delete   = "DeleteVpc",
  ready    = { "available", at = "State" },
  defaults = { EnableDnsSupport = true, EnableDnsHostnames = false, InstanceTenancy = "default" },
  replaces = {
    -- AWS takes a VPC from dedicated to default, and no other way
    InstanceTenancy = function(_, new) return new ~= "default" end,
  },
  left_out = { VpcEncryptionControl = true }, -- AWS says it of every VPC
  have = {
    CidrBlockAssociations = "CidrBlockAssociationSet[].AssociationId",
    Ipv6CidrBlocks        = "Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock",
    VpcEncryptionControl  = "EncryptionControl",
  },
}
