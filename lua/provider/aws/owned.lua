--- What stacks of a name own at a place, by the ownership tags of EC2.
local fetch = require "provider.aws.fetch"
local slices = require "provider.aws.slices"

local owned = {}

local READ = { "DescribeTags", filters = "Filters", top = "Tags" }
local MOST_VALUES = 200

-- What an id begins with says what it is of, too: services that stand in for AWS have other words
-- for some kinds.
local PREFIXES = { eipalloc = "elastic-ip", igw = "internet-gateway", i = "instance",
  nat = "natgateway", rtb = "route-table", sg = "security-group", sgr = "security-group-rule",
  subnet = "subnet", vpc = "vpc", vpce = "vpc-endpoint" }

--- The types by the words that EC2 has for them: "vpc" for AWS::EC2::VPC. A rule of a security
--- group is a rule, whichever way it goes.
local function types_by_kind(machine, types)
  local map = {}
  for _, type_name in ipairs(types) do
    local made = machine:handler(type_name)
    local kind = made and made.service == "ec2" and made.create and made.create.tags
    if type(kind) == "function" then kind = kind({})[1] end
    if kind then
      map[kind] = map[kind] or {}
      table.insert(map[kind], type_name)
    end
  end
  return map
end

--- The names of these, and which of them are protected.
local function names_of(job, ids)
  local names, protected = {}, {}
  for some in slices(ids, MOST_VALUES) do
    for _, tag in ipairs(fetch.filtered(job, READ, { key = { "mrun:resource", "mrun:protect" },
      ["resource-id"] = some })) do
      if tag.Key == "mrun:resource" then names[tag.ResourceId] = tag.Value end
      if tag.Key == "mrun:protect" then protected[tag.ResourceId] = tag.Value == "true" or nil end
    end
  end
  return names, protected
end

--- One call where there is nothing; two where there is.
---@param machine table
---@param place table
---@param stack_name string
---@param types string[]
---@return { stack: string, name: string, type: string, identifier: string, protect: true|nil }[]
function owned.list(machine, place, stack_name, types)
  local job = { machine = machine, place = place, handler = { service = "ec2" } }
  local found, ids = {}, {}
  for _, tag in ipairs(fetch.filtered(job, READ, { key = { "mrun:stack" },
    value = { stack_name .. "/*" } })) do
    if tag.Key == "mrun:stack" and tag.Value:sub(1, #stack_name + 1) == stack_name .. "/" then
      found[#found + 1] = tag
      ids[#ids + 1] = tag.ResourceId
    end
  end
  if #found == 0 then return {} end
  local names, protected = names_of(job, ids)
  local kinds, list = types_by_kind(machine, types), {}
  for _, tag in ipairs(found) do
    local possible = kinds[tag.ResourceType]
      or kinds[PREFIXES[tag.ResourceId:match "^(%l+)%-" or ""]]
    if possible and names[tag.ResourceId] then
      list[#list + 1] = { stack = tag.Value, name = names[tag.ResourceId], type = possible[1],
        types = possible, identifier = tag.ResourceId, protect = protected[tag.ResourceId] }
    end
  end
  return list
end

return owned
