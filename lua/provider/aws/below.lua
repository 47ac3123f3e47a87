--- What stands in a thing, or is attached to it: found by the filters that the handlers of what may
--- stand there give with their references (`refers`).
local members = require "provider.aws.members"
local read = require "provider.aws.read"
local ready = require "provider.aws.ready"
local slices = require "provider.aws.slices"

local below = {}

local MOST_VALUES = 200 -- of one filter

--- Whether AWS made it by itself, and takes it away by itself.
local function by_aws(made, item)
  return made.by_aws ~= nil and made.by_aws(item) or false
end

local function matching(job, rule, property, identifiers, into)
  local among = {}
  for _, identifier in ipairs(identifiers) do among[identifier] = true end
  for some in slices(identifiers, MOST_VALUES) do
    for _, item in ipairs(read.matching(job, { [rule.filter] = some })) do
      local own = among[members.receive(job.handler, item, {})[property]]
      if own and not by_aws(job.handler, item) and ready.of(job.handler, item) ~= "gone" then
        into[#into + 1] = { type = job.handler.type, identifier = read.identifier(job, item) }
      end
    end
  end
end

local function kinds_of(made)
  if not made.kinds then return { made } end
  local list = {}
  for _, kind in pairs(made.kinds) do list[#list + 1] = kind end
  return list
end

local function before(a, b)
  if a.type ~= b.type then return a.type < b.type end
  return a.identifier < b.identifier
end

--- All that stands in these things of one type.
---@param machine table
---@param place table
---@param types string[] the types that there are
---@param parent { type: string, identifiers: string[] }
---@return { type: string, identifier: string }[]
function below.list(machine, place, types, parent)
  local found, tasks = {}, {}
  for _, type_name in ipairs(types) do
    local made = machine:handler(type_name)
    for property, rule in pairs(made and made.refers or {}) do
      for _, kind in ipairs(rule.filter and rule[1] == parent.type and kinds_of(made) or {}) do
        local job = { machine = machine, place = place, handler = kind }
        tasks[#tasks + 1] = function()
          matching(job, rule, property, parent.identifiers, found)
        end
      end
    end
  end
  if #tasks > 0 then coroutine.yield { all = tasks } end
  table.sort(found, before)
  return found
end

--- Which of these AWS made by itself.
---@param job table
---@param identifiers string[]
---@return table<string, boolean>
function below.made_by_aws(job, identifiers)
  local set = {}
  if not job.handler.by_aws then return set end
  for identifier, item in pairs((read.items(job, identifiers, {}))) do
    set[identifier] = by_aws(job.handler, item) or nil
  end
  return set
end

return below
