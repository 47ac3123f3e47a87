-- host.lua is what a front end may know of the world: files, parameters, schemas, look-ups. It is
-- handed functions; it requires neither a provider nor a native module that touches the world.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "json"
local process = require "native.host"
local regex = require "native.regex"
local sys = require "native.sys"
local value = require "engine.value"
local yaml = require "native.yaml"

local RECIPE_BYTES <const> = 16 * 1024 * 1024

local host = {}

---Parameters from --params-file, and over them those from -P.
---@param file string|nil
---@param given table<string, string>
---@return table<string, any>
local function parameters(file, given)
  local params = {}
  if file then
    local text, why = fs.read(file, RECIPE_BYTES)
    if not text then
      failure.raise(failure.add(failure.from(why), { kind = "usage",
        next = "give --params-file the path of a JSON object" }))
    end
    local values, broken = json.decode(text)
    if type(values) ~= "table" or value.is_list(values) then
      failure.raise { what = "the parameters' file is not a JSON object", kind = "usage",
        where = file .. (broken and (": " .. tostring(broken)) or ""),
        next = 'write { "Name": "value" }' }
    end
    for name, v in pairs(values) do params[name] = v end
  end
  for name, v in pairs(given) do params[name] = v end
  return params
end

local function digest(key, text)
  return crypto.hex(crypto.hmac_sha256(key, text))
end

local function asker(console)
  if not console.can_ask then return nil end
  return function(name, param)
    local help = type(param) == "table" and param.help and (" (" .. param.help .. ")") or ""
    local hidden = type(param) == "table" and param.secret == true
    return console.ask(("%s%s: "):format(name, help), hidden)
  end
end

--- A saved plan's sources come from the plan; what it kept only a digest of is read again.
local function read_sources(recorded)
  local saved = recorded and recorded.sources or {}
  return function(path)
    if type(saved[path]) == "string" then return saved[path] end
    return fs.read(path, RECIPE_BYTES)
  end
end

local function is_special(path)
  local about = fs.stat(path)
  return about ~= nil and about.type == "other"
end

---@param given { console: table, providers: table, params_file: string|nil, params: table,
---  recorded: table|nil, outputs: fun(stack: string): table|nil }
---@return table host
function host.new(given)
  local providers = given.providers
  return {
    schema = providers.schema,
    types = providers.types,
    providers = providers.names,
    provider = providers.get,
    place = function(name, options) return providers.get(name).place(options) end,
    call = function(name, place, lookup) return providers.get(name).call(place, lookup) end,
    read_file = read_sources(given.recorded),
    realpath = fs.realpath,
    is_special = is_special,
    regex = regex.match,
    env = sys.getenv,
    params = parameters(given.params_file, given.params),
    outputs = given.outputs,
    ask = asker(given.console),
    print = function(text) given.console.note(value.redact(text) .. "\n") end,
    json = json,
    yaml = yaml,
    digest = digest,
    random = function(bytes) return crypto.hex(crypto.random(bytes)) end,
    memory = process.memory_limit,
    cpu_limit = process.cpu_limit,
    recorded = given.recorded,
    lint = given.lint,
    offline = given.offline,
    stack_name = given.stack_name,
  }
end

return host
