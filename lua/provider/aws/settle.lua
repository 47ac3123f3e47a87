--- How the open create of a type can be settled after a crash.
local settle = {}

--- "token": resending it makes no second one; "name", "parent": a second one is refused; "poll":
--- only looking for its op tag tells, for as long as it may be invisible.
---@param job table
---@return "token"|"name"|"parent"|"poll", number|nil visible_s
function settle.rule(job)
  local made = job.handler
  local facts = job.machine:operation(made.service, made.create[1])
  if facts.token then return "token", made.visible_s end
  if made.read.item or made.service == "ssm" then return "name", made.visible_s end
  if made.find or made.create.unique then return "parent", made.visible_s end
  return "poll", made.visible_s
end

return settle
