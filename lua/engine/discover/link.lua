-- What was found, as a recipe can say it: each with a name, its references in the place of
-- identifiers, and what is needed first.
local references = require "engine.discover.references"
local schema = require "engine.schema"

local link = {}

local REFERENCE <const> = { __name = "reference" }

--- Whether this stands for another resource: { target = item, attribute = string|nil }.
---@param v any
---@return boolean
function link.is_reference(v) return getmetatable(v) == REFERENCE end

local function natural_name(item)
  local tags = item.record.tags and item.want[item.record.tags]
  local name = type(tags) == "table" and tags.Name or item.want[item.record.name_property or ""]
  if type(name) ~= "string" then return nil end
  name = name:gsub("[^%w._-]+", "-"):gsub("^[-.]+", ""):gsub("[-.]+$", "")
  return name ~= "" and name or nil
end

--- The name, or where it is taken the name with the first number that makes it another one; it is
--- taken from then on.
---@param name string
---@param taken table<string, boolean>
---@param between string what stands before the number
---@return string
function link.unique(name, taken, between)
  local result, count = name, 1
  while taken[result] do
    count = count + 1
    result = ("%s%s%d"):format(name, between, count)
  end
  taken[result] = true
  return result
end

local function name_all(found)
  local taken, counts = {}, {}
  for _, item in ipairs(found) do
    local name = natural_name(item)
    if name then item.name = link.unique(name, taken, "-") end
  end
  for _, item in ipairs(found) do
    if not item.name then
      local short = item.type:match "%w+$"
      counts[short] = (counts[short] or 0) + 1
      item.name = link.unique(short .. counts[short], taken, "-")
    end
  end
end

--- A resource stands for its Ref; where that is not what is referred to, an attribute does.
local function reference_to(target, identifier)
  target.referred = true
  local plain = schema.has_ref(target.record)
    and schema.ref(target.record, target.identifier, target.have) == identifier
  return setmetatable({ target = target,
    attribute = not plain and target.record.identifier[1] or nil }, REFERENCE)
end

--- References in a circle stay identifiers where it would close.
local function visit(item, by_key, result)
  item.state = "open"
  item.want = references.replace(item.record, item.want, function(identifier, type_name)
    local target = by_key[type_name .. "\0" .. identifier]
    if not target or target.state == "open" then return identifier end
    if not target.state then visit(target, by_key, result) end
    return reference_to(target, identifier)
  end)
  item.state = "done"
  result[#result + 1] = item
end

---@param found table[] of { type, identifier, record, have, want }
---@return table[] with name, and references in want; in an order in which they can be declared
function link.all(found)
  local by_key, result = {}, {}
  name_all(found)
  for _, item in ipairs(found) do by_key[item.type .. "\0" .. item.identifier] = item end
  for _, item in ipairs(found) do
    if not item.state then visit(item, by_key, result) end
  end
  return result
end

return link
