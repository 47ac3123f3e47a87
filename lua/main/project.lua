-- project.lua reads mrun.json: settings that belong to a folder of recipes, not to one run.
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "json"
local nearest = require "engine.schema.nearest"

local KNOWN <const> = { "aws", "state", "encryption" }
local AWS <const> = { "allow_http", "default_tags", "rate_limits" }
local FILE_BYTES <const> = 1024 * 1024

local project = {}

local function known(settings, names, where)
  for name in pairs(settings) do
    local found = false
    for _, one in ipairs(names) do found = found or one == name end
    if not found then
      local near = nearest(tostring(name), names)
      failure.raise { what = ("mrun.json has no setting %s"):format(name), where = where,
        next = near and ("did you mean %s?"):format(near)
          or "it takes " .. table.concat(names, ", ") }
    end
  end
end

local function parent(folder)
  if folder == "/" then return nil end
  return folder:match "^(.+)/[^/]+$" or "/"
end

---The settings of the nearest mrun.json at or above a folder; an empty table where there is none.
---@param folder string absolute
---@return table settings
---@return string|nil path
function project.settings(folder)
  local at = folder
  while at do
    local path = (at == "/" and "" or at) .. "/mrun.json"
    local text = fs.read(path, FILE_BYTES)
    if text then
      local settings, why = json.decode(text)
      if type(settings) ~= "table" then
        failure.raise { what = "mrun.json is not a JSON object",
          where = path .. ": " .. tostring(why),
          next = 'write { "aws": { "default_tags": { ... } } }' }
      end
      known(settings, KNOWN, path)
      known(settings.aws or {}, AWS, path)
      return settings, path
    end
    at = parent(at)
  end
  return {}, nil
end

return project
