--- AWS::IAM::RolePolicy: known by its name and its role's; written whole each time.
return {
  service = "iam",
  create = "PutRolePolicy",
  read   = { "GetRolePolicy", item = true },
  update = { PolicyDocument = "PutRolePolicy" },
  refers = { RoleName = { "AWS::IAM::Role" } },
  delete = "DeleteRolePolicy",
}
