--- The block devices of an instance.
local form = require "provider.aws.form"
local value = require "engine.value"

local devices = {}

local function attachment_of(volume, instance_id)
  for _, attachment in ipairs(volume.Attachments or {}) do
    if attachment.InstanceId == instance_id then return attachment end
  end
end

--- Which devices go with the instance: it says so itself.
local function kept(instance)
  local map = {}
  for _, device in ipairs(instance.BlockDeviceMappings or {}) do
    if device.Ebs then map[device.DeviceName] = device.Ebs.DeleteOnTermination end
  end
  return map
end

--- For `also_read`: volumes as BlockDeviceMappings lists them.
---@param answer table
---@param instance table
---@return table[]
function devices.mappings(answer, instance)
  local list, on_termination = value.list {}, kept(instance)
  for _, volume in ipairs(answer.Volumes) do
    local attachment = attachment_of(volume, instance.InstanceId)
    if attachment then
      list[#list + 1] = {
        DeviceName = attachment.Device,
        Ebs = {
          DeleteOnTermination = on_termination[attachment.Device], Encrypted = volume.Encrypted,
          Iops = volume.Iops, KmsKeyId = volume.KmsKeyId, SnapshotId = volume.SnapshotId,
          VolumeSize = volume.Size, VolumeType = volume.VolumeType,
        },
      }
    end
  end
  table.sort(list, function(a, b) return a.DeviceName < b.DeviceName end)
  return list
end

--- All attached volumes.
---@param instance table
---@return table[]
function devices.volumes(instance)
  local list = {}
  for i, device in ipairs(instance.BlockDeviceMappings or {}) do
    list[i] = { Device = device.DeviceName, VolumeId = device.Ebs and device.Ebs.VolumeId }
  end
  return list
end

local function by(list, key)
  local map = {}
  for _, entry in ipairs(list or {}) do map[entry[key]] = entry end
  return map
end

--- A key may be declared by id or alias; AWS answers with its ARN.
local function same_key(want, have)
  if want:find("alias/", 1, true) or have == nil then return true end
  return form.arn_name(want) == form.arn_name(have)
end

local function same_ebs(want, have)
  for name, v in pairs(want) do
    if name == "KmsKeyId" then
      if not same_key(v, have[name]) then return false end
    elseif not value.equal(v, have[name]) then
      return false
    end
  end
  return true
end

--- Whether the live devices are as the declared ones say; the image's other ones are its own.
---@param want table[]
---@param have table[]|nil
---@return boolean
function devices.covers(want, have)
  local live = by(have, "DeviceName")
  for _, device in ipairs(want) do
    local other = live[device.DeviceName]
    if device.Ebs and not (other and same_ebs(device.Ebs, other.Ebs or {})) then return false end
  end
  return true
end

--- Whether all declared volumes are attached where they should be.
---@param want table[]
---@param have table[]|nil
---@return boolean
function devices.holds(want, have)
  local live = by(have, "VolumeId")
  for _, volume in ipairs(want) do
    local other = live[volume.VolumeId]
    if not other or other.Device ~= volume.Device then return false end
  end
  return true
end

local IN_PLACE = { DeleteOnTermination = true, Iops = true, VolumeSize = true, VolumeType = true }

--- A volume can grow, change its type, and be kept or not; everything else is another volume.
---@param facts { want: table, have: table }
---@return boolean
function devices.replaces(_, _, facts)
  local live = by(facts.have.BlockDeviceMappings, "DeviceName")
  for _, device in ipairs(facts.want.BlockDeviceMappings or {}) do
    local other = live[device.DeviceName]
    if device.Ebs and not other then return true end
    for name, v in pairs(device.Ebs or {}) do
      local old = other.Ebs[name]
      if not IN_PLACE[name] and not same_ebs({ [name] = v }, other.Ebs) then return true end
      if name == "VolumeSize" and old and math.tointeger(v) < old then return true end
    end
  end
  return false
end

local function volume_ids(change)
  local answer = change:ask("DescribeInstances", { InstanceIds = { change.identifier } })
  local ids = {}
  for _, volume in ipairs(devices.volumes(answer.Reservations[1].Instances[1])) do
    ids[volume.Device] = volume.VolumeId
  end
  return ids
end

local function modify_step(ebs, old, volume_id)
  local params = {}
  if ebs.VolumeSize ~= nil and ebs.VolumeSize ~= old.VolumeSize then
    params.Size = ebs.VolumeSize
  end
  if ebs.VolumeType ~= nil and ebs.VolumeType ~= old.VolumeType then
    params.VolumeType = ebs.VolumeType
  end
  if ebs.Iops ~= nil and ebs.Iops ~= old.Iops then params.Iops = ebs.Iops end
  if next(params) == nil then return nil end
  params.VolumeId = volume_id
  return { "ModifyVolume", params, merge = false }
end

--- For `update`: the volumes that differ are modified, each in one call.
---@param change table
---@return table[]
function devices.update(change)
  local live, ids, steps = by(change.have.BlockDeviceMappings, "DeviceName"), nil, {}
  for _, device in ipairs(change.want.BlockDeviceMappings or {}) do
    local ebs, old = device.Ebs, (live[device.DeviceName] or {}).Ebs
    if ebs and old then
      ids = ids or volume_ids(change)
      steps[#steps + 1] = modify_step(ebs, old, ids[device.DeviceName])
      if ebs.DeleteOnTermination ~= nil and ebs.DeleteOnTermination ~= old.DeleteOnTermination then
        steps[#steps + 1] = { "ModifyInstanceAttribute", { BlockDeviceMappings = { {
          DeviceName = device.DeviceName, Ebs = { DeleteOnTermination = ebs.DeleteOnTermination },
        } } } }
      end
    end
  end
  return steps
end

--- For `update`: volumes of their own, attached and detached. What the image or BlockDeviceMappings
--- brought is not among those that were declared, and stays.
---@param change table
---@return table[]
function devices.attach(change)
  local steps = {}
  local live = by(change.have.Volumes, "VolumeId")
  local want = by(change.want.Volumes, "VolumeId")
  for _, volume in ipairs((change.previous or {}).Volumes or {}) do
    if live[volume.VolumeId] and not want[volume.VolumeId] then
      steps[#steps + 1] = { "DetachVolume", { VolumeId = volume.VolumeId }, merge = false }
    end
  end
  for _, volume in ipairs(change.want.Volumes or {}) do
    if not live[volume.VolumeId] then
      steps[#steps + 1] = { "AttachVolume", merge = false,
        { VolumeId = volume.VolumeId, Device = volume.Device } }
    end
  end
  return steps
end

return devices
