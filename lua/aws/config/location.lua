-- Where the user's AWS files lie: below the home folder, unless the environment says otherwise.
-- Pure.
local location = {}

local function home_of(env, windows)
  local home = env "HOME"
  if home or not windows then return home end
  local path = env "HOMEPATH"
  return env "USERPROFILE" or path and (env "HOMEDRIVE" or "") .. path
end

---A path below the home folder; nil where there is no home.
---@param env fun(name: string): string|nil
---@param path string  as in ".aws/config"
---@param platform "windows"|nil
---@return string|nil
function location.below_home(env, path, platform)
  local home = home_of(env, platform == "windows")
  if not home then return nil end
  local separator = platform == "windows" and "\\" or "/"
  return home .. separator .. path:gsub("/", separator)
end

---A path that a person wrote: ~/ is the home folder.
---@param env fun(name: string): string|nil
---@param path string
---@param platform "windows"|nil
---@return string
function location.written(env, path, platform)
  local rest = path:match("^~[/\\](.*)$")
  return rest and location.below_home(env, rest, platform) or path
end

---The shared config and credentials files.
---@param env fun(name: string): string|nil
---@param platform "windows"|nil
---@return { config: string|nil, credentials: string|nil }
function location.files(env, platform)
  local function file(variable, path)
    local given = env(variable)
    if given then return location.written(env, given, platform) end
    return location.below_home(env, path, platform)
  end
  return {
    config = file("AWS_CONFIG_FILE", ".aws/config"),
    credentials = file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
  }
end

return location
