--- AWS::IAM::ManagedPolicy
local form = require "provider.aws.form"
local managed = require "provider.aws.managed"

local function attach(kind)
  return form.set {
    add = ("Attach%sPolicy"):format(kind), remove = ("Detach%sPolicy"):format(kind),
    member = kind .. "Name", gone = { "^NoSuchEntity$" },
  }
end

return {
  service = "iam",
  called = { ManagedPolicyName = "PolicyName" },
  name   = "ManagedPolicyName",
  create = { "CreatePolicy", id = "Policy.Arn" },
  read   = { "GetPolicy", item = "Policy" },
  find   = managed.find,
  also_read = {
    PolicyDocument = managed.document, Roles = managed.entities("PolicyRoles", "RoleName"),
    Users = managed.entities("PolicyUsers", "UserName"),
    Groups = managed.entities("PolicyGroups", "GroupName"),
  },
  update = {
    PolicyDocument = managed.new_version,
    Roles = attach "Role", Users = attach "User", Groups = attach "Group",
  },
  tagging  = { add = "TagPolicy", remove = "UntagPolicy", id = "PolicyArn" },
  delete   = { "DeletePolicy", before = managed.remove },
  defaults = { Path = "/", Description = "" },
  shares   = { Roles = { type = "AWS::IAM::Role", item = managed.attaching } },
  by_aws   = function(policy) return policy.Arn:find(":iam::aws:", 1, true) ~= nil end,
  left_out = { Roles = true, Users = true, Groups = true }, -- they say it themselves
  have     = {
    PolicyArn = "Arn",
    CreateDate = function(policy) return form.time(policy.CreateDate) end,
    UpdateDate = function(policy) return form.time(policy.UpdateDate) end,
  },
}
