--- The text of a recipe for resources that are there already: pure, the other way of reading one.
local link = require "engine.discover.link"
local value = require "engine.value"

local write = {}

local WIDTH = 90
local MOST_LOCALS = 150 -- Lua allows a function 200

-- What a local of the recipe must not hide, and what Lua keeps for itself.
local TAKEN = {}
local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%a+" do
  TAKEN[word], KEYWORDS[word] = true, true
end
for word in ([[aws provider params output env file json yaml secret policy check scope stack apply
  each print require string table math utf8 pairs ipairs next select type made p tostring tonumber
  assert error pcall resource_type]]):gmatch "[%w_]+" do
  TAKEN[word] = true
end

local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

local function quoted(text)
  local function escape(char) return ESCAPES[char] or ("\\%03d"):format(char:byte()) end
  text = text:gsub('[%c"\\\127]', escape)
  if not utf8.len(text) then text = text:gsub("[\128-\255]", escape) end
  return '"' .. text .. '"'
end

local function key_text(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not KEYWORDS[key] then return key end
  return "[" .. (type(key) == "string" and quoted(key) or tostring(key)) .. "]"
end

local function scalar(v)
  if link.is_reference(v) then
    return v.target.variable .. (v.attribute and "." .. v.attribute or "")
  end
  if type(v) == "string" then return quoted(v) end
  if math.type(v) == "float" and v == math.floor(v) and math.abs(v) < 2 ^ 53 then
    return ("%d"):format(v)
  end
  return type(v) == "number" and ("%.17g"):format(v) or tostring(v)
end

local text_of

local function members(v, depth)
  local parts = {}
  if value.is_list(v) then
    for i, item in ipairs(v) do parts[i] = text_of(item, depth + 1, 0) end
    return parts
  end
  for i, key in ipairs(value.keys(v)) do
    local head = key_text(key) .. " = "
    parts[i] = head .. text_of(v[key], depth + 1, #head)
  end
  return parts
end

--- A value, on one line where it fits and in an indented block where it does not.
function text_of(v, depth, used)
  if type(v) ~= "table" or link.is_reference(v) then return scalar(v) end
  local parts = members(v, depth)
  if #parts == 0 then return "{}" end
  local line = "{ " .. table.concat(parts, ", ") .. " }"
  if #line + used + 2 * depth < WIDTH and not line:find "\n" then return line end
  local pad = ("  "):rep(depth + 1)
  return "{\n" .. pad .. table.concat(parts, ",\n" .. pad) .. ",\n" .. ("  "):rep(depth) .. "}"
end

local function variable_of(name, taken)
  local word = name:gsub("(%l)(%u)", "%1_%2"):gsub("%W+", "_"):lower()
  word = word:gsub("^_+", ""):gsub("_+$", "")
  if word == "" or word:find "^%d" then word = "r_" .. word end
  if TAKEN[word] then word = word .. "_" end
  return link.unique(word, taken, "_")
end

--- What the recipe calls those that others refer to: locals, as long as Lua has enough of them.
local function name_variables(found)
  local taken, count = {}, 0
  for _, item in ipairs(found) do
    if item.referred then
      item.variable, count = variable_of(item.name, taken), count + 1
    end
  end
  if count <= MOST_LOCALS then return "local " end
  for _, item in ipairs(found) do
    if item.variable then item.variable = "made." .. item.variable end
  end
  return ""
end

--- What has to be given, as parameters; by name of the parameter, in order. Each item's `given` is
--- the text for its property.
local function parameters(found)
  local names, taken = {}, {}
  for _, item in ipairs(found) do
    item.given = {}
    for _, property in ipairs(item.unsaid or {}) do
      local base = (item.name .. property):gsub("%W+", "")
      if not base:find "^%a" then base = "P" .. base end
      local name = link.unique(base, taken, "")
      names[#names + 1], item.given[property] = name, "p." .. name
    end
  end
  return names
end

local function parameter_block(names)
  local lines = { "local p = params {" }
  for _, name in ipairs(names) do lines[#lines + 1] = ("  %s = { secret = true },"):format(name) end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

local function declaration(item, before)
  local head = item.variable and before .. item.variable .. " = " or ""
  local lines = { ("%saws.%s %s {"):format(head, item.type:gsub("^AWS::", ""):gsub("::", "."),
    quoted(item.name)) }
  lines[2] = ("  identifier = %s,"):format(quoted(item.identifier))
  for _, property in ipairs(item.unsaid or {}) do
    lines[#lines + 1] = ("  %s = %s, -- cannot be read"):format(property, item.given[property])
  end
  for _, property in ipairs(value.keys(item.want)) do
    local start = property .. " = "
    lines[#lines + 1] = ("  %s%s,"):format(start, text_of(item.want[property], 1, #start))
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

--- A recipe that declares these.
---@param found table[] of engine.discover
---@param about string what it was written from
---@return string
---@return string[] parameters that have to be given with it
function write.recipe(found, about)
  local before, names = name_variables(found), parameters(found)
  local parts = { ("-- Written by mrun import: %s."):format(about), 'local aws = provider "aws"' }
  if before == "" then parts[2] = parts[2] .. "\nlocal made = {}" end
  local head = table.concat(parts, "\n")
  local list = { head, #names > 0 and parameter_block(names) or nil }
  for _, item in ipairs(found) do list[#list + 1] = declaration(item, before) end
  return table.concat(list, "\n\n") .. "\n", names
end

return write
