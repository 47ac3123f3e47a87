-- where.lua says where state is: --state, else MRUN_STATE, else mrun.json beside the recipe, else
-- .mrun in the current folder.
local passphrase = require "main.passphrase"
local sys = require "native.sys"

local FOLDER <const> = ".mrun"

local where = {}

---The folder of all stacks where nothing else is said, and of saved plans always.
where.FOLDER = FOLDER

-- A folder that mrun.json names is below the folder of mrun.json.
local function beside(path, folder)
  local above = path:match "^(.*)/[^/]*$"
  if folder:match "^/" or folder:match "^%a[%w+.-]*:" then return folder end
  return above .. "/" .. folder
end

---@param mrun table
---@return string|table what state.location takes
function where.state_location(mrun)
  local said = mrun.options.state or sys.getenv "MRUN_STATE"
  if said and said ~= "" then return said end
  local set, path = mrun.settings.state, mrun.settings_path
  if type(set) == "string" then return beside(path, set) end
  if type(set) ~= "table" then return FOLDER end
  local settings = {}
  for name, value in pairs(set) do settings[name] = value end
  if type(set.url) == "string" then settings.url = beside(path, set.url) end
  return settings
end

---What opens a state, but for the stack.
---@param mrun table
---@return table of state.open
function where.state_options(mrun)
  mrun.keys = mrun.keys or { passphrase = passphrase(mrun.console), derived = {} }
  return {
    encryption = mrun.settings.encryption, passphrase = mrun.keys.passphrase,
    derived = mrun.keys.derived,
    root = where.state_location(mrun), local_root = FOLDER, now = mrun.ports.now,
    random = mrun.ports.random, signal = mrun.ports.signal,
    region = mrun.options.region, profile = mrun.options.profile,
  }
end

return where
