--- What a recipe holds but may not look into: resources, providers, types. Their insides
--- are kept here, out of reach.
local objects = {}

local insides = setmetatable({}, { __mode = "k" })

--- A proxy for `inside`, seen through `metatable` and nothing else.
---@param inside table with a `kind`: "resource", "provider", "service", "type", "pending"
---@param metatable table
---@return table
function objects.new(inside, metatable)
  local proxy = {}
  insides[proxy] = inside
  return setmetatable(proxy, metatable)
end

---@param v any
---@return table|nil inside
function objects.inside(v)
  return type(v) == "table" and insides[v] or nil
end

---@param v any
---@return string|nil kind
function objects.kind(v)
  local inside = objects.inside(v)
  return inside and inside.kind
end

return objects
