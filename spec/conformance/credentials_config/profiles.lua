-- The grammar of the files, and where they lie.
local config = require "aws.config"
local ini = require "aws.config.ini"
local location = require "aws.config.location"
local same = require "same"
local world = require "credentials_config.world"

local profiles = {}

local function load(input)
  local files = { ["/home/.aws/config"] = input.configFile,
    ["/home/.aws/credentials"] = input.credentialsFile }
  return pcall(config.load, { read_file = world.reader(files),
    env = function(name) return name == "HOME" and "/home" or nil end })
end

-- Names of settings count in any case of letters.
local function lower(sections)
  local found = {}
  for name, settings in pairs(sections or {}) do
    found[name] = {}
    for key, value in pairs(settings) do found[name][key:lower()] = value end
  end
  return found
end

-- Nested settings come as tables in some of the cases: ours then too.
local function shaped(want, came)
  local found = {}
  for name, settings in pairs(came) do
    found[name] = {}
    for key, value in pairs(settings) do
      local nested = want[name] and type(want[name][key]) == "table"
      found[name][key] = nested and ini.nested(value) or value
    end
  end
  return found
end

local function check(case)
  local ok, found = load(case.input)
  local want = case.output
  if want.errorContaining then
    if ok then return "expected an error, came settings" end
    return nil
  end
  if not ok then return "expected settings, came " .. tostring(found) end
  want = want.config or want
  for _, key in ipairs { "profiles", "sso_sessions" } do
    if key == "profiles" or want[key] then
      local sections = lower(want[key])
      local wrong = same.difference(sections, shaped(sections, found[key]), key)
      if wrong then return wrong end
    end
  end
end

function profiles.parser(folder, name, suite)
  for _, case in ipairs((folder:json(name) or {}).tests or {}) do
    suite(name:match "^[^.]*" .. " " .. case.name, function() return check(case) end)
  end
end

local function check_location(case)
  local files = location.files(function(name) return case.environment[name] end,
    case.platform == "windows" and "windows" or nil)
  return same.difference({ config = case.configLocation, credentials = case.credentialsLocation },
    files)
end

function profiles.location(folder, name, suite)
  for _, case in ipairs((folder:json(name) or {}).tests or {}) do
    suite("file-location " .. case.name, function() return check_location(case) end)
  end
end

return profiles
