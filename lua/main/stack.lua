-- stack.lua opens a stack: from its recipe, from its name, or from the plan saved last.
local failure = require "engine.failure"
local fs = require "native.fs"
local graph = require "engine.graph"
local host = require "main.host"
local options = require "main.options"
local state = require "state"

local FOLDER <const> = ".mrun"

---@class mrun.stack
---@field name string
---@field path string|nil of the recipe
---@field evaluated table|nil what the front end returned
---@field graph table
---@field store table
---@field state table

local function usage(what, next)
  failure.raise { kind = "usage", what = what, next = next }
end

local function front_end(path)
  if path:match "%.ya?ml$" or path:match "%.json$" or path:match "%.template$" then
    return require "template"
  end
  return require "recipe"
end

local function base_name(path)
  return (path:match "([^/]+)$":gsub("%.[^.]*$", ""):gsub("[^%w._-]", "-"))
end

return function(mrun)
  local self = {}

  local function root()
    return mrun.options.state or FOLDER
  end

  local function open(name)
    return state.open { root = root(), local_root = FOLDER, stack = name, now = mrun.ports.now,
      random = mrun.ports.random }
  end

  local function evaluate(path, recorded)
    local given = options.pairs_of(mrun.options.param)
    local handed = host.new { console = mrun.console, providers = mrun.providers,
      params_file = mrun.options.params_file, params = given, recorded = recorded,
      lint = mrun.module.lint, stack_name = mrun.options.stack }
    return mrun.task(function() return front_end(path).load(handed, path) end)
  end

  ---The recipe named on the command line.
  ---@return string path
  function self.recipe()
    local path = mrun.args[1]
    if not path then usage("which recipe?", "say mrun " .. mrun.module.usage:match "mrun (.*)") end
    if mrun.args[2] then usage(("one recipe at a time, and not %s"):format(mrun.args[2]), mrun.module.usage) end
    return path
  end

  ---Evaluates a recipe, checks it, and opens its stack.
  ---@param path string
  ---@param recorded table|nil inputs of a saved plan
  ---@return mrun.stack
  function self.load(path, recorded)
    local evaluated = evaluate(path, recorded)
    local name = mrun.options.stack or evaluated.stack or base_name(path)
    local store = open(name)
    return {
      name = name, path = path, evaluated = evaluated, store = store,
      warnings = evaluated.warnings or {},
      graph = graph.build(evaluated, { schema = mrun.providers.schema, match = mrun.ports.match }),
    }
  end

  local function name_of(path)
    if mrun.options.stack then return mrun.options.stack end
    if path then return base_name(path) end
    local names = state.stacks(root())
    if #names == 1 then return names[1] end
    usage(#names == 0 and "there is no stack here" or "there are several stacks here: "
      .. table.concat(names, ", "), "name one with --stack, or its recipe")
  end

  ---The stack that a recipe's name, --stack, or being the only one here says; nothing is evaluated.
  ---@param path string|nil
  ---@return mrun.stack
  function self.existing(path)
    local name = name_of(path)
    local store = open(name)
    return { name = name, path = path, store = store, state = store:load(),
      graph = graph.nothing(name) }
  end

  return self
end
