--- What a stack owns where no search by tag tells it: lists of everything, and the tags of each.
--- Dear, so that only a state that is made anew asks.
local machine = require "provider.aws.machine"
local path = require "provider.aws.path"

local listed = {}

local TAG = "mrun:stack"

-- Lists that bring the tags along have no `tags`.
local LISTS = {
  { type = "AWS::IAM::Role", service = "iam", "GetAccountAuthorizationDetails",
    params = function() return { Filter = { "Role" } } end,
    top = "RoleDetailList", id = "RoleName" },
  { type = "AWS::IAM::InstanceProfile", service = "iam", "ListInstanceProfiles",
    top = "InstanceProfiles", id = "InstanceProfileName",
    tags = { "GetInstanceProfile", as = "InstanceProfileName", top = "InstanceProfile.Tags" } },
  { type = "AWS::IAM::ManagedPolicy", service = "iam", "ListPolicies",
    params = function() return { Scope = "Local" } end, top = "Policies", id = "Arn",
    tags = { "ListPolicyTags", as = "PolicyArn", top = "Tags" } },
  { type = "AWS::SSM::Parameter", service = "ssm", "DescribeParameters",
    params = function(stack)
      return { ParameterFilters = { { Key = "tag:" .. TAG, Values = { stack } } } }
    end,
    top = "Parameters", id = "Name",
    tags = { "ListTagsForResource", as = "ResourceId", top = "TagList",
      params = { ResourceType = "Parameter" } } },
}

local function all_of(own, place, service, operation, params)
  local answer, err = own:try_all(place, service, operation, params)
  if not answer then error(err, 0) end
  return answer
end

local function tags_of(own, place, list, item)
  if not list.tags then return item.Tags or {} end
  local params = { [list.tags.as] = item[list.id] }
  for name, value in pairs(list.tags.params or {}) do params[name] = value end
  local answer, err = own:try(place, list.service, list.tags[1], params)
  if answer then return path.get(answer, list.tags.top) or {} end
  -- It went away between the list and the question.
  if machine.matches(err, { "NoSuchEntity", "InvalidResourceId" }) then return {} end
  error(err, 0)
end

local function owner_of(tags)
  local found = {}
  for _, tag in ipairs(tags) do found[tag.Key] = tag.Value end
  return found[TAG], found["mrun:resource"]
end

local function tagged(own, place, list, wanted, into)
  local answer = all_of(own, place, list.service, list[1],
    list.params and list.params(wanted) or {})
  local items, functions = answer[list.top] or {}, {}
  for i, item in ipairs(items) do
    functions[i] = function()
      local stack, name = owner_of(tags_of(own, place, list, item))
      if stack == wanted and name then
        into[#into + 1] = { stack = stack, name = name, type = list.type,
          identifier = item[list.id] }
      end
    end
  end
  coroutine.yield { all = functions }
end

---@param own table the machine
---@param place table
---@param stack string NAME/ID
---@return { stack: string, name: string, type: string, identifier: string }[]
function listed.list(own, place, stack)
  local found, functions = {}, {}
  for i, list in ipairs(LISTS) do
    functions[i] = function() tagged(own, place, list, stack, found) end
  end
  coroutine.yield { all = functions }
  table.sort(found, function(a, b) return a.type .. a.identifier < b.type .. b.identifier end)
  return found
end

return listed
