--- Deleting: "not there" is success, "still in use" is waited for.
local machine = require "provider.aws.machine"
local share = require "provider.aws.share"

local remove = {}

local function patience(made)
  return {
    later = made.delete.later or made.common.later.codes,
    deadline_ms = made.delete.deadline_ms or made.common.later.deadline_ms,
  }
end

local function raise_unless_gone(made, err)
  if not machine.matches(err, made.delete.gone or made.common.gone) then error(err, 0) end
end

--- Operations that take a list of ids delete everything of a turn in one call.
local function together(job, change, name, member, id)
  local made = job.handler
  local key = table.concat({ job.place.key, made.service, name }, "/")
  local answer = share.join(job.machine.pool, key, id, function(ids)
    local params = { [member] = ids }
    local result, err = job.machine:insist(job.place, made, name, params, patience(made))
    if result then return result end
    if #ids > 1 then return { split = true } end
    raise_unless_gone(made, err)
    return {}
  end)
  if not answer.split then return answer end
  local alone = patience(made)
  alone.done = made.delete.gone or made.common.gone
  return change:call(name, nil, alone)
end

local function raise_unsuccessful(job, change, answer)
  for _, each in ipairs(answer.Unsuccessful or {}) do
    if each.ResourceId == change.identifier then
      local err = require "engine.failure".new {
        what = each.Error.Message, code = each.Error.Code, service = job.handler.service,
        operation = job.handler.delete[1], where = change.identifier,
      }
      raise_unless_gone(job.handler, err)
    end
  end
end

--- Deletes a resource.
---@param job table
---@param change table
function remove.apply(job, change)
  local made = job.handler
  local name = made.delete[1]
  if made.delete.before then made.delete.before(change) end
  local facts = job.machine:operation(made.service, name)
  local member, many = facts:takes(made.member)
  if many and not made.delete.with then
    local answer = together(job, change, name, member, change.fields[made.member])
    return raise_unsuccessful(job, change, answer)
  end
  local params = change:identify(name)
  if made.delete.with then
    for key, v in pairs(made.delete.with(change)) do params[key] = v end
  end
  local answer, err = job.machine:insist(job.place, made, name, params, patience(made))
  if not answer then raise_unless_gone(made, err) end
end

return remove
