-- One EC2 instance in a private subnet that Systems Manager manages: no bastion, no open port.
-- It reaches the Systems Manager API, and the rest of the internet, through a NAT gateway.
--
--   mrun plan  recipes/ssm_managed_instance_nat.lua
--   mrun apply recipes/ssm_managed_instance_nat.lua -P Prefix=dev
--   aws ssm start-session --target $(mrun output InstanceId)
--
-- ssm_managed_instance.lua is the same with interface endpoints, and no way to the internet.

local aws = provider "aws"

local p = params {
  Prefix                = { default = "stg", help = "prefix of every name but the instance's" },
  ec2Prefix             = { default = "step-server", help = "prefix of the instance's names" },

  VpcCidr               = { default = "10.0.0.0/16" },
  PublicSubnet1Cidr     = { default = "10.0.1.0/24" },
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
  EnableDnsHostnames = true,
  Tags               = { Name = p.Prefix .. "-vpc" },
}

local function subnet(name, cidr, text)
  return aws.EC2.Subnet(name) {
    AvailabilityZone = aws.Region .. "a",
    VpcId            = vpc,
    CidrBlock        = cidr,
    Tags             = { Name = p.Prefix .. text },
  }
end

local public  = subnet("StgPublicSubnet1", p.PublicSubnet1Cidr, "-public-subnet1")
local private = subnet("StgPrivateSubnet1", p.PrivateSubnet1Cidr, "-private-subnet1")

local function route_table(name, text)
  return aws.EC2.RouteTable(name) {
    VpcId = vpc,
    Tags  = { Name = p.Prefix .. text },
  }
end

local public_table  = route_table("StgPublicRouteTable", "-rtb-public")
local private_table = route_table("StgPrivateRouteTable", "-rtb-private")

local function associate(name, place)
  return aws.EC2.SubnetRouteTableAssociation(name) {
    SubnetId     = place.subnet,
    RouteTableId = place.routes,
  }
end

local public_association = associate("PublicSubnet1TableAssociation",
  { subnet = public, routes = public_table })
local private_association = associate("PrivateSubnet1TableAssociation",
  { subnet = private, routes = private_table })

-- The way out ---------------------------------------------------------------------------

local gateway = aws.EC2.InternetGateway "StgInternetGateway" {
  Tags = { Name = p.Prefix .. "-igw" },
}

local attachment = aws.EC2.VPCGatewayAttachment "StgGatewayAttachment" {
  VpcId             = vpc,
  InternetGatewayId = gateway,
}

local public_route = aws.EC2.Route "PublicDefaultRoute" {
  RouteTableId         = public_table,
  DestinationCidrBlock = "0.0.0.0/0",
  GatewayId            = gateway,
  depends_on           = attachment, -- a gateway that is not attached takes no route
}

local address = aws.EC2.EIP "StgNatAddress" {
  Domain     = "vpc",
  Tags       = { Name = p.Prefix .. "-nat" },
  depends_on = attachment,
}

local nat = aws.EC2.NatGateway "StgNatGateway" {
  AllocationId = address.AllocationId,
  SubnetId     = public,
  Tags         = { Name = p.Prefix .. "-nat" },
  depends_on   = { public_route, public_association },
}

local private_route = aws.EC2.Route "PrivateDefaultRoute" {
  RouteTableId         = private_table,
  DestinationCidrBlock = "0.0.0.0/0",
  NatGatewayId         = nat,
}

-- Who may talk to whom: nobody in, everything out ---------------------------------------

local instance_group = aws.EC2.SecurityGroup "EC2SecurityGroup" {
  GroupName           = p.ec2Prefix .. "-sg",
  GroupDescription    = p.ec2Prefix .. "-sg",
  VpcId               = vpc,
  SecurityGroupEgress = {
    { CidrIp = "0.0.0.0/0", IpProtocol = "-1", FromPort = -1, ToPort = -1 },
  },
  Tags                = { Name = p.ec2Prefix .. "-sg" },
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
  SubnetId              = private,
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

  -- An agent that boots before its policy or its way out sleeps for up to half an hour.
  depends_on = { role, private_route, private_association },
}

output {
  InstanceId = instance.InstanceId,
  PrivateIp  = instance.PrivateIp,
  VpcId      = vpc.VpcId,
  PublicIp   = address.PublicIp,
}
