-- The checks of a recipe whose conditions are deferred: held against what is there where nothing
-- changes it, and otherwise after what they depend on has been made.
local failure = require "engine.failure"
local value = require "engine.value"

local checks = {}

local function failed(check)
  return failure.new { what = "check failed: " .. check.message, where = check.source,
    next = "change what the recipe declares, or the check" }
end

--- The condition, with all put in that `known` may tell; and what is still awaited.
local function resolved(run, check, known)
  local ctx = run.ctx
  local v, missing = value.resolve(check.value, function(name, attribute)
    local one = known(name)
    if not one then return nil end
    return ctx:attribute(one, one.have, attribute)
  end, function(place, lookup) return ctx:call(place, lookup) end)
  return value.reveal(v), missing
end

local function unseen_of(run, check)
  local set = run.choice.set
  for _, name in ipairs(set and value.names(check.value) or {}) do
    if not set[name] then return name end
  end
end

--- Makes the checks that can be made now: what they depend on is looked at and does not change.
---@param run table
---@return table[] failures
---@return table[] pending the checks to be made during apply
function checks.now(run)
  local failures, pending = {}, {}
  for _, check in ipairs(run.graph.checks or {}) do
    local unseen = unseen_of(run, check)
    if unseen then
      run.notices[#run.notices + 1] = ("not checked, since %s is not looked at: %s")
        :format(unseen, check.message)
    else
      local v, missing = resolved(run, check, function(name)
        return not run.changes[name] and run.known[name]
      end)
      if #missing > 0 or value.contains_deferred(v) then
        pending[#pending + 1] = check
      elseif not v then
        failures[#failures + 1] = failed(check)
      end
    end
  end
  return failures, pending
end

--- Makes one check after what it depends on is there; raises where it does not hold.
---@param run table of the plan
---@param check table
function checks.after(run, check)
  local v, missing = resolved(run, check, function(name) return run.known[name] end)
  if #missing > 0 then
    failure.raise { what = ("the check %q needs a value that %s does not have")
      :format(check.message, table.concat(missing, ", ")), where = check.source,
      next = "mrun show lists what it has" }
  end
  if not v then error(failed(check), 0) end
end

return checks
