--- What the service model says about an operation: which members it takes, where its tags and its
--- token go, which list it answers with.
local operation = {}
operation.__index = operation

local function members(shape)
  local found, names = {}, {}
  for _, member in ipairs(shape and shape:members() or {}) do
    found[member.name] = member.shape
    names[#names + 1] = member.name
  end
  return found, names
end

local function token(found)
  for _, name in ipairs { "ClientToken", "ClientRequestToken", "IdempotencyToken" } do
    if found[name] then return name end
  end
end

--- The facts of one operation; looked up once for each provider.
---@param data table the data file
---@param service string
---@param name string
---@return table
function operation.of(data, service, name)
  local record = data:operation(service, name)
  if not record then error(("%s has no operation %s"):format(service, name), 0) end
  local input = members(record.input)
  return setmetatable({
    name = name, service = service, input = input, output = record.output, token = token(input),
    tags = (input.TagSpecifications or input.Tags) ~= nil,
  }, operation)
end

--- The member that takes this field of an identifier: `VpcId`, or the list `VpcEndpointIds`.
---@param field string
---@return string|nil member, boolean|nil many
function operation:takes(field)
  if self.input[field] then return field, false end
  if self.input[field .. "s"] then return field .. "s", true end
end

--- The list of structures it answers with.
---@return string|nil
function operation:answers()
  local output = members(self.output)
  local _, names = members(self.output)
  for _, name in ipairs(names) do
    if output[name].kind == "list" then return name end
  end
end

--- The member for filters: DescribeNatGateways alone calls it Filter.
---@return string|nil
function operation:filters()
  return self.input.Filters and "Filters" or self.input.Filter and "Filter" or nil
end

return operation
