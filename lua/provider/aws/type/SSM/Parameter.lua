--- AWS::SSM::Parameter
local parameters = require "provider.aws.parameters"

--- AWS takes no parameter back from the advanced tier.
local function goes_down(old, new)
  return old == "Advanced" and new == "Standard"
end

return {
  service = "ssm",
  create = { "PutParameter", id = function(_, want) return want.Name end },
  read   = { "GetParameters", ids = "Names", top = "Parameters", chunk = 10 },
  find   = parameters.find,
  also_read = {
    Description    = parameters.described "Description",
    Tier           = parameters.described "Tier",
    AllowedPattern = parameters.described "AllowedPattern",
    Policies       = parameters.policies,
    Tags = {
      "ListTagsForResource", with = { ResourceType = "Parameter" }, id = "ResourceId",
      have = "TagList",
    },
  },
  update = {
    Value = parameters.put, Type = parameters.put, Description = parameters.put,
    Tier = parameters.put, AllowedPattern = parameters.put, Policies = parameters.put,
    DataType = parameters.put,
  },
  tagging  = { add = "AddTagsToResource", remove = "RemoveTagsFromResource", id = "ResourceId",
    with = { ResourceType = "Parameter" } },
  delete   = "DeleteParameter",
  secret   = { "Value" }, -- as its model says
  readable = { "Description", "Tier", "AllowedPattern", "Policies" },
  replaces = { Tier = goes_down },
  -- Intelligent tiering chooses one of the other two, and that is what AWS shows.
  equal    = { Tier = function(want) return want == "Intelligent-Tiering" or nil end },
  defaults = { DataType = "text", Description = "", Tier = "Standard" },
  have     = { Arn = "ARN" },
}
