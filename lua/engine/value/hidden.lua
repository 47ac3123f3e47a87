--- Where a deferred value and a secret keep what they know: beside the value and not in it, so that
--- no recipe can reach it, and every name stays free for members of the value itself.
local hidden = {}

--- What stands behind each proxy; the walks that meet every value look into it themselves.
---@type table<any, { kind: string }>
hidden.BEHIND = setmetatable({}, { __mode = "k" })
local BEHIND <const> = hidden.BEHIND

--- A proxy that shows nothing of `raw`.
---@param raw { kind: string }
---@param metatable table
---@return table
function hidden.new(raw, metatable)
  local proxy = setmetatable({}, metatable)
  BEHIND[proxy] = raw
  return proxy
end

--- What stands behind a proxy; nil for everything else.
---@param v any
---@return table|nil
function hidden.raw(v)
  return BEHIND[v]
end

--- The kind of a proxy ("attribute", "join", "secret", ...); nil for everything else.
---@param v any
---@return string|nil
function hidden.kind(v)
  local raw = BEHIND[v]
  return raw and raw.kind
end

return hidden
