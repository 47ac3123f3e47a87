-- The texts of a rule set: "https://{Region}.{url#authority}"; "{{" and "}}" are the braces
-- themselves.
local template = {}

---Takes a text apart: its literal pieces, and between them references.
---@param text string
---@return (string | { name: string, path: string })[]|nil pieces
---@return string|nil reason
function template.pieces(text)
  local pieces, literal, from = {}, "", 1
  while true do
    local at = text:find("[{}]", from)
    literal = literal .. text:sub(from, (at or 0) - 1)
    if not at then break end
    local brace = text:sub(at, at)
    if text:sub(at + 1, at + 1) == brace then
      literal, from = literal .. brace, at + 2
    else
      local name, path, stop = text:match("^{([%w_]+)#?([^{}]*)}()", at)
      if not name then return nil, ("the braces in %q do not match"):format(text) end
      if literal ~= "" then pieces[#pieces + 1] = literal end
      pieces[#pieces + 1] = { name = name, path = path:gsub("#", ".") }
      literal, from = "", stop
    end
  end
  if literal ~= "" or #pieces == 0 then pieces[#pieces + 1] = literal end
  return pieces
end

---The steps of an attribute's path: "resourceId[2].name" is { "resourceId", 2, "name" }.
---@param path string
---@return (string|integer)[]|nil
function template.steps(path)
  local steps = {}
  for part in (path .. "."):gmatch("([^.]*)%.") do
    local name, indices = part:match("^([^%[%]]*)(.*)$")
    if name == "" and indices == "" then return nil end
    if name ~= "" then steps[#steps + 1] = name end
    local rest = indices:gsub("%[(%-?%d+)%]", function(index)
      steps[#steps + 1] = math.tointeger(index)
      return steps[#steps] and #index < 10 and "" or nil
    end)
    if rest ~= "" then return nil end
  end
  return steps
end

---What stands at such steps below a value; nil where nothing does. Indices count from 0, and
---negative ones from the end.
---@param value any
---@param steps (string|integer)[]
---@return any
function template.walk(value, steps)
  for at = 1, #steps do
    if type(value) ~= "table" then return nil end
    local step = steps[at]
    if math.type(step) then step = step < 0 and #value + 1 + step or step + 1 end
    value = value[step]
  end
  return value
end

return template
