-- mrun types: the resource types, or what the schema knows of one.
local failure = require "engine.failure"
local report = require "engine.report"

local MARKS = {
  { "required", "required" }, { "create_only", "replaces" }, { "conditional", "may replace" },
  { "read_only", "read only" }, { "write_only", "write only" },
}

local function type_of(node, depth)
  if node["$ref"] then return node["$ref"]:match "[^/]+$" end
  local kind = node.type
  if type(kind) == "table" then kind = table.concat(kind, "|") end
  if kind == "array" and node.items and depth < 3 then
    return "list of " .. type_of(node.items, depth + 1)
  end
  return kind or "any"
end

local function marks_of(record, name)
  local marks = {}
  for _, mark in ipairs(MARKS) do
    local set = record[mark[1]] or {}
    local held = set[name]
    for _, entry in ipairs(set) do held = held or entry == name end
    if held then marks[#marks + 1] = mark[2] end
  end
  return marks
end

local function describe(mrun, record, documented)
  local rows = {}
  for _, name in ipairs(report.keys(record.properties)) do
    local node = record.properties[name]
    rows[#rows + 1] = {
      name = name, type = type_of(node, 0), marks = marks_of(record, name), enum = node.enum,
      help = documented and mrun.documentation(record.type .. "." .. name) or nil,
    }
  end
  local single = #record.identifier == 1 and record.identifier[1] or nil
  return { type = record.type, ref = record.ref or single,
    attributes = report.keys(record.attributes), properties = rows }
end

local function text_of(found)
  local lines = { found.type, "", "properties:" }
  for _, row in ipairs(found.properties) do
    local enum = row.enum and #row.enum <= 8 and (" (" .. table.concat(row.enum, ", ") .. ")") or ""
    local marks = #row.marks > 0 and ("  [" .. table.concat(row.marks, ", ") .. "]") or ""
    lines[#lines + 1] = ("  %-30s %s%s%s"):format(row.name, row.type, enum, marks)
    if row.help then lines[#lines + 1] = "      " .. row.help:gsub("%s+", " "):sub(1, 200) end
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Ref: " .. tostring(found.ref or "none; name an attribute")
  lines[#lines + 1] = "attributes: " .. table.concat(found.attributes, ", ")
  return table.concat(lines, "\n") .. "\n"
end

local function list(mrun)
  local names = mrun.types()
  if mrun.options.json then mrun.json(names) else mrun.print(table.concat(names, "\n") .. "\n") end
  return 0
end

return {
  summary = "list the resource types, or describe one",
  usage = "mrun types [TYPE] [--long]",
  options = { { name = "long", help = "with what AWS's documentation says of each property" } },
  run = function(mrun)
    local name = mrun.args[1]
    if not name then return list(mrun) end
    local record = mrun.schema(name)
    if not record then
      local near = mrun.nearest(name, mrun.types())
      failure.raise { what = ("no resource type %s"):format(name),
        next = near and ("did you mean %s?"):format(near) or "`mrun types` lists them" }
    end
    local found = describe(mrun, record, mrun.options.long)
    if mrun.options.json then mrun.json(found) else mrun.print(text_of(found)) end
    return 0
  end,
}
