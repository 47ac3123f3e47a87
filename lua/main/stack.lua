-- stack.lua opens a stack: from its recipe, from its name, or from the plan saved last.
local failure = require "engine.failure"
local graph = require "engine.graph"
local host = require "main.host"
local options = require "main.options"
local schema = require "engine.schema"
local state = require "state"
local value = require "engine.value"

local stack = {}

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

---The name of the stack of a recipe that says none.
---@param mrun table
---@param path string
---@return string
function stack.stack_name(mrun, path) return mrun.options.stack or base_name(path) end

---The store of a stack, opened and not read.
---@param mrun table
---@param name string
---@return table store
function stack.open(mrun, name)
  local found = mrun.state_options()
  found.stack = name
  return state.open(found)
end

---Reads what a stack owns; where its state is in a network this waits.
---@param mrun table
---@param opened mrun.stack
---@return table state
function stack.load_state(mrun, opened)
  opened.state = mrun.task(function() return opened.store:load() end)
  -- What --debug shows has secrets in it that only the state knows of.
  if mrun.options.debug then
    value.expect_secrets(mrun.ports.digest, opened.state.key, opened.state.resources)
  end
  return opened.state
end

---The recipe named on the command line.
---@param mrun table
---@return string path
function stack.recipe(mrun)
  local path, more = mrun.args[1], mrun.args[2]
  if not path then usage("which recipe?", "say " .. mrun.module.usage) end
  if more then usage(("one recipe at a time, and not %s"):format(more), mrun.module.usage) end
  return path
end

-- What another stack has put out, as its state says; nil where there is no such stack.
local function outputs_of(mrun, name)
  local found = mrun.open(name):load()
  if found.lost then
    failure.raise { what = ("the state of the stack %s is lost"):format(name), where = found.path,
      next = "apply its recipe: that finds what it made" }
  end
  if not next(found.resources) and not next(found.outputs) then return nil end
  return found.outputs
end

local function evaluate(mrun, path, recorded)
  local handed = host.new { console = mrun.console, providers = mrun.providers,
    params_file = mrun.options.params_file, params = options.pairs_of(mrun.options.param),
    recorded = recorded, lint = mrun.module.lint, offline = mrun.module.offline,
    stack_name = mrun.options.stack,
    outputs = function(name) return outputs_of(mrun, name) end }
  return mrun.task(function() return front_end(path).load(handed, path) end)
end

local function check_others(evaluated, name)
  for _, other in ipairs(evaluated.other_stacks or {}) do
    if other.name == name then
      failure.raise { what = ("the stack %s reads an output of its own"):format(name),
        where = other.source, next = "use the value itself, or name the stack that was meant" }
    end
  end
end

---Evaluates a recipe, checks it, and opens its stack.
---@param mrun table
---@param path string
---@param recorded table|nil inputs of a saved plan
---@return mrun.stack
function stack.load(mrun, path, recorded)
  local evaluated = evaluate(mrun, path, recorded)
  local name = mrun.options.stack or evaluated.stack or base_name(path)
  check_others(evaluated, name)
  return {
    name = name, path = path, evaluated = evaluated, store = mrun.open(name),
    warnings = evaluated.warnings or {},
    graph = graph.build(evaluated, { schema = mrun.providers.schema, match = mrun.ports.match }),
  }
end

-- A stack that was named has to be there: a slip of the finger is no empty stack.
local function among(names, wanted)
  for _, name in ipairs(names) do
    if name == wanted then return wanted end
  end
  local near = schema.nearest(wanted, names)
  usage(("there is no stack %s here"):format(wanted), near and ("did you mean %s?"):format(near)
    or #names > 0 and "there are: " .. table.concat(names, ", ") or "--state says where to look")
end

local function name_of(mrun, path, absent)
  if absent and mrun.options.stack then return mrun.options.stack end
  if path and not mrun.options.stack then return base_name(path) end
  local where = mrun.state_options()
  local names = mrun.task(function() return state.stacks(where.root, where) end)
  if mrun.options.stack then return among(names, mrun.options.stack) end
  if #names == 1 then return names[1] end
  usage(#names == 0 and "there is no stack here" or "there are several stacks here: "
    .. table.concat(names, ", "), "name one with --stack, or its recipe")
end

---The stack that a recipe's name, --stack, or being the only one here says; nothing is evaluated.
---@param mrun table
---@param path string|nil
---@param absent boolean|nil  --stack may name one that is not there yet
---@return mrun.stack
function stack.existing(mrun, path, absent)
  local name = name_of(mrun, path, absent)
  local found = { name = name, path = path, store = mrun.open(name), graph = graph.nothing(name) }
  mrun.load_state(found)
  return found
end

return stack
