--- Declared against live as a unified diff: "-" is live, "+" is declared.
local plain = require "engine.value.plain"
local text = require "engine.report.text"

local CONTEXT = 3
local SHORT = 80 -- characters that an item may have on one line
local MANY = 400 -- lines; a longer pair is shown whole

local add

--- The lines of a list or a map, one a member.
local function add_members(lines, head, v, indent)
  local list = plain.is_list(v)
  lines[#lines + 1] = indent .. head .. (list and "[" or "{")
  for _, key in ipairs(plain.keys(v)) do
    add(lines, list and "" or text.escape(tostring(key)) .. " = ", v[key], indent .. "  ")
  end
  lines[#lines + 1] = indent .. (list and "]" or "}")
end

--- The lines of a text; the mark at its end says whether the last one ends with a line end.
local function add_text(lines, head, v, indent)
  lines[#lines + 1] = indent .. head .. '"""'
  for line in (v:gsub("\n$", "") .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = indent .. "  " .. text.escape(line)
  end
  lines[#lines + 1] = indent .. (v:sub(-1) == "\n" and '"""' or '""" (no line end)')
end

--- Adds the lines of a value: what is short on one, everything else spread out.
function add(lines, head, v, indent)
  local deep = indent ~= "" and #text.value(v) <= SHORT
  if text.is_open(v) and not deep then
    add_members(lines, head, v, indent)
  elseif type(v) == "string" and v:find("\n", 1, true) and v ~= "(secret)" then
    add_text(lines, head, v, indent)
  else
    lines[#lines + 1] = indent .. head .. text.value(v)
  end
end

--- The lengths of the longest common sequences of lines.
local function common_lengths(a, b)
  local rows = { [#a + 1] = setmetatable({}, { __index = function() return 0 end }) }
  for i = #a, 1, -1 do
    local row, below = { [#b + 1] = 0 }, rows[i + 1]
    for j = #b, 1, -1 do
      row[j] = a[i] == b[j] and below[j + 1] + 1 or math.max(below[j], row[j + 1])
    end
    rows[i] = row
  end
  return rows
end

--- The two as one list of { mark, line }.
local function edits(a, b)
  local result, i, j = {}, 1, 1
  local many = #a > MANY or #b > MANY
  local rows = not many and common_lengths(a, b)
  while i <= #a or j <= #b do
    if not many and i <= #a and j <= #b and a[i] == b[j] then
      result[#result + 1] = { " ", a[i] }
      i, j = i + 1, j + 1
    elseif i <= #a and (j > #b or many or rows[i + 1][j] >= rows[i][j + 1]) then
      result[#result + 1] = { "-", a[i] }
      i = i + 1
    else
      result[#result + 1] = { "+", b[j] }
      j = j + 1
    end
  end
  return result
end

--- Which lines are near enough to a change to be shown.
local function near(list)
  local shown = {}
  for i, edit in ipairs(list) do
    if edit[1] ~= " " then
      for j = math.max(1, i - CONTEXT), math.min(#list, i + CONTEXT) do shown[j] = true end
    end
  end
  return shown
end

local function header(hunk, about)
  local function range(start, count)
    return ("%d,%d"):format(count == 0 and start - 1 or start, count)
  end
  return ("@@ -%s +%s @@ %s"):format(range(hunk.old, hunk.old_count),
    range(hunk.new, hunk.new_count), about)
end

local COLORS = { ["-"] = "red", ["+"] = "green" }

local function put_hunk(out, hunk, about, style)
  out[#out + 1] = text.paint(style, "cyan", header(hunk, about))
  for _, edit in ipairs(hunk.edits) do
    local line = edit[1] .. edit[2]
    out[#out + 1] = COLORS[edit[1]] and text.paint(style, COLORS[edit[1]], line) or line
  end
end

local function put_hunks(out, list, about, style)
  local shown, hunk, old, new = near(list), nil, 1, 1
  for i, edit in ipairs(list) do
    if shown[i] then
      hunk = hunk or { old = old, new = new, old_count = 0, new_count = 0, edits = {} }
      hunk.edits[#hunk.edits + 1] = edit
      if edit[1] ~= "+" then hunk.old_count = hunk.old_count + 1 end
      if edit[1] ~= "-" then hunk.new_count = hunk.new_count + 1 end
    elseif hunk then
      put_hunk(out, hunk, about, style)
      hunk = nil
    end
    if edit[1] ~= "+" then old = old + 1 end
    if edit[1] ~= "-" then new = new + 1 end
  end
  if hunk then put_hunk(out, hunk, about, style) end
end

--- The lines of all properties, each old one followed by its new one.
local function property_edits(change)
  local all = {}
  for _, property in ipairs(change.properties or {}) do
    local head, old, new = text.escape(property.path) .. " = ", {}, {}
    if property.old ~= nil then add(old, head, property.old, "") end
    if property.new ~= nil then add(new, head, property.new, "") end
    table.move(edits(old, new), 1, #old + #new, #all + 1, all)
  end
  return all
end

--- One resource of a plan as a unified diff.
---@param change table
---@param style table|nil
---@return string[] lines none where nothing of it differs
return function(change, style)
  local name = text.escape(change.name)
  local live = change.identifier and change.action ~= "create" and
    ("live/%s %s"):format(name, text.escape(tostring(change.identifier))) or "/dev/null"
  local declared = "/dev/null"
  if change.action ~= "delete" and change.action ~= "forget" then
    declared = "declared/" .. name .. (change.source and " " .. change.source or "")
  end
  local list = property_edits(change)
  if change.action == "delete" then list = { { "-", change.type .. " " .. name } } end
  local out = {}
  for i, line in ipairs { "--- " .. live, "+++ " .. declared } do
    out[i] = text.paint(style, "bold", line)
  end
  put_hunks(out, list, change.type, style)
  if #out == 2 then return {} end
  return out
end
