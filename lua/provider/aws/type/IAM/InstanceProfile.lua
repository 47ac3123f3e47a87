--- AWS::IAM::InstanceProfile: its schema has no tags, its API has.
local account = require "provider.aws.account"
local form = require "provider.aws.form"

local function remove_roles(change)
  for _, role in ipairs(change:known { "Roles" }.Roles or {}) do
    change:call("RemoveRoleFromInstanceProfile", { RoleName = role },
      { done = { "^NoSuchEntity$" } })
  end
end

return {
  service = "iam",
  create = "CreateInstanceProfile",
  read   = { "GetInstanceProfile", item = "InstanceProfile", bulk = account.profiles },
  update = {
    Roles = form.set { -- a profile holds one role: the old one leaves first
      add = "AddRoleToInstanceProfile", remove = "RemoveRoleFromInstanceProfile",
      member = "RoleName", remove_first = true, gone = { "^NoSuchEntity$" },
      there = { "^LimitExceeded$" }, -- it has one: ours, or the reading back says so
    },
  },
  tagging  = { add = "TagInstanceProfile", remove = "UntagInstanceProfile" },
  delete   = { "DeleteInstanceProfile", before = remove_roles },
  defaults = { Path = "/" },
  refers   = { ["Roles[]"] = { "AWS::IAM::Role" } },
  have     = { Roles = "Roles[].RoleName" },
}
