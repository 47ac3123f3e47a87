--- Parameters of the parameter store: written whole each time.
local json = require "json"
local share = require "provider.aws.share"
local tags = require "provider.aws.tags"
local value = require "engine.value"

local parameters = {}

local MOST_NAMES = 50 -- of one DescribeParameters

--- What GetParameters does not say.
local function description(job, name)
  local key = job.place.key .. "/ssm/DescribeParameters"
  return share.named(job.machine.pool, key, name, MOST_NAMES, function(names)
    local found = {}
    local answer = job.machine:all(job.place, "ssm", "DescribeParameters",
      { ParameterFilters = { { Key = "Name", Option = "Equals", Values = names } } })
    for _, item in ipairs(answer.Parameters or {}) do found[item.Name] = item end
    return found
  end) or {}
end

--- For `also_read`.
---@param member string
---@return fun(job: table, name: string): any
function parameters.described(member)
  return function(job, name) return description(job, name)[member] end
end

--- For `also_read`: the policies as the one text that they were written as.
---@param job table
---@param name string
---@return string|nil
function parameters.policies(job, name)
  local list = {}
  for i, policy in ipairs(description(job, name).Policies or {}) do
    list[i] = json.decode(policy.PolicyText)
  end
  return #list > 0 and json.encode(value.list(list)) or nil
end

local MEMBERS = { "Value", "Type", "Description", "Tier", "AllowedPattern", "Policies", "DataType" }

--- For `update`, of everything at once.
---@param change table
---@return table[]
function parameters.put(change)
  local params = { Name = change.identifier, Overwrite = true }
  for _, name in ipairs(MEMBERS) do params[name] = change.want[name] end
  if change.changed.Description and params.Description == nil then params.Description = "" end
  if change.changed.Policies and params.Policies == nil then params.Policies = "[]" end
  if not change.changed.DataType then params.DataType = nil end
  return { { "PutParameter", params } }
end

--- For `find`: by its name.
---@param job table
---@param query table
---@return string|nil identifier, table|nil owner
function parameters.find(job, query)
  local name = query.want.Name
  if type(name) ~= "string" then return nil end
  local answer = job.machine:call(job.place, "ssm", "GetParameters", { Names = { name } })
  if not (answer.Parameters and answer.Parameters[1]) then return nil end
  local list = job.machine:call(job.place, "ssm", "ListTagsForResource",
    { ResourceType = "Parameter", ResourceId = name })
  return name, tags.owner(list.TagList)
end

return parameters
