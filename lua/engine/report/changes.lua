--- What changes, as lines: one a resource with its mark, its properties under it.
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"
local text = require "engine.report.text"
local words = require "engine.report.words"

local changes = {}

local INDENT = "      "
local WIDTH = 100

local function limit_of(style)
  return math.max(24, (style and style.terminal and style.width or WIDTH) - #INDENT)
end

--- The items that only one of two lists has.
local function only_in(list, other)
  local used, result = {}, {}
  for _, item in ipairs(list) do
    local found
    for j, candidate in ipairs(other) do
      if not found and not used[j] and plain.equal(item, candidate) then found = j end
    end
    if found then used[found] = true else result[#result + 1] = item end
  end
  return result
end

local UNSURE = " (nothing says whether AWS could change it in place)"

local function note_of(property)
  if property.replaces then
    return "forces replacement" .. (property.conditional and UNSURE or "")
  end
  if property.stranger then return "not declared" end
  return property.reset and "no longer declared" or nil
end

local function line_of(property, style, body)
  local line = INDENT .. text.escape(property.path) .. body
  local note = note_of(property)
  if not note then return line end
  return line .. "  " .. text.paint(style, property.replaces and "alarm" or "dim", "# " .. note)
end

local function list_lines(lines, property, style, limit)
  local gone, new = only_in(property.old, property.new), only_in(property.new, property.old)
  if #gone + #new == 0 then
    lines[#lines + 1] = line_of(property, style, ": another order")
    return
  end
  lines[#lines + 1] = line_of(property, style, ":")
  for _, item in ipairs(gone) do
    lines[#lines + 1] = INDENT .. text.paint(style, "red", "  - " .. text.value(item, limit))
  end
  for _, item in ipairs(new) do
    lines[#lines + 1] = INDENT .. text.paint(style, "green", "  + " .. text.value(item, limit))
  end
end

local function is_open_list(v)
  return plain.is_list(v) and not secret.is(v)
end

--- Cuts two values so that both fit, and so that where they first differ is seen.
local function pair(old, new, limit)
  local a, b = text.value(old), text.value(new)
  if #a + #b + 4 <= limit then return a, b end
  local half = math.max(16, (limit - 4) // 2)
  local same = 0
  while same < math.min(#a, #b) and a:byte(same + 1) == b:byte(same + 1) do same = same + 1 end
  local from = same - half // 3
  if from > 8 and a ~= b then
    while from > 0 and (a:byte(from + 1) or 0) & 0xc0 == 0x80 do from = from - 1 end
    a, b = "..." .. a:sub(from + 1), "..." .. b:sub(from + 1)
  end
  return text.cut(a, half), text.cut(b, half)
end

--- What is new: on one line where it fits, else with a line for each member.
local function new_lines(lines, property, style, limit)
  local whole = text.value(property.new)
  if #whole <= limit - #property.path - 3 or not text.is_open(property.new) then
    local room = math.max(16, limit - #property.path - 3)
    lines[#lines + 1] = line_of(property, style, " = " .. text.cut(whole, room))
    return
  end
  local list = plain.is_list(property.new)
  lines[#lines + 1] = line_of(property, style, list and " = [" or " = {")
  for _, key in ipairs(plain.keys(property.new)) do
    local head = list and "" or text.escape(tostring(key)) .. " = "
    lines[#lines + 1] = INDENT .. "  " .. text.cut(head .. text.value(property.new[key]), limit - 2)
  end
  lines[#lines + 1] = INDENT .. (list and "]" or "}")
end

local function property_lines(lines, property, style, action)
  local limit = limit_of(style)
  if action == "create" then
    new_lines(lines, property, style, limit)
  elseif is_open_list(property.old) and is_open_list(property.new) then
    list_lines(lines, property, style, limit - 4)
  else
    local old, new = pair(property.old, property.new, math.max(36, limit - #property.path - 2))
    lines[#lines + 1] = line_of(property, style, (": %s -> %s"):format(old, new))
  end
end

--- "web in eu-west-1": where it is, for a plan over several places.
local function where_of(change)
  local place = change.place or {}
  return place.display or place.region
end

local function several_places(list)
  local first
  for _, change in ipairs(list) do
    local where = where_of(change)
    if first and where ~= first then return true end
    first = first or where
  end
  return false
end

--- One resource and what changes of it.
---@param lines string[]
---@param change table
---@param style table|nil
---@param show_place boolean|nil
function changes.add(lines, change, style, show_place)
  local word = words.of(change.action)
  local head = ("%3s %s"):format(word.mark, text.escape(change.name))
  local parts = { text.paint(style, word.color, head), text.paint(style, "dim", change.type) }
  if change.identifier then parts[#parts + 1] = text.escape(tostring(change.identifier)) end
  if show_place and where_of(change) then parts[#parts + 1] = "in " .. where_of(change) end
  if change.because then
    local because = change.action == "replace" and "replaced for " or "because "
    parts[#parts + 1] = "(" .. because .. text.escape(change.because) .. ")"
  end
  lines[#lines + 1] = table.concat(parts, "  ")
  for _, property in ipairs(change.properties or {}) do
    property_lines(lines, property, style, change.action)
  end
end

--- All changes of a plan.
---@param list table[]
---@param style table|nil
---@return string[]
function changes.lines(list, style)
  local lines, show_place = {}, several_places(list)
  for _, change in ipairs(list) do changes.add(lines, change, style, show_place) end
  return lines
end

return changes
