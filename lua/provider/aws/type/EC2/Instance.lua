--- AWS::EC2::Instance
local devices = require "provider.aws.devices"
local form = require "provider.aws.form"
local instances = require "provider.aws.instances"

local PROFILE = { -- a new profile is not known everywhere for some seconds
  { code = "InvalidParameterValue", message = "Invalid IAM Instance Profile" },
  { code = "InvalidParameterValue", message = "amInstanceProfile" },
  { code = "InvalidParameterValue", message = "no associated IAM Roles" },
}

return {
  service = "ec2",
  called = {
    Affinity = "Placement.Affinity", AvailabilityZone = "Placement.AvailabilityZone",
    HostId = "Placement.HostId", HostResourceGroupArn = "Placement.HostResourceGroupArn",
    PlacementGroupName = "Placement.GroupName", Tenancy = "Placement.Tenancy",
    IamInstanceProfile = "IamInstanceProfile.Name", Monitoring = "Monitoring.Enabled",
    ElasticGpuSpecifications = "ElasticGpuSpecification",
    CPUCredits = "CpuCredits", GroupSet = "Groups",
  },
  create = {
    "RunInstances", with = { MinCount = 1, MaxCount = 1 }, later = PROFILE,
    id = function(answer) return answer.Instances[1].InstanceId end,
    tags = function(want)
      return want.PropagateTagsToVolumeOnCreation and { "instance", "volume" } or { "instance" }
    end,
  },
  read = { "DescribeInstances", items = "Reservations[].Instances[]" },
  also_read = {
    DisableApiTermination = "DescribeInstanceAttribute",
    UserData              = "DescribeInstanceAttribute",
    InstanceInitiatedShutdownBehavior = "DescribeInstanceAttribute",
    BlockDeviceMappings = {
      "DescribeVolumes", filter = "attachment.instance-id", by = "Attachments[].InstanceId",
      have = devices.mappings,
    },
    CreditSpecification = {
      "DescribeInstanceCreditSpecifications", ids = "InstanceIds", by = "InstanceId",
      have = function(answer) return answer.InstanceCreditSpecifications[1] end,
    },
  },
  update = {
    InstanceType = instances.while_stopped, EbsOptimized = instances.while_stopped,
    KernelId     = instances.while_stopped, RamdiskId    = instances.while_stopped,
    UserData     = instances.while_stopped, Affinity     = instances.while_stopped,
    HostId       = instances.while_stopped, Tenancy      = instances.while_stopped,
    PrivateDnsNameOptions = instances.while_stopped,
    BlockDeviceMappings   = devices.update,
    Volumes               = devices.attach,
    CreditSpecification   = instances.credits,
    DisableApiTermination = "ModifyInstanceAttribute",
    IamInstanceProfile    = instances.profile(PROFILE),
    InstanceInitiatedShutdownBehavior = "ModifyInstanceAttribute",
    MetadataOptions  = instances.metadata,
    Monitoring       = instances.monitoring,
    SecurityGroupIds = { "ModifyInstanceAttribute", as = "Groups" },
    SourceDestCheck  = "ModifyInstanceAttribute",
    PropagateTagsToVolumeOnCreation = form.nothing, -- it is about creation alone
  },
  send   = { UserData = instances.user_data },
  resume = instances.resume,
  delete = { "TerminateInstances", pending = true },
  ready  = {
    "running", "stopped", at = "State.Name", gone = { "terminated" }, why = "StateReason.Message",
  },
  replaces = {
    Affinity = false, EbsOptimized = false, HostId = false, InstanceType = false, KernelId = false,
    PrivateDnsNameOptions = false, RamdiskId = false, SecurityGroupIds = false, UserData = false,
    AdditionalInfo = true, BlockDeviceMappings = devices.replaces, Tenancy = instances.moves,
  },
  exclusive  = { "PrivateIpAddress", "Volumes" },
  attached   = { "IamInstanceProfile" },
  refused    = {
    SsmAssociations = "associate the document by Systems Manager, not by EC2",
  },
  secret     = { "UserData" }, -- as its model says
  write_only = { "ElasticGpuSpecifications", "ElasticInferenceAccelerators", "LaunchTemplate" },
  keyed    = { BlockDeviceMappings = "DeviceName", Volumes = "Device" },
  equal    = { BlockDeviceMappings = devices.covers, Volumes = devices.holds },
  defaults = {
    DisableApiTermination = false, EbsOptimized = false, Monitoring = false, SourceDestCheck = true,
    InstanceInitiatedShutdownBehavior = "stop",
  },
  refers = {
    SubnetId = { "AWS::EC2::Subnet", filter = "subnet-id" },
    ["SecurityGroupIds[]"] = { "AWS::EC2::SecurityGroup" },
    IamInstanceProfile = { "AWS::IAM::InstanceProfile" },
  },
  by_aws   = instances.of_group,
  left_out = instances.LEFT_OUT,
  have = {
    ElasticGpuSpecifications = false, ElasticInferenceAccelerators = false,
    IamInstanceProfile = function(i) return form.arn_name((i.IamInstanceProfile or {}).Arn) end,
    LicenseSpecifications = "Licenses",
    Monitoring = function(i) return instances.monitored(i.Monitoring) end,
    NetworkInterfaces = instances.interfaces,
    PrivateIp = "PrivateIpAddress", PublicIp = "PublicIpAddress",
    SecurityGroupIds = "SecurityGroups[].GroupId", SecurityGroups = "SecurityGroups[].GroupName",
    Volumes = function(i) return devices.volumes(i) end,
  },
}
