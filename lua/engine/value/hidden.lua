--- Where a deferred value and a secret keep what they know: under a key that no recipe can spell,
--- so that every name stays free for members of the value itself.
local hidden = {}

local RAW = {}

--- A proxy that shows nothing of `raw`.
---@param raw { kind: string }
---@param metatable table
---@return table
function hidden.new(raw, metatable)
  return setmetatable({ [RAW] = raw }, metatable)
end

--- What stands behind a proxy; nil for everything else.
---@param v any
---@return table|nil
function hidden.raw(v)
  if type(v) ~= "table" then return nil end
  return rawget(v, RAW)
end

--- The kind of a proxy ("attribute", "join", "secret", ...); nil for everything else.
---@param v any
---@return string|nil
function hidden.kind(v)
  if type(v) ~= "table" then return nil end
  local raw = rawget(v, RAW)
  return raw and raw.kind
end

return hidden
