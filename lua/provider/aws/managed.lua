--- Managed policies: their versions, and whom they are attached to.
local fit = require "provider.aws.fit"
local form = require "provider.aws.form"
local machine = require "provider.aws.machine"
local share = require "provider.aws.share"
local tags = require "provider.aws.tags"
local value = require "engine.value"

local managed = {}

--- For `also_read`: the document of the version that counts.
---@param job table
---@param arn string
---@param policy table
---@return any
function managed.document(job, arn, policy)
  local answer = job.machine:call(job.place, "iam", "GetPolicyVersion",
    { PolicyArn = arn, VersionId = policy.DefaultVersionId })
  return fit.document(answer.PolicyVersion.Document)
end

--- For `also_read`: the names on one of the lists; the three lists are one call.
---@param list string
---@param member string
---@return fun(job: table, arn: string): string[]
function managed.entities(list, member)
  return function(job, arn)
    local key = job.place.key .. "/iam/entities/" .. arn
    local found = share.join(job.machine.pool, key, arn, function()
      return job.machine:all(job.place, "iam", "ListEntitiesForPolicy", { PolicyArn = arn })
    end)
    local names = value.list {}
    for i, each in ipairs(found[list] or {}) do names[i] = each[member] end
    return names
  end
end

local function versions(change)
  local list = change:ask("ListPolicyVersions", { PolicyArn = change.identifier }).Versions or {}
  table.sort(list, function(a, b) return (a.CreateDate or 0) < (b.CreateDate or 0) end)
  return list
end

local function delete_version(change, version)
  change:call("DeletePolicyVersion", { VersionId = version.VersionId },
    { done = { "^NoSuchEntity$" } })
end

--- For `update`: a policy keeps five versions, so the oldest makes room.
---@param change table
function managed.new_version(change)
  local params = { PolicyDocument = form.text(change.want.PolicyDocument), SetAsDefault = true }
  local ok, err = pcall(change.call, change, "CreatePolicyVersion", params)
  if ok then return end
  if err.code ~= "LimitExceeded" then error(err, 0) end
  for _, version in ipairs(versions(change)) do
    if not version.IsDefaultVersion then
      delete_version(change, version)
      break
    end
  end
  change:call("CreatePolicyVersion", params)
end

local KINDS = { Roles = "Role", Users = "User", Groups = "Group" }

--- Before a policy can be deleted: what it was attached to with it, and its old versions.
---@param change table
function managed.remove(change)
  local known = change:known { "Roles", "Users", "Groups" }
  for property, kind in pairs(KINDS) do
    for _, name in ipairs(known[property] or {}) do
      change:call(("Detach%sPolicy"):format(kind), { [kind .. "Name"] = name },
        { done = { "^NoSuchEntity$" } })
    end
  end
  local ok, list = pcall(versions, change)
  if not ok then
    if list.code ~= "NoSuchEntity" then error(list, 0) end
    list = {}
  end
  for _, version in ipairs(list) do
    if not version.IsDefaultVersion then delete_version(change, version) end
  end
end

local function has(list, wanted)
  for _, each in ipairs(list or {}) do
    if each == wanted then return true end
  end
  return false
end

--- For a role's `shares`: the policy that attaches itself to the role.
---@param policy table
---@param role table
---@param arn string|nil
---@return string|nil
function managed.attached(policy, role, arn)
  return has(policy.Roles, role.RoleName) and arn or nil
end

--- For a policy's `shares`: the role that attaches it.
---@param role table
---@param policy table
---@param name string|nil
---@return string|nil
function managed.attaching(role, policy, name)
  return has(role.ManagedPolicyArns, policy.PolicyArn) and name or nil
end

--- For `find`: the ARN follows from the account, the path and the name.
---@param job table
---@param query table
---@return string|nil identifier, table|nil owner
function managed.find(job, query)
  local name, account = query.want.ManagedPolicyName, job.place.account
  if type(name) ~= "string" or not account then return nil end
  local path = query.want.Path or "/"
  local partition = job.place.partition or "aws"
  local arn = ("arn:%s:iam::%s:policy%s%s"):format(partition, account, path, name)
  local answer, err = job.machine:try(job.place, "iam", "GetPolicy", { PolicyArn = arn })
  if answer then return arn, tags.owner(answer.Policy.Tags) end
  if not machine.matches(err, job.handler.common.gone) then error(err, 0) end
end

return managed
