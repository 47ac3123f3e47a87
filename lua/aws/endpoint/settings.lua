-- Settings that decide endpoints: the session's option, the environment, the profile; S3's own
-- stand nested below `s3 =` in a profile, or in the option s3.
local failure = require "engine.failure"
local ini = require "aws.config.ini"

local settings = {}

local function wrong(name, value, allowed)
  failure.raise {
    what = ("the setting %s is %q; it must be %s"):format(name, tostring(value), allowed),
    code = "InvalidSetting", next = "correct it",
  }
end

---A value that is true or false, also as text.
---@param name string  for the message
---@param value any
---@return boolean|nil
function settings.boolean(name, value)
  if type(value) == "boolean" or value == nil then return value end
  local text = tostring(value):lower()
  if text ~= "true" and text ~= "false" then wrong(name, value, "true or false") end
  return text == "true"
end

---A value that is one of some words.
---@param name string
---@param value any
---@param words string[]  the first is meant where there is no value
---@return string
function settings.word(name, value, words)
  local text = value == nil and words[1] or tostring(value):lower()
  for _, word in ipairs(words) do
    if text == word then return word end
  end
  wrong(name, value, table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words])
end

---A flag that is the same for all services.
---@param session table
---@param key string
---@param variable string
---@return boolean
function settings.flag(session, key, variable)
  local option = session.options[key]
  if option ~= nil then return settings.boolean(key, option) end
  return session.config:flag(key, variable) or false
end

---One of S3's settings, as it was written.
---@param session table
---@param key string  below `s3 =`
---@param more { variable: string|nil, profile: string|nil }|nil  where it may also stand
---@return any
function settings.s3(session, key, more)
  local option = (session.options.s3 or {})[key]
  if option ~= nil then return option end
  more = more or {}
  local profile = session.config:profile()
  for _, text in ipairs {
    more.variable and session.env(more.variable) or "",
    more.profile and profile[more.profile] or "",
    ini.nested(profile.s3)[key] or "",
    more.profile and ini.nested(profile.s3)[more.profile] or "",
  } do
    if text ~= "" then return text end
  end
end

return settings
