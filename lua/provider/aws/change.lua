--- What a handler's code is handed: one change of one resource, and how to call the service for it.
local handler = require "provider.aws.handler"
local machine = require "provider.aws.machine"
local read = require "provider.aws.read"

local change = {}
change.__index = change

--- A change of a resource that exists.
---@param job table machine, place, handler
---@param fields table identifier, want, have, previous, op, tags
---@return table
function change.new(job, fields)
  local made = setmetatable({}, change)
  for key, v in pairs(fields) do made[key] = v end
  made.job = job
  made.have = made.have or {}
  made.fields = handler.fields(job.handler, fields.identifier)
  return made
end

--- The parameters by which an operation knows this resource.
---@param name string the operation
---@return table
function change:identify(name)
  local facts = self.job.machine:operation(self.job.handler.service, name)
  local params = {}
  for field, v in pairs(self.fields) do
    local member, many = facts:takes(field)
    if member then params[member] = many and { v } or v end
  end
  return params
end

--- An API call on this resource; waits while AWS says "not yet", raises what it refuses.
--- `patience.done` are codes that mean it was done already.
---@param name string the operation
---@param params table
---@param patience { later: table|nil, done: table|nil, deadline_ms: number|nil }|nil
---@return table answer
function change:call(name, params, patience)
  local all = self:identify(name)
  for member, v in pairs(params or {}) do all[member] = v end
  local job = self.job
  local answer, err = job.machine:insist(job.place, job.handler, name, all, patience)
  if answer then return answer end
  if patience and machine.matches(err, patience.done) then return {} end
  error(err, 0)
end

--- What is known of these properties: as they are, as they were applied last, or, where nobody
--- knows what was applied, as a read now says.
---@param properties string[]
---@return table<string, any>
function change:known(properties)
  local known, wanted, id = {}, {}, self.identifier
  for _, name in ipairs(properties) do
    known[name] = self.have[name]
    if known[name] == nil and self.previous then known[name] = self.previous[name] end
    if known[name] == nil then wanted[name] = true end
  end
  if self.previous or not next(wanted) then return known end
  local have = read.all(self.job, { id }, { [id] = wanted })[id] or {}
  for name in pairs(wanted) do known[name] = have[name] end
  return known
end

--- A read in the same service; nothing is waited for.
---@param name string the operation
---@param params table
---@return table answer
function change:ask(name, params)
  return self.job.machine:call(self.job.place, self.job.handler.service, name, params)
end

--- Waits until `done()` is true, or for half an hour.
---@param done fun(): boolean
function change:wait(done)
  local now = self.job.machine.ports.now
  local until_ms, pause_ms = now() + 30 * 60 * 1000, nil
  while not done() and now() < until_ms do pause_ms = self.job.machine:pause(pause_ms) end
end

return change
