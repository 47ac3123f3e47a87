-- import.lua takes over what exists and says so in the state.
local failure = require "engine.failure"
local schema = require "engine.schema"
local value = require "engine.value"

local import = {}

local function check_name(stack, name)
  if stack.graph.resources[name] then return end
  local near = schema.nearest(name, value.keys(stack.graph.resources))
  failure.raise { kind = "usage", where = stack.path,
    what = ("%s declares no resource %s"):format(stack.path, name),
    next = near and ("did you mean %s?"):format(near) or "declare it there first" }
end

--- The recipe of a stack whose name alone is given: the one that the state was made with.
local function recipe_of(mrun)
  local stack = mrun.existing(nil)
  local path = stack.state.recipe
  if path then return path end
  failure.raise { kind = "usage", where = "stack " .. stack.name,
    what = "the state does not say which recipe this stack is of",
    next = "say mrun import RECIPE NAME ID" }
end

---Takes one thing over as a resource that a recipe declares, as if `identifier` stood there.
---@param mrun table
---@param path string|nil the recipe; nil: that of the stack
---@param name string
---@param identifier string
---@return integer exit code
function import.import_one(mrun, path, name, identifier)
  mrun.must_be_able_to_ask "import"
  local stack = mrun.load(path or recipe_of(mrun))
  check_name(stack, name)
  local held <close> = mrun.lock(stack, "import")
  local plan = mrun.plan(stack, { settle = true, alone = name, adopt = { [name] = identifier } })
  return mrun.confirm_and_apply(stack, plan)
end

return import
