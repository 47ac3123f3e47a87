--- JSON for mrun's own files and for recipes: native.json without a shape, where a failure says the
--- line. Integers are exact, an empty list stays a list, keys are written sorted, limits are kept.
--- A null in a map is an absent member; in a list it is refused.
local native = require "native.json"

local json = {}

local function position(text, at)
  local before = text:sub(1, at - 1)
  local _, lines = before:gsub("\n", "\n")
  local column = at - (before:match(".*()\n") or 0)
  return ("line %d, column %d"):format(lines + 1, column)
end

local Failure = {
  __name = "json failure",
  __tostring = function(self) return self.message end,
}

local function fail(name, reason)
  local subject = name or "JSON"
  return nil, setmetatable({
    op = "decode", subject = subject, reason = reason, message = subject .. ": " .. reason,
  }, Failure)
end

---@param text string
---@param options { name: string|nil, max_bytes: integer|nil }|nil  name: for the failure
---@return any value nil with a failure where the text is broken or beyond the limits
---@return table|nil failure
function json.decode(text, options)
  local name = options and options.name
  local value, why = native.decode(nil, text,
    { refuses_null = true, max_bytes = options and options.max_bytes })
  if value == native.null then return fail(name, "a document of nothing but null") end
  if value ~= nil then return value end
  local at = why.subject:match("at byte (%d+)")
  return fail(name, at and ("%s (%s)"):format(why.reason, position(text, tonumber(at)))
    or why.reason)
end

--- Canonical text: sorted keys, no spaces. The same value always gives the same bytes.
---@param value any
---@return string
function json.encode(value)
  local text, why = native.encode(nil, value)
  return text or error(why.reason, 2)
end

return json
