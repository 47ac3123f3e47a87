--- Paths into an answer: `Placement.Tenancy`, `Groups[].GroupId`, `RouteTables[].Routes[]`.
local path = {}

local function steps(text)
  local list = {}
  for name, many in text:gmatch("([^%.%[%]]+)(%[?%]?)") do
    list[#list + 1] = { name = name, many = many == "[]" }
  end
  return list
end

local function follow(item, list, at, found)
  local step = list[at]
  if not step then
    found[#found + 1] = item
    return
  end
  if type(item) ~= "table" then return end
  local member = item[step.name]
  if member == nil then return end
  if not step.many then return follow(member, list, at + 1, found) end
  for _, each in ipairs(member) do follow(each, list, at + 1, found) end
end

--- What is at a path; a list where the path goes through one.
---@param item any
---@param text string
---@return any
function path.get(item, text)
  local found = {}
  follow(item, steps(text), 1, found)
  if text:find("[]", 1, true) then return found end
  return found[1]
end

--- Puts a value at a path without `[]`, making the tables on the way.
---@param target table
---@param text string
---@param value any
function path.set(target, text, value)
  local list = steps(text)
  for i = 1, #list - 1 do
    local name = list[i].name
    target[name] = target[name] or {}
    target = target[name]
  end
  target[list[#list].name] = value
end

--- The first name of a path.
---@param text string
---@return string
function path.root(text)
  return (text:match("^[^%.%[]+"))
end

local function with_parent(item, parent)
  if not parent then return item end
  local copy = { parent = parent }
  for key, value in pairs(item) do copy[key] = value end
  return copy
end

--- The items below a list of outer ones. Each inner item knows what it is in, as `parent`.
---@param outer table[] what the first part of the path names
---@param text string a path that begins with that list: `Reservations[].Instances[]`
---@return table[]
function path.items(outer, text)
  local list, level = steps(text), outer
  for i = 2, #list do
    local deeper = {}
    for _, item in ipairs(level) do
      for _, inner in ipairs(item[list[i].name] or {}) do
        deeper[#deeper + 1] = with_parent(inner, item)
      end
    end
    level = deeper
  end
  return level
end

return path
