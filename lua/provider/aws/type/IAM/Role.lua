--- AWS::IAM::Role
local account = require "provider.aws.account"
local form = require "provider.aws.form"
local managed = require "provider.aws.managed"
local policies = require "provider.aws.policies"

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
    Description         = "UpdateRole",
    MaxSessionDuration  = "UpdateRole",
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
  keyed    = { Policies = "PolicyName" },
  shares   = { -- policies may also be resources of their own
    ManagedPolicyArns = { type = "AWS::IAM::ManagedPolicy", item = managed.attached },
    Policies          = policies.own("AWS::IAM::RolePolicy", "RoleName"),
  },
  have     = { PermissionsBoundary = "PermissionsBoundary.PermissionsBoundaryArn" },
}
