-- The state of a stack as a store keeps it: what is loaded, and records upon it. Everything passes
-- through text, so that what could not be written is seen.
local replay = require "state.replay"
local text = require "spec.support.text"

local store = {}
store.__index = store

---@param stack string
---@param id string|nil
---@return table store
function store.new(stack, id)
  return setmetatable({ stack = stack, id = id or "5eed", key = "key", serial = 0, records = {},
    base = text.written { resources = {}, open = {} }, fresh = true }, store)
end

function store:load()
  local state = text.read(self.base)
  for _, line in ipairs(self.records) do replay.apply(state, text.read(line)) end
  state.stack, state.id, state.key, state.serial = self.stack, self.id, self.key, self.serial
  state.fresh, state.lost, state.retired = self.fresh or nil, self.lost, self.retired
  state.records = #self.records
  state.revision = self.serial .. "/" .. #self.records
  return state
end

function store:save()
  local state = self:load()
  self.base, self.records = text.written { resources = state.resources, open = state.open }, {}
  self.serial, self.lost = self.serial + 1, nil
  self.fresh = not next(state.resources) and not next(state.open) or nil
end

--- The journal port; `check` may raise first.
function store:port(check)
  local function add(kind)
    return function(list)
      check()
      self.fresh = nil
      for _, one in ipairs(list) do
        self.records[#self.records + 1] = text.written { kind = kind, [kind] = one }
      end
      self.syncs = (self.syncs or 0) + (kind == "intent" and 1 or 0)
    end
  end
  return { begin = add "intent", finish = add "result" }
end

return store
