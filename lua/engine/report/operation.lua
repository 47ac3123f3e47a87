--- An operation of a service, as `--help` shows it: what it takes, what it gives.
local text = require "engine.report.text"

local NARROWEST, WIDEST = 40, 100
local MOST_VALUES = 16

local operation = {}

local function width_of(style)
  return math.max(NARROWEST, math.min(WIDEST, style and style.width or 80))
end

--- Adds the words in lines no wider than that, each indented.
---@param lines string[]
---@param words string
---@param indent integer
---@param width integer
function operation.wrap(lines, words, indent, width)
  local head = (" "):rep(indent)
  local line, length = nil, 0
  for word in words:gmatch("%S+") do
    local size = utf8.len(word) or #word
    if line and indent + length + 1 + size <= width then
      line, length = line .. " " .. word, length + 1 + size
    else
      if line then lines[#lines + 1] = head .. line end
      line, length = word, size
    end
  end
  if line then lines[#lines + 1] = head .. line end
end

--- The first sentence of a piece of documentation.
---@param words string|nil
---@return string|nil
function operation.sentence(words)
  if not words then return nil end
  local paragraph = words:match("^%s*(.-)%s*\n") or words
  paragraph = paragraph:gsub("%s+", " ")
  local at = 1
  while true do
    local stop = paragraph:find("%. %f[%u`\"]", at)
    if not stop then return paragraph end
    local before = paragraph:sub(1, stop)
    if not (before:find("%f[%w]e%.g%.$") or before:find("%f[%w]i%.e%.$")) then return before end
    at = stop + 1
  end
end

local function paragraph(words)
  return words and (words:match("^%s*(.-)%s*\n\n") or words) or nil
end

local function facts_of(member)
  local facts = { member.type }
  if member.required then facts[#facts + 1] = "required" end
  if member.secret then facts[#facts + 1] = "secret" end
  if member.again then facts[#facts + 1] = "as above" end
  return table.concat(facts, ", ")
end

local function values_of(enum)
  local shown = table.move(enum, 1, math.min(#enum, MOST_VALUES), 1, {})
  local more = #enum > #shown and (", ... (%d in all)"):format(#enum) or ""
  return "one of " .. table.concat(shown, ", ") .. more
end

-- What must be given comes first.
local function ordered(members)
  local list = {}
  for _, required in ipairs { true, false } do
    for _, member in ipairs(members) do
      if (member.required or false) == required then list[#list + 1] = member end
    end
  end
  return list
end

local function add_members(lines, members, depth, view)
  local indent = depth * 4 - 2
  for _, member in ipairs(ordered(members)) do
    lines[#lines + 1] = ("%s%s  %s"):format((" "):rep(indent),
      text.paint(view.style, "bold", member.name), text.paint(view.style, "dim", facts_of(member)))
    local help = depth == 1 and paragraph(member.help) or operation.sentence(member.help)
    if help and view.helps then operation.wrap(lines, help, indent + 4, view.width) end
    if member.enum and view.helps then
      operation.wrap(lines, values_of(member.enum), indent + 4, view.width)
    end
    if member.members and depth < view.depth then
      add_members(lines, member.members, depth + 1, view)
    end
  end
end

local EXAMPLES = { integer = "1", number = "1.5", boolean = "true", ["any JSON"] = "{}",
  base64 = '"@FILE"', time = '"2030-01-31T12:00:00Z"' }

--- What must be given, filled with something of the right type.
local function example(members)
  local parts = {}
  for _, member in ipairs(members) do
    if member.required then
      local inner = member.members and example(member.members) or "{}"
      local value = EXAMPLES[member.type] or member.members and inner or nil
      if member.type:find("^list of") then
        local item = EXAMPLES[member.type:sub(9)] or member.members and inner
          or ('"%s"'):format(member.enum and member.enum[1] or "...")
        value = "[" .. item .. "]"
      elseif member.type:find("^map to") then
        value = "{}"
      end
      parts[#parts + 1] = ('"%s": %s'):format(member.name,
        value or ('"%s"'):format(member.enum and member.enum[1] or "..."))
    end
  end
  return #parts > 0 and "{ " .. table.concat(parts, ", ") .. " }" or "{}"
end

local function add_side(lines, title, members, view)
  lines[#lines + 1] = ""
  if #members == 0 then
    lines[#lines + 1] = title .. ": nothing"
    return
  end
  lines[#lines + 1] = title .. ":"
  add_members(lines, members, 1, view)
end

local function add_ways(lines, found, width)
  local ways = {}
  if found.paginated then ways[1] = "--all-pages gives the pages as one answer." end
  if #found.waiters > 0 then
    ways[#ways + 1] = "--wait NAME waits; it knows " .. table.concat(found.waiters, ", ") .. "."
  end
  if #ways > 0 then
    lines[#lines + 1] = ""
    operation.wrap(lines, table.concat(ways, " "), 0, width)
  end
end

--- What an operation takes and gives.
---@param found table of aws.describe
---@param style table|nil
---@return string
function operation.text(found, style)
  local width = width_of(style)
  local lines = { text.paint(style, "bold", ("%s %s"):format(found.service, found.operation)), "" }
  if found.help then
    operation.wrap(lines, paragraph(found.help), 2, width)
    lines[#lines + 1] = ""
  end
  local input = example(found.input)
  lines[#lines + 1] = ("  mrun aws %s %s%s"):format(found.service, found.operation,
    input ~= "{}" and (" --input '%s'"):format(input) or "")
  add_ways(lines, found, width)
  add_side(lines, "Input", found.input, { style = style, width = width, depth = 4, helps = true })
  add_side(lines, "Output", found.output, { style = style, width = width, depth = 3 })
  return table.concat(lines, "\n") .. "\n"
end

--- Names, each with a sentence behind it where there is one.
---@param rows { name: string, help: string|nil }[]
---@param style table|nil
---@return string
function operation.list(rows, style)
  local widest, lines = 0, {}
  for _, row in ipairs(rows) do widest = math.max(widest, #row.name) end
  local limit = style and style.width or 80
  for i, row in ipairs(rows) do
    local pad = (" "):rep(widest - #row.name + 2)
    local room = limit - widest - 2
    local help = row.help and room >= 20 and text.cut(row.help, room)
    lines[i] = help and row.name .. pad .. text.paint(style, "dim", help) or row.name
  end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

return operation
