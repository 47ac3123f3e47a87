-- take_over.lua writes into the state what a recipe that was just written declares and what is
-- there already. Nothing is changed in the world: the ownership tags come with the next apply.
local failure = require "engine.failure"
local fs = require "native.fs"
local plan = require "engine.plan"

local take_over = {}

---Refuses a file that is there and a stack that owns something, before anything is read or written.
---@param mrun table
---@param path string of the recipe or template to be written
function take_over.must_be_new(mrun, path)
  if fs.stat(path) then
    failure.raise { kind = "usage", what = ("%s is there already"):format(path),
      next = "give another file with --out" }
  end
  local name = mrun.stack_name(path)
  local state = mrun.load_state { store = mrun.open(name) }
  if not next(state.resources) and not state.lost then return end
  failure.raise { kind = "usage", what = ("the stack %s owns resources already"):format(name),
    next = "give another name with --stack, or take them over one by one: mrun import NAME ID" }
end

local files = {}
files.__index = files

function files.__close(self)
  for _, path in ipairs(self) do fs.remove(path) end
end

function files:write(path, text)
  assert(fs.replace(path, text))
  self[#self + 1] = path
end

function files:keep()
  for i in ipairs(self) do self[i] = nil end
end

---Files that go away again at the end of the block where they are not kept: after a failure the
---same command can be given once more.
---@return table files write(path, text), keep(); to be closed
function take_over.new_files() return setmetatable({}, files) end

---@param mrun table
---@param stack mrun.stack
---@param adopt table<string, string>|nil identifiers by name, beside those that stand in the recipe
---@return table plan as it was before: what differs stands in its changes
function take_over.all(mrun, stack, adopt)
  local held <close> = mrun.lock(stack, "import")
  local made = mrun.plan(stack, { settle = true, adopt = adopt, as_it_is = adopt ~= nil })
  local results = {}
  for i, row in ipairs(plan.adopted(made)) do
    results[i] = { ok = true, name = row.name, identifier = row.identifier, row = row }
  end
  mrun.safely(function()
    if #results > 0 then stack.store:finish(results) end
    stack.store:save { recipe = stack.address }
  end)
  stack.store:drop_plan()
  return made
end

return take_over
