-- Whether two values are the same, and in which place they first are not.
local json = require "native.json"

local same = {}

---One line for a value, cut where it is long.
---@param value any
---@return string
function same.show(value)
  local text = type(value) == "string" and ("%q"):format(value):gsub("\\\n", "\\n")
    or type(value) == "table" and json.encode(nil, value) or tostring(value)
  text = tostring(text):gsub("%c", " ")
  return #text > 400 and text:sub(1, 400) .. "..." or text
end

local function keys_of(a, b)
  local found, keys = {}, {}
  for _, each in ipairs { a, b } do
    for key in pairs(each) do
      if not found[key] then found[key], keys[#keys + 1] = true, key end
    end
  end
  table.sort(keys, function(one, other) return tostring(one) < tostring(other) end)
  return keys
end

---nil where they are the same, else what differs: "expected X, came Y".
---@param want any
---@param came any
---@param path string|nil  for the message
---@return string|nil
function same.difference(want, came, path)
  if want == came then return nil end
  if type(want) == "table" and type(came) == "table" then
    for _, key in ipairs(keys_of(want, came)) do
      local at = path and ("%s.%s"):format(path, tostring(key)) or tostring(key)
      local found = same.difference(want[key], came[key], at)
      if found then return found end
    end
    return nil
  end
  return ("%sexpected %s, came %s"):format(path and path .. ": " or "", same.show(want),
    same.show(came))
end

return same
