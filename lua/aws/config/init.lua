-- The user's AWS settings: the shared config and credentials files, the environment, one profile.
local failure = require "engine.failure"
local ini = require "aws.config.ini"
local keys_of = require "engine.value".keys
local location = require "aws.config.location"

---@class aws.config
---@field profile_name string
---@field looked string[]  the files that were looked at, for messages
---@field profiles table<string, table>  of both files together
---@field files { config: table, credentials: table }  the profiles of each file alone
---@field sso_sessions table<string, table>
local config = {}
config.__index = config

local function read(ports, path, kind, known)
  local bytes, cause
  if path then bytes, cause = ports.read_file(path, ini.MAX_BYTES) end
  if bytes then return ini.parse(bytes, kind, path, known) end
  if cause and cause.code ~= "ENOENT" and cause.code ~= "ENOTDIR" and cause.code ~= "EISDIR" then
    failure.raise {
      what = ("cannot read the AWS %s file: %s"):format(kind, cause.reason or cause.message),
      where = path, code = cause.code, next = "give yourself read permission, or move it away",
    }
  end
  return { profiles = {}, sso_sessions = {}, services = {}, absent = true }
end

local function merged(from_config, from_credentials)
  local profiles = {}
  for _, source in ipairs { from_config, from_credentials } do
    for name, settings in pairs(source.profiles) do
      profiles[name] = profiles[name] or {}
      for key, value in pairs(settings) do profiles[name][key] = value end
    end
  end
  return profiles
end

---Reads the files and chooses the profile: the given one, AWS_PROFILE, AWS_DEFAULT_PROFILE,
---"default".
---@param ports { env: function, read_file: function }
---@param profile string|nil
---@return aws.config
local function load(ports, profile)
  local paths = location.files(ports.env)
  local from_config = read(ports, paths.config, "config")
  local from_credentials = read(ports, paths.credentials, "credentials",
    from_config.profiles)
  local self = setmetatable({
    env = ports.env, paths = paths, explicit = profile ~= nil,
    profiles = merged(from_config, from_credentials),
    files = { config = from_config.profiles, credentials = from_credentials.profiles },
    services = from_config.services, sso_sessions = from_config.sso_sessions,
    looked = { paths.config or "~/.aws/config", paths.credentials or "~/.aws/credentials" },
  }, config)
  local chosen = profile or ports.env "AWS_PROFILE" or ports.env "AWS_DEFAULT_PROFILE"
  if chosen and not self.profiles[chosen] then self:no_profile(chosen) end
  self.profile_name = chosen or "default"
  return self
end

---Raises: there is no such profile.
---@param name string
function config:no_profile(name)
  local names = keys_of(self.profiles)
  failure.raise {
    what = ("there is no AWS profile %s"):format(name),
    where = "looked in " .. table.concat(self.looked, " and "),
    next = #names > 0 and "there are: " .. table.concat(names, ", ") or "there are none at all",
  }
end

---@param name string|nil  the chosen one when absent
---@return table<string, string>
function config:profile(name)
  return self.profiles[name or self.profile_name] or {}
end

---A setting: from the environment where it has a variable, else from the profile.
---@param key string
---@param variable string|nil
---@return string|nil
function config:get(key, variable)
  local value = variable and self.env(variable)
  if value and value ~= "" then return value end
  value = self:profile()[key]
  return value ~= "" and value or nil
end

---The same for a setting that is true or false.
---@param key string
---@param variable string|nil
---@return boolean|nil
function config:flag(key, variable)
  local value = self:get(key, variable)
  if value == nil then return nil end
  value = value:lower()
  if value == "true" then return true end
  if value == "false" then return false end
  failure.raise { what = ("the setting %s is %q; it must be true or false"):format(key, value),
    where = variable and ("the variable %s or profile %s"):format(variable, self.profile_name)
      or "profile " .. self.profile_name, next = "correct it" }
end

---The settings of one service in the profile's `services` section.
---@param service_key string  as in "elastic_beanstalk"
---@return table<string, string>
function config:service(service_key)
  local section = self.services[self:profile().services or ""]
  return ini.nested(section and section[service_key])
end

return { load = load }
