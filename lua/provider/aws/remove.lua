--- Deleting: "not there" is success, "still in use" is waited for.
local failure = require "engine.failure"
local holders = require "provider.aws.holders"
local machine = require "provider.aws.machine"
local share = require "provider.aws.share"

local remove = {}

local ASK_AFTER_MS <const> = 2000 -- most refusals are over by then
local AGAIN_MS <const> = 15000 -- what was seen twice, and stays by itself, is there to stay

local function tell(job, change, waited_ms, err, who)
  job.machine:tell { kind = "waiting", name = change.name, type = job.handler.type,
    action = "delete", elapsed_ms = waited_ms,
    state = who and "used by " .. who or "still used: " .. tostring(err.code) }
end

--- Watches who it is that a delete waits for, at growing distances: tells that once, and whether
--- waiting is no use, for the same ones are there again, and none of them goes by itself. Where a
--- timeout was declared it is waited for so long all the same.
local function watcher(job, change, patience)
  local look_ms, gap_ms, told, before = ASK_AFTER_MS, AGAIN_MS, false, nil
  return function(err, waited_ms)
    if waited_ms < look_ms or not holders.concerns(job, err) then return false end
    local who, stay = holders.of(job, change)
    if not told then tell(job, change, waited_ms, err, who) end
    told = true
    if stay and who == before and not change.timeout then
      patience.who = who
      return true
    end
    before = stay and who or nil
    look_ms = waited_ms + gap_ms
    if not stay then gap_ms = 2 * gap_ms end
    return false
  end
end

local function patience_for(job, change)
  local made = job.handler
  local patience = {
    ends = true,
    later = made.delete.later or made.common.later.codes,
    deadline_ms = change.timeout and change.timeout * 1000 or made.delete.deadline_ms
      or made.common.later.deadline_ms,
  }
  if change.name then patience.refused = watcher(job, change, patience) end
  return patience
end

--- The final refusal, with whoever is still in the way.
local function raise_with_holders(job, change, err, who)
  who = who or holders.concerns(job, err) and holders.of(job, change) or nil
  if not who then error(err, 0) end
  local fields = { next = "take that away, or run it again when it has gone" }
  for key, v in pairs(err) do fields[key] = v end
  fields.what = ("%s; it is used by %s"):format((err.what:gsub("%.$", "")), who)
  failure.raise(fields)
end

local function raise_unless_gone(job, change, err, who)
  local made = job.handler
  if machine.matches(err, made.delete.gone or made.common.gone) then return end
  raise_with_holders(job, change, err, who)
end

--- Operations that take a list of ids delete everything of a turn in one call.
local function together(job, change, name, member, id)
  local made = job.handler
  local key = table.concat({ job.place.key, made.service, name }, "/")
  local answer = share.join(job.machine.pool, key, id, function(ids)
    local params = { [member] = ids }
    local patience = patience_for(job, change)
    local result, err = job.machine:insist(job.place, made, name, params, patience)
    if result then return result end
    if #ids > 1 then return { split = true } end
    raise_unless_gone(job, change, err, patience.who)
    return {}
  end)
  if not answer.split then return answer end
  local alone = patience_for(job, change)
  alone.done = made.delete.gone or made.common.gone
  return change:call(name, nil, alone)
end

local function raise_unsuccessful(job, change, answer)
  for _, each in ipairs(answer.Unsuccessful or {}) do
    if each.ResourceId == change.identifier then
      local err = failure.new {
        what = each.Error.Message, code = each.Error.Code, service = job.handler.service,
        operation = job.handler.delete[1], where = change.identifier,
      }
      raise_unless_gone(job, change, err)
    end
  end
end

local function delete(job, change)
  local made = job.handler
  local name = made.delete[1]
  if made.delete.before then made.delete.before(change, patience_for(job, change)) end
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
  local patience = patience_for(job, change)
  local answer, err = job.machine:insist(job.place, made, name, params, patience)
  if not answer then raise_unless_gone(job, change, err, patience.who) end
end

--- Deletes a resource.
---@param job table
---@param change table
function remove.apply(job, change)
  job.machine:expect(change.identifier, true)
  local ok, err = pcall(delete, job, change)
  if ok then return end
  job.machine:expect(change.identifier, false)
  error(err, 0)
end

return remove
