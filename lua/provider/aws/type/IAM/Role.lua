--- AWS::IAM::Role
local account = require "provider.aws.account"
local form = require "provider.aws.form"
local managed = require "provider.aws.managed"
local policies = require "provider.aws.policies"

--- What UpdateRole is not told goes back to AWS's default, so it is told both.
local function describe(change)
  return { { "UpdateRole", { Description = change.want.Description or "",
    MaxSessionDuration = change.want.MaxSessionDuration } } }
end

return {
  service = "iam",
  create = "CreateRole",
  read   = { "GetRole", item = "Role", bulk = account.roles },
  also_read = {
    ManagedPolicyArns = {
      "ListAttachedRolePolicies", have = "AttachedPolicies[].PolicyArn",
      inside = "AttachedManagedPolicies[].PolicyArn",
    },
    Policies = policies.inline,
  },
  update = {
    AssumeRolePolicyDocument = { "UpdateAssumeRolePolicy", as = "PolicyDocument" },
    Description         = describe,
    MaxSessionDuration  = describe,
    PermissionsBoundary = form.put("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"),
    ManagedPolicyArns   = form.set {
      add = "AttachRolePolicy", remove = "DetachRolePolicy", member = "PolicyArn",
      gone = { "^NoSuchEntity$" },
    },
    Policies = policies.update,
  },
  tagging  = { add = "TagRole", remove = "UntagRole" },
  delete   = { "DeleteRole", before = policies.remove },
  defaults = { Path = "/", Description = "", MaxSessionDuration = 3600 },
  attached = { "PermissionsBoundary" },
  keyed    = { Policies = "PolicyName" },
  shares   = { -- policies may also be resources of their own
    ManagedPolicyArns = { type = "AWS::IAM::ManagedPolicy", item = managed.attached },
    Policies          = policies.own("AWS::IAM::RolePolicy", "RoleName"),
  },
  refers   = {
    ["ManagedPolicyArns[]"] = { "AWS::IAM::ManagedPolicy" },
    PermissionsBoundary = { "AWS::IAM::ManagedPolicy" },
  },
  by_aws   = function(role) return (role.Path or ""):find("^/aws%-service%-role/") ~= nil end,
  have     = { PermissionsBoundary = "PermissionsBoundary.PermissionsBoundaryArn" },
}
