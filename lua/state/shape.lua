-- What a state has to look like before anything is built upon it: what a person pushes, and what is
-- read back from where others may have written. Every fault is told at once, up to a few.
local failure = require "engine.failure"

local KEPT <const>, MOST <const> = 1000, 6 -- faults; so many are told, in order
local LONGEST <const> = 4096 -- bytes of a name
local SHOWN <const> = 60 -- bytes of one in a message

local shape = {}

-- What a value may be ------------------------------------------------------------------------

local function text(v) return type(v) == "string" and v ~= "" and #v <= LONGEST end

local function word(v) return text(v) and v:find "^%w+$" ~= nil end

local function number(v) return type(v) == "number" end

local function count(v) return number(v) and v >= 0 and v < 2 ^ 53 and v == math.floor(v) end

local function map(v)
  return type(v) == "table" and (next(v) == nil or type(next(v)) == "string")
end

local function list_of(is_one)
  return function(v)
    if type(v) ~= "table" then return false end
    local members = 0
    for _, one in pairs(v) do
      if not is_one(one) then return false end
      members = members + 1
    end
    return members == #v
  end
end

local function place(v) return map(v) and text(v.key) and text(v.provider) end

local function options(v)
  return map(v) and (v.ignore_changes == nil or list_of(text)(v.ignore_changes))
end

local function row_or_none(v) return v == false or map(v) end

local function action(v) return v == "create" or v == "update" or v == "delete" end

local function output(v) return map(v) and text(v.name) end

local function outputs(v) return map(v) or list_of(output)(v) end

-- What must be there, and what may be ----------------------------------------------------------

local function need(name, is_right, what) return { name, is_right, what, needed = true } end
local function may(name, is_right, what) return { name, is_right, what } end

local TEXTS <const> = "not a list of texts"

local THING <const> = {
  need("type", text, "not a text"), need("provider", text, "not a text"),
  need("place", place, "not a map with key and provider"),
  may("depends", list_of(text), TEXTS),
  may("last", map, "not a map"), may("attributes", map, "not a map"),
  may("options", options, "not a map of options"), may("inputs", map, "not a map"),
  may("source", text, "not a text"), may("made", number, "not a number"),
}
local ROW <const> = { need("identifier", text, "not a text"), table.unpack(THING) }
local INTENT <const> = {
  may("identifier", text, "not a text"),
  need("op", text, "not a text"), need("name", text, "not a text"),
  need("action", action, "not create, update or delete"), may("want", map, "not a map"),
  may("have", row_or_none, "not a map"), may("changed", list_of(text), TEXTS),
  may("before", row_or_none, "not a row"), may("time", number, "not a number"),
}
local BODY <const> = {
  need("resources", map, "not a map of rows by their names"),
  may("open", list_of(map), "not a list of intents"),
  may("outputs", outputs, "not a map"), may("inputs", map, "not a map"),
  may("recipe", text, "not a text"),
}
local HEAD <const> = {
  need("serial", count, "not a whole number"), need("stack", text, "not a text"),
  may("records", count, "not a whole number"), may("id", word, "not letters and digits"),
  may("retired", word, "not letters and digits"), may("journal", text, "not a text"),
}

-- Looking ---------------------------------------------------------------------------------------

local function add(faults, where, what)
  faults.count = faults.count + 1
  if #faults < KEPT then faults[#faults + 1] = where .. ": " .. what end
end

local function cut(name) return #name > SHOWN and name:sub(1, SHOWN) .. "..." or name end

local function look(faults, where, content, fields)
  for _, field in ipairs(fields) do
    local v = content[field[1]]
    if v == nil then
      if field.needed then add(faults, where, field[1] .. " is missing") end
    elseif not field[2](v) then
      add(faults, where, ("%s is %s"):format(field[1], field[3]))
    end
  end
end

local function look_at_row(faults, where, row, name)
  if not map(row) then return add(faults, where, "not a row") end
  look(faults, where, row, ROW)
  if name and row.name ~= name then add(faults, where, "its name is another one") end
  if row.old == nil then return end
  if not list_of(map)(row.old) then return add(faults, where, "old is not a list of rows") end
  for at, old in ipairs(row.old) do look(faults, ("%s.old[%d]"):format(where, at), old, ROW) end
end

local function look_at_body(faults, content, named)
  look(faults, "the state", content, BODY)
  if map(content.resources) then
    for name, row in pairs(content.resources) do
      look_at_row(faults, "resources." .. cut(name), row, named and name)
    end
  end
  if not list_of(map)(content.open) then return end
  for at, intent in ipairs(content.open) do
    local where = ("open[%d]"):format(at)
    look(faults, where, intent, INTENT)
    look(faults, where, intent, THING)
  end
end

local function raise(faults, what, where, next)
  if faults.count == 0 then return end
  table.sort(faults)
  local told, left = math.min(#faults, MOST), faults.count - MOST
  local more = left > 0 and ("; and %d more"):format(left) or ""
  failure.raise { what = ("%s: %s%s"):format(what, table.concat(faults, "; ", 1, told), more),
    where = where, next = next }
end

---Raises where a state that is to be put in the place of another one is not whole.
---@param content table
---@param path string  of its file
function shape.check_new(content, path)
  local faults = { count = 0 }
  look(faults, "the state", content, HEAD)
  look_at_body(faults, content, true)
  raise(faults, "this is not a whole state, and nothing was changed", path,
    "mend that, or pull the state again")
end

---Raises where a state that was read is damaged.
---@param content table
---@param path string
---@param advice string
function shape.check_read(content, path, advice)
  local faults = { count = 0 }
  look(faults, "the state", content, HEAD)
  look_at_body(faults, content)
  raise(faults, "the state file is damaged", path, advice)
end

---Raises where a record of the journal is damaged that puts another state in the place of all.
---@param record table
---@param path string
function shape.check_record(record, path)
  if record.kind ~= "whole" then return end
  local faults = { count = 0 }
  local content = map(record.content) and record.content or {}
  look_at_body(faults, content)
  raise(faults, "the journal holds a damaged state", path,
    "move the journal away: the state that it replaced is in the history")
end

return shape
