--- What an instance takes more than one call for.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local value = require "engine.value"

local instances = {}

local function state_name(change)
  local answer = change:ask("DescribeInstances",
    { Filters = { { Name = "instance-id", Values = { change.identifier } } } })
  local reservation = answer.Reservations[1]
  return reservation and reservation.Instances[1].State.Name
end

local function wait_until(change, wanted)
  change:wait(function() return state_name(change) == wanted end)
end

--- For `send`: the type has user data in base64, and the client encodes what it is given.
---@param v string
---@return string
function instances.user_data(v)
  return crypto.unbase64(v) or failure.raise { what = "UserData is not in base64",
    code = "InvalidUserData", next = "encode it: base64 -w0 FILE" }
end

local function attribute(name, v)
  return "ModifyInstanceAttribute", { [name] = { Value = v } }
end

local function dns_options(options)
  return "ModifyPrivateDnsNameOptions", {
    PrivateDnsHostnameType = options.HostnameType,
    EnableResourceNameDnsARecord = options.EnableResourceNameDnsARecord,
    EnableResourceNameDnsAAAARecord = options.EnableResourceNameDnsAAAARecord,
  }
end

-- What can change only while the instance does not run.
local STOPPED = {
  InstanceType = function(v) return attribute("InstanceType", v) end,
  EbsOptimized = function(v) return attribute("EbsOptimized", v or false) end,
  KernelId     = function(v) return attribute("Kernel", v) end,
  RamdiskId    = function(v) return attribute("Ramdisk", v) end,
  UserData     = function(v) return attribute("UserData", instances.user_data(v or "")) end,
  PrivateDnsNameOptions = function(v) return dns_options(v or {}) end,
}

local PLACEMENT = { "Affinity", "HostId", "Tenancy" }

local function placement(change)
  local params = {}
  for _, name in ipairs(PLACEMENT) do
    local want = change.want[name]
    if not value.equal(want, change.have[name]) then params[name] = want end
  end
  return next(params) and params or nil
end

local function modify(change)
  for _, name in ipairs(value.keys(STOPPED)) do
    if change.changed[name] then change:call(STOPPED[name](change.want[name])) end
  end
  local placed = placement(change)
  if placed then change:call("ModifyInstancePlacement", placed) end
end

--- For `update`, of all that needs it at once: stop, change, start. One that was stopped stays so.
---@param change table
function instances.while_stopped(change)
  local running = state_name(change) ~= "stopped"
  if running then
    change:call("StopInstances")
    wait_until(change, "stopped")
  end
  local ok, err = pcall(modify, change)
  if running then
    change:call("StartInstances")
    wait_until(change, "running")
  end
  if not ok then error(err, 0) end
end

--- For `resume`: one that ran before a change that was cut off runs again.
function instances.resume(change)
  local state = (change.have.State or {}).Name
  if state ~= "running" and state ~= "pending" then return end
  local now = state_name(change)
  if now == "stopping" or now == "stopped" then change:call("StartInstances") end
end

--- For `replaces`: an instance moves between dedicated and host, no other way.
---@return boolean
function instances.moves(old, new)
  local movable = { dedicated = true, host = true }
  return not (movable[old] and movable[new])
end

local function association(change)
  local answer = change:ask("DescribeIamInstanceProfileAssociations",
    { Filters = { { Name = "instance-id", Values = { change.identifier } } } })
  for _, each in ipairs(answer.IamInstanceProfileAssociations or {}) do
    if each.State == "associated" or each.State == "associating" then return each.AssociationId end
  end
end

--- For `update`: associates, replaces or takes away the profile.
---@param later table what says that a new profile is not known everywhere yet
---@return fun(change: table): table[]
function instances.profile(later)
  return function(change)
    local id, name = association(change), change.want.IamInstanceProfile
    local profile = { Name = name }
    if not name then
      return id and { { "DisassociateIamInstanceProfile", { AssociationId = id } } } or {}
    end
    if not id then
      return { { "AssociateIamInstanceProfile", { IamInstanceProfile = profile }, later = later } }
    end
    return { { "ReplaceIamInstanceProfileAssociation", later = later,
      { AssociationId = id, IamInstanceProfile = profile } } }
  end
end

--- For `update`.
---@param change table
---@return table[]
function instances.metadata(change)
  return { { "ModifyInstanceMetadataOptions", value.copy(change.want.MetadataOptions or {}) } }
end

--- For `update`.
---@param change table
---@return table[]
function instances.monitoring(change)
  return { { change.want.Monitoring and "MonitorInstances" or "UnmonitorInstances", {} } }
end

---@param monitoring table|nil
---@return boolean
function instances.monitored(monitoring)
  local state = monitoring and monitoring.State
  return state == "enabled" or state == "pending"
end

--- For `update`.
---@param change table
---@return table[]
function instances.credits(change)
  local credits = (change.want.CreditSpecification or {}).CPUCredits or "standard"
  return { { "ModifyInstanceCreditSpecification", { InstanceCreditSpecifications = {
    { InstanceId = change.identifier, CpuCredits = credits },
  } } } }
end

--- For `have`: interfaces as they are declared.
---@param instance table
---@return table[]
function instances.interfaces(instance)
  local list = {}
  for i, interface in ipairs(instance.NetworkInterfaces or {}) do
    local groups, attachment = {}, interface.Attachment or {}
    for j, group in ipairs(interface.Groups or {}) do groups[j] = group.GroupId end
    list[i] = {
      AssociatePublicIpAddress = interface.Association ~= nil,
      DeleteOnTermination = attachment.DeleteOnTermination, Description = interface.Description,
      DeviceIndex = attachment.DeviceIndex and tostring(attachment.DeviceIndex),
      GroupSet = groups, Ipv6Addresses = interface.Ipv6Addresses,
      NetworkInterfaceId = interface.NetworkInterfaceId,
      PrivateIpAddress = interface.PrivateIpAddress, SubnetId = interface.SubnetId,
      PrivateIpAddresses = interface.PrivateIpAddresses,
    }
  end
  return list
end

--- Whether it is a group's of Auto Scaling, which makes and ends them as it likes.
---@param instance table
---@return boolean
function instances.of_group(instance)
  for _, tag in ipairs(instance.Tags or {}) do
    if tag.Key == "aws:autoscaling:groupName" then return true end
  end
  return false
end

local function in_subnet(_, have) return have.SubnetId ~= nil end

local function usual_metadata(options)
  return options.HttpTokens ~= "required" and options.HttpEndpoint ~= "disabled"
    and options.InstanceMetadataTags ~= "enabled"
end

--- For `left_out`: what AWS chooses, what follows from the image and the type, what is said twice.
instances.LEFT_OUT = {
  Affinity = true, BlockDeviceMappings = true, CpuOptions = true, CreditSpecification = true,
  Ipv6AddressCount = true, Ipv6Addresses = true, KernelId = true, NetworkInterfaces = true,
  PrivateDnsNameOptions = true, PrivateIpAddress = true, RamdiskId = true, SecurityGroups = true,
  SsmAssociations = true, Volumes = true,
  AvailabilityZone   = in_subnet,
  EnclaveOptions     = function(v) return not v.Enabled end,
  HibernationOptions = function(v) return not v.Configured end,
  MetadataOptions    = usual_metadata,
  Tenancy            = function(v) return v == "default" end,
}

return instances
