-- CloudFormation templates through the front end that ships, with AWS's schemas: loaded, and made
-- a graph in which every reference is found. What a user would be asked for gets some value.
local failure = require "engine.failure"
local fs = require "native.fs"
local graph = require "engine.graph"
local host = require "main.host"
local ports = require "main.ports"
local providers = require "main.providers"
local template = require "template"

local template_case = {}

local TEMPLATE_BYTES <const> = 4 * 1024 * 1024

local function nothing() end

local function value_of(_, spec)
  local kind = type(spec) == "table" and spec.type or "String"
  if spec.allowed then return spec.allowed[1] end
  if kind == "Number" then return tostring(spec.min or 1) end
  if kind:find "^List<Number" then return "1" end
  return ("a"):rep(math.max(8, spec.min or 0))
end

local ANSWERS <const> = {
  identity = function() return "123456789012" end,
  parameter = function() return "a-value" end,
  image = function() return { ImageId = "ami-12345678", Tags = {} } end,
  call = function() return {} end,
}

local machine

local function world()
  if machine then return machine end
  local port = ports.new { user_agent = "mrun-conformance", emit = nothing, turn = nothing }
  machine = { match = port.match,
    providers = providers.new(port, { region = "us-east-1", aws = {} }) }
  return machine
end

local function host_of(path)
  local handed = host.new { console = { can_ask = false, note = nothing }, params = {},
    providers = world().providers }
  handed.ask = value_of
  handed.read_file = function(name) return fs.read(name == "t" and path or name, TEMPLATE_BYTES) end
  handed.realpath = function(name) return name end
  handed.call = function(_, _, lookup) return ANSWERS[lookup[1]](lookup) end
  return handed
end

-- Look-ups answer at once; those that are made together are run one after the other.
local function drive(fn)
  local thread, input = coroutine.create(fn), nil
  while true do
    local ok, wanted = coroutine.resume(thread, input)
    if not ok then return nil, wanted end
    if coroutine.status(thread) == "dead" then return wanted end
    input = {}
    for at, each in ipairs(type(wanted) == "table" and wanted.all or {}) do
      local result, why = drive(each)
      if why then return nil, why end
      input[at] = result
    end
  end
end

---Loads the template at a path.
---@param path string
---@return table|nil graph
---@return any failure
function template_case.load(path)
  return drive(function()
    local evaluated = template.load(host_of(path), "t")
    return graph.build(evaluated, { schema = world().providers.schema, match = world().match })
  end)
end

---nil where the template loads.
---@param path string
---@return string|nil
function template_case.good(path)
  local loaded, why = template_case.load(path)
  if not loaded then return "expected it to load, came " .. tostring(why) end
end

-- What mrun does not do yet is no fault of a template.
local NOT_YET <const> = { "^mrun does not do", "^there is no type AWS::" }

local function is_lacking(why)
  for _, pattern in ipairs(NOT_YET) do
    if why.what:find(pattern) then return true end
  end
  return false
end

---nil where the template fails for one of the words in its name.
---@param path string
---@param name string
---@return string|nil
function template_case.bad(path, name)
  local loaded, why = template_case.load(path)
  if loaded then return "expected an error, came a template" end
  if not failure.is(why) then return "expected a failure, came " .. tostring(why) end
  local text = is_lacking(why) and "" or tostring(why):lower()
  for word in name:gsub("%.%w+$", ""):lower():gmatch "%w+" do
    if text:find(word:gsub("ies$", ""):gsub("s$", ""), 1, true) then return nil end
  end
  return "expected an error of " .. name .. ", came " .. tostring(why)
end

---All templates below a folder, by their paths in it.
---@param folder conformance.folder
---@param take fun(name: string, path: string)
---@param below string|nil
function template_case.each(folder, take, below)
  for _, name in ipairs(folder:list()) do
    local path = below and below .. "/" .. name or name
    local kind = fs.stat(folder.path .. "/" .. name).type
    if kind == "folder" then
      template_case.each(folder:below(name), take, path)
    elseif name:find "%.ya?ml$" or name:find "%.json$" or name:find "%.template$" then
      take(path, folder.path .. "/" .. name)
    end
  end
end

return template_case
