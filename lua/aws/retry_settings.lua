-- How a user wants calls to be repeated: retry_mode and max_attempts, from the options, the
-- environment or the profile.
local failure = require "engine.failure"

local settings = {}

-- The AWS CLI still takes "legacy", older rules of botocore alone; here it means the default.
local MODES <const> = { standard = "standard", adaptive = "adaptive", legacy = "standard" }

local function value_of(options, config, key, variable)
  if options[key] ~= nil then return options[key], "the option " .. key end
  local where = config.env(variable) and "the variable " .. variable
    or ("%s of the profile %s"):format(key, config.profile_name)
  return config:get(key, variable), where
end

local function wrong(value, where, wanted)
  failure.raise { what = ("%q is no way to repeat calls"):format(tostring(value)), where = where,
    code = "InvalidSetting", next = wanted }
end

---@param options table
---@param config aws.config
---@return "standard"|"adaptive"
function settings.mode(options, config)
  local value, where = value_of(options, config, "retry_mode", "AWS_RETRY_MODE")
  if value == nil then return "standard" end
  local mode = MODES[tostring(value):lower()]
  if not mode then wrong(value, where, "it is standard, or adaptive") end
  return mode
end

---@param options table
---@param config aws.config
---@return integer|nil
function settings.max_attempts(options, config)
  local value, where = value_of(options, config, "max_attempts", "AWS_MAX_ATTEMPTS")
  if value == nil then return nil end
  local count = math.tointeger(tonumber(value))
  if not count or count < 1 then wrong(value, where, "give a whole number of attempts, from 1") end
  return count
end

return settings
