-- Rows and intents with everything that a state must have of them, and what a spec says itself.
local whole = {}

local function with(defaults, fields)
  for key, member in pairs(fields) do defaults[key] = member end
  return defaults
end

local function thing()
  return { type = "T", provider = "memory", place = { key = "here", provider = "memory" } }
end

---@param fields table
---@return table
function whole.row(fields) return with(thing(), fields) end

---@param fields table  op, name, and what is otherwise than in a create
---@return table
function whole.intent(fields)
  local defaults = thing()
  defaults.action = "create"
  return with(defaults, fields)
end

return whole
