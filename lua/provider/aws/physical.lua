--- From CloudFormation's physical id of a resource to its identifier. Most often that is the same;
--- what is known by several parts is named by what is declared of it.
local find = require "provider.aws.find"
local handler = require "provider.aws.handler"
local ready = require "provider.aws.ready"
local read = require "provider.aws.read"

local physical = {}

local function is_there(job, identifier)
  local item = read.items(job, { identifier }, { [identifier] = {} })[identifier]
  return item ~= nil and ready.of(job.handler, item) ~= "gone"
end

--- The parts that have to be known before they can be joined.
local function joined(made, want)
  for _, name in ipairs(made.primary) do
    local declared = made.schema.properties[name] and want[name]
    if declared ~= nil and type(declared) ~= "string" then return nil end
  end
  if made.create.id then return made.create.id(nil, want) end
  return handler.join(made, want)
end

--- The identifier of something that is there, or nil.
---@param job table
---@param given { physical: string|nil, want: table } as declared, as far as it is known
---@return string|nil
function physical.identifier(job, given)
  local made, identifier = job.handler, given.physical
  if made.physical then
    identifier = made.physical(job, given.physical, given.want)
  elseif #made.primary > 1 then
    identifier = joined(made, given.want)
  end
  if identifier and is_there(job, identifier) then return identifier end
  return (find.any(job, { want = given.want }))
end

return physical
