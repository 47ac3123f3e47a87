--- The inline policies of a role.
local fit = require "provider.aws.fit"
local form = require "provider.aws.form"
local value = require "engine.value"

local policies = {}

local function from_details(list)
  local found = value.list {}
  for i, policy in ipairs(list) do
    found[i] = {
      PolicyName = policy.PolicyName, PolicyDocument = fit.document(policy.PolicyDocument),
    }
  end
  return found
end

--- For `also_read`: names first, then each document.
---@param job table
---@param role string
---@param item table
---@return table[]
function policies.inline(job, role, item)
  if item.RolePolicyList then return from_details(item.RolePolicyList) end
  local tasks = {}
  local names = job.machine:all(job.place, "iam", "ListRolePolicies", { RoleName = role })
  for i, name in ipairs(names.PolicyNames or {}) do
    tasks[i] = function()
      return job.machine:call(job.place, "iam", "GetRolePolicy",
        { RoleName = role, PolicyName = name })
    end
  end
  if #tasks == 0 then return value.list {} end
  return from_details(coroutine.yield { all = tasks })
end

local function by_name(list)
  local map = {}
  for _, policy in ipairs(list or {}) do map[policy.PolicyName] = policy end
  return map
end

--- For `update`: only the policies that differ are written.
---@param change table
---@return table[]
function policies.update(change)
  local have, want = by_name(change.have.Policies), by_name(change.want.Policies)
  local steps = {}
  for _, name in ipairs(value.keys(want)) do
    local document = want[name].PolicyDocument
    if not have[name] or not value.equal(have[name].PolicyDocument, document) then
      steps[#steps + 1] = { "PutRolePolicy", merge = false,
        { PolicyName = name, PolicyDocument = form.text(document) } }
    end
  end
  for _, name in ipairs(value.keys(have)) do
    if not want[name] then
      steps[#steps + 1] = { "DeleteRolePolicy", { PolicyName = name }, merge = false,
        done = { "^NoSuchEntity$" } }
    end
  end
  return steps
end

--- For `shares`: the inline policies of a role that are resources of their own.
---@param type_name string
---@param owner string the property that says whose
---@return table
function policies.own(type_name, owner)
  return {
    type = type_name,
    item = function(want, have) return want[owner] == have[owner] and want or nil end,
    same = function(want, live) return want.PolicyName == live.PolicyName end,
  }
end

--- Before a role can be deleted: what was attached and written with it goes. What others have
--- attached stays, and AWS refuses.
---@param change table
function policies.remove(change)
  local gone = { done = { "^NoSuchEntity$" } }
  local known = change:known { "ManagedPolicyArns", "Policies" }
  for _, arn in ipairs(known.ManagedPolicyArns or {}) do
    change:call("DetachRolePolicy", { PolicyArn = arn }, gone)
  end
  for _, policy in ipairs(known.Policies or {}) do
    change:call("DeleteRolePolicy", { PolicyName = policy.PolicyName }, gone)
  end
end

return policies
