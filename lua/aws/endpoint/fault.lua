-- A rule set, or the partitions, that cannot be what AWS has published.
local failure = require "engine.failure"

---Raises.
---@param subject string  "the endpoint rule set"
---@param reason string
---@param where string|nil
return function(subject, reason, where)
  failure.raise {
    what = ("%s is damaged: %s"):format(subject, reason), where = where, code = "DamagedRules",
    next = "mrun version --verify checks the data file",
  }
end
