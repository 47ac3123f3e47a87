-- Saved plans: one a stack, always local, and the name of the stack that was planned last.
local document = require "state.document"
local folder = require "state.folder"

local VERSION <const> = document.VERSION
local PLAN <const>, LAST <const> = "plan", "last"

---@class state.plans
local plans = {}
plans.__index = plans

---@param root string
---@param stack string
---@param seal state.seal
---@return state.plans
local function open(root, stack, seal)
  return setmetatable({ seal = seal,
    root = folder.open(root), folder = folder.open(root .. "/" .. stack), stack = stack,
  }, plans)
end

---@param plan table
---@param identity { id: string, key: string }  what digests in the plan were made with
---@param now_ms number
function plans:save(plan, identity, now_ms)
  self.folder:ensure()
  local bytes = document.encode("plan", VERSION, {
    stack = self.stack, made_ms = now_ms, plan = plan,
    identity = { id = identity.id, key = identity.key },
  })
  self.folder:replace(PLAN, self.seal:close("plan", bytes))
  self.root:replace(LAST, self.stack .. "\n")
end

---@return table|nil plan
---@return table|nil identity
function plans:load()
  local bytes = self.folder:read(PLAN)
  if not bytes then return nil end
  local path = self.folder:at(PLAN)
  local saved = document.decode("plan", VERSION, self.seal:open("plan", bytes, path), path)
  return saved.plan, saved.identity
end

function plans:drop()
  self.folder:remove(PLAN)
end

---The stack that was planned last below this root.
---@param root string
---@return string|nil
local function last(root)
  local name = folder.open(root):read(LAST)
  return name and name:match("^([%w._/-]+)\n?$")
end

return { open = open, last = last }
