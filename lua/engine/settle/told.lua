-- What settling has found, a line for each resource: what the run that was interrupted has done
-- of it, and how it goes on.
local told = {}

local BY = "by the run that was interrupted"

local created = {
  found = function(one) return ("made (%s) %s; going on"):format(one.identifier, BY) end,
  ["sent again"] = function(one)
    return ("not made %s; made now (%s)"):format(BY, one.identifier)
  end,
  ["not done"] = function(one)
    local code = one.result.failure and one.result.failure.code
    return ("not made %s%s"):format(BY, code and (": refused, " .. code) or "")
  end,
}

local deleted = {
  done = function(one) return ("deleted (%s) %s"):format(one.intent.identifier, BY) end,
  ["not done"] = function(one)
    return ("not deleted (%s) %s"):format(one.intent.identifier, BY)
  end,
}

local LINES = {
  create = created, delete = deleted,
  update = { ["looked at again"] = function() return "changed in part, or not at all, " .. BY end },
}

--- The line of one settled intent.
---@param one { intent: table, result: table, how: string, identifier: string|nil }
---@return string
function told.line(one)
  return ("%s: %s"):format(one.intent.name, LINES[one.intent.action][one.how](one))
end

local function paths(change)
  local list = {}
  for i, property in ipairs(change.properties) do list[i] = property.path end
  return table.concat(list, ", ")
end

local function unfinished(run, name, made)
  local change, live = run.changes[name], run.live[name]
  if change and change.action == "update" then
    return ("half made (%s) %s, without %s; it is finished"):format(made.identifier, BY,
      paths(change))
  elseif live and live.state and live.state.pending then
    return ("made (%s) %s, and still %s; it is waited for"):format(made.identifier, BY,
      live.state.pending)
  end
  return nil
end

--- Now that what is there is known: says of what was made whether it is whole.
---@param run table of plan.make
function told.half(run)
  for name, made in pairs(run.ctx.settled) do
    local text = unfinished(run, name, made)
    local old = run.ctx.rows[name] and run.ctx.rows[name].old
    if old and old[1] then
      text = ("%s; the one it replaces (%s) goes"):format(
        text or ("made (%s) %s"):format(made.identifier, BY), old[1].identifier)
    end
    if text then run.notices[made.notice] = ("%s: %s"):format(name, text) end
  end
end

return told
