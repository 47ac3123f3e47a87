-- One EC2 instance in a private subnet that Systems Manager manages: no bastion, no open port,
-- no way to the internet. It reaches the Systems Manager API through three interface endpoints.
--
--   mrun plan  recipes/ssm_managed_instance.lua
--   mrun apply recipes/ssm_managed_instance.lua -P Prefix=dev
--   aws ssm start-session --target $(mrun output InstanceId)
--
-- ssm_managed_instance_nat.lua is the same with a NAT gateway in the place of the endpoints.

local aws = provider "aws"

local p = params {
  Prefix                = { default = "stg", help = "prefix of every name but the instance's" },
  ec2Prefix             = { default = "step-server", help = "prefix of the instance's names" },

  VpcCidr               = { default = "10.0.0.0/16" },
  PrivateSubnet1Cidr    = { default = "10.0.2.0/24" },

  EC2InstanceName       = { default = "step-server", help = "taken for the template's sake" },
  -- Amazon Linux 2 is past its end of support; the default is for those who run it already.
  -- Start anew with Amazon Linux 2023:
  --   /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
  EC2InstanceAMI        = {
    type    = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
    default = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
  },
  EC2InstanceType       = { default = "t2.micro" },
  EC2InstanceVolumeType = { default = "gp2" },
  EC2InstanceVolumeSize = { type = "String", default = "8", help = "GiB" },
}

-- Network -------------------------------------------------------------------------------

local vpc = aws.EC2.VPC "StgVPC" {
  CidrBlock          = p.VpcCidr,
  EnableDnsSupport   = true,
  EnableDnsHostnames = true, -- private DNS of the endpoints needs both
  Tags               = { Name = p.Prefix .. "-vpc" },
}

local subnet = aws.EC2.Subnet "StgPrivateSubnet1" {
  AvailabilityZone = aws.Region .. "a",
  VpcId            = vpc,
  CidrBlock        = p.PrivateSubnet1Cidr,
  Tags             = { Name = p.Prefix .. "-private-subnet1" },
}

local route_table = aws.EC2.RouteTable "StgPrivateRouteTable" {
  VpcId = vpc,
  Tags  = { Name = p.Prefix .. "-rtb-private" },
}

aws.EC2.SubnetRouteTableAssociation "PrivateSubnet1TableAssociation" {
  SubnetId     = subnet,
  RouteTableId = route_table,
}

-- Who may talk to whom ------------------------------------------------------------------

local everything_out = {
  { CidrIp = "0.0.0.0/0", IpProtocol = "-1", FromPort = -1, ToPort = -1 },
}

local function security_group(name, group_name, rules)
  return aws.EC2.SecurityGroup(name) {
    GroupName            = group_name,
    GroupDescription     = group_name,
    VpcId                = vpc,
    SecurityGroupIngress = rules.ingress,
    SecurityGroupEgress  = rules.egress,
    Tags                 = { Name = group_name },
  }
end

local instance_group = security_group("EC2SecurityGroup", p.ec2Prefix .. "-sg", {
  egress = everything_out,
})

local endpoint_group_name = p.Prefix .. "-ssm-vpc-endpoint-sg"
local endpoint_group = security_group("SsmVpcEndpointSecurityGroup", endpoint_group_name, {
  ingress = { { CidrIp = p.VpcCidr, IpProtocol = "tcp", FromPort = 443, ToPort = 443 } },
  egress  = everything_out,
})

-- The way to Systems Manager ------------------------------------------------------------

local function endpoint(name, service)
  return aws.EC2.VPCEndpoint(name) {
    VpcEndpointType   = "Interface",
    PrivateDnsEnabled = true,
    ServiceName       = "com.amazonaws." .. aws.Region .. "." .. service,
    VpcId             = vpc,
    SubnetIds         = { subnet },
    SecurityGroupIds  = { endpoint_group },
  }
end

local endpoints = {
  endpoint("SsmVpcEndpoint", "ssm"),
  endpoint("SsmMessagesVpcEndpoint", "ssmmessages"),
  endpoint("Ec2MessagesVpcEndpoint", "ec2messages"),
}

-- What the instance may do --------------------------------------------------------------

local role = aws.IAM.Role "Ec2Role" {
  RoleName = p.Prefix .. "-EC2SSMRoleForRDSAccess",
  AssumeRolePolicyDocument = {
    Version   = "2012-10-17",
    Statement = {
      {
        Effect    = "Allow",
        Principal = { Service = { "ec2.amazonaws.com" } },
        Action    = { "sts:AssumeRole" },
      },
    },
  },
  ManagedPolicyArns = { "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
}

local profile = aws.IAM.InstanceProfile "Ec2InstanceProfile" {
  InstanceProfileName = p.Prefix .. "-ec2-instance-profile",
  Roles               = { role },
}

-- The instance --------------------------------------------------------------------------

local instance = aws.EC2.Instance "EC2Instance" {
  ImageId               = p.EC2InstanceAMI,
  InstanceType          = p.EC2InstanceType,
  IamInstanceProfile    = profile,
  SubnetId              = subnet,
  SecurityGroupIds      = { instance_group },
  EbsOptimized          = false,
  DisableApiTermination = false,
  BlockDeviceMappings   = {
    {
      DeviceName = "/dev/xvda",
      Ebs        = {
        VolumeType          = p.EC2InstanceVolumeType,
        VolumeSize          = p.EC2InstanceVolumeSize,
        DeleteOnTermination = true,
      },
    },
  },
  Tags = { Name = p.ec2Prefix },

  -- An agent that boots before its policy or its endpoints sleeps for up to half an hour.
  depends_on = { role, table.unpack(endpoints) },
}

output {
  InstanceId = instance.InstanceId,
  PrivateIp  = instance.PrivateIp,
  VpcId      = vpc.VpcId,
}
