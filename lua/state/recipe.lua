-- Which recipe a stack belongs to: its path from the nearest folder above it that holds
-- mrun.json or .git, so that a clone elsewhere is the same recipe; without such a folder, its
-- file name.
local failure = require "engine.failure"
local fs = require "native.fs"

local ROOTS <const> = { "mrun.json", ".git" }

local recipe = {}

local function is_root(path)
  for _, name in ipairs(ROOTS) do
    if fs.stat(path .. "/" .. name) then return true end
  end
  return false
end

---@param path string
---@return string
function recipe.address(path)
  local full = fs.realpath(path)
  if not full then return (path:match("[^/]+$")) end
  local above = full:match("^(.*)/[^/]*$")
  while above ~= "" do
    if is_root(above) then return full:sub(#above + 2) end
    above = above:match("^(.*)/[^/]*$")
  end
  return (full:match("[^/]+$"))
end

---Raises where the state is of another recipe; a stack without resources belongs to none.
---@param state table
---@param address string  of the recipe at hand
function recipe.check(state, address)
  if not state.recipe or state.recipe == address or not next(state.resources) then return end
  failure.raise {
    what = ("the stack %s is of another recipe: %s, not %s")
      :format(state.stack, state.recipe, address),
    where = state.path,
    next = "give this recipe a stack of its own with --stack NAME",
  }
end

return recipe
