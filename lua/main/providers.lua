-- providers.lua finds providers by their names, makes each once, and answers for them: the front
-- ends and the engine are handed functions, never a provider's module.
local failure = require "engine.failure"
local process = require "native.host"
local provider = require "engine.provider"
local sys = require "native.sys"

local providers = {}

---A folder on MRUN_PATH may hold a provider as <name>/init.lua.
local function outside(name)
  for folder in (sys.getenv "MRUN_PATH" or ""):gmatch "[^:]+" do
    local chunk = loadfile(("%s/%s/init.lua"):format(folder, name), "t")
    if chunk then return chunk() end
  end
  return nil
end

local function module_of(name)
  if not name:match "^[%w_]+$" then return nil end
  local ok, made = pcall(require, "provider." .. name)
  if ok then return made end
  if not tostring(made):find("module 'provider." .. name .. "' not found", 1, true) then
    error(made, 0)
  end
  return outside(name)
end

---@param ports table
---@param settings { region: string|nil, profile: string|nil, aws: table } what the user chose
---@return table registry
function providers.new(ports, settings)
  local made = {}
  local self = {}

  ---The provider of this name, made on first use.
  function self.get(name)
    if not made[name] then
      local new = module_of(name)
      if not new then
        failure.raise { what = ("no provider %s"):format(name),
          next = "mrun has aws and file; others are found on MRUN_PATH" }
      end
      made[name] = provider.check(name, new(ports, settings))
    end
    return made[name]
  end

  ---The schema record of a type, or nil.
  function self.schema(name, type_name) return self.get(name).schema(type_name) end

  function self.types(name) return self.get(name).types() end

  ---The providers as the engine takes them: by name, made when asked for.
  self.by_name = setmetatable({}, { __index = function(_, name) return self.get(name) end })

  ---The names of the providers that this binary has.
  self.names = {}
  for _, path in ipairs(process.list "provider/") do
    local name = path:match "^provider/([%w_]+)/init%.lua$"
    if name then self.names[#self.names + 1] = name end
  end
  return self
end

return providers
