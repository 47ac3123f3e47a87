-- The part of JMESPath that operationContextParams use: names, all items of a list, lists of
-- several paths, flattening, keys.
--
--   keys(RequestItems)    TransactItems[*].[Put.TableName, Delete.TableName][]
local pick = {}

local compile

local function is_list(value)
  return type(value) == "table" and (value[1] ~= nil or next(value) == nil)
end

local function named(name)
  return function(value)
    return type(value) == "table" and value[name] or nil
  end
end

-- What `rest` gives for each item of a list; what is nothing is left out.
local function projected(rest)
  return function(value)
    if not is_list(value) then return nil end
    local found = {}
    for _, item in ipairs(value) do found[#found + 1] = rest(item) end
    return found
  end
end

local function flattened(value)
  if not is_list(value) then return nil end
  local found = {}
  for _, item in ipairs(value) do
    if is_list(item) then
      table.move(item, 1, #item, #found + 1, found)
    else
      found[#found + 1] = item
    end
  end
  return found
end

local function several(inside)
  local parts = {}
  for part in inside:gmatch("[^,]+") do parts[#parts + 1] = compile(part) end
  return function(value)
    local found = {}
    for _, part in ipairs(parts) do found[#found + 1] = part(value) end
    return found
  end
end

local function keys(value)
  if type(value) ~= "table" then return nil end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function piped(first, second)
  return function(value)
    local found = first(value)
    if found == nil then return nil end
    return second(found)
  end
end

local function same(value) return value end

---@param path string
---@return fun(value: any): any
function compile(path)
  path = path:match("^%s*(.-)%s*$"):gsub("^%.", "")
  if path == "" then return same end
  local inside = path:match("^keys%((.*)%)$")
  if inside then return piped(compile(inside), keys) end
  if path:match("%[%]$") then return piped(compile(path:sub(1, -3)), flattened) end
  local name, rest = path:match("^([%a_][%w_]*)(.*)$")
  if name then return piped(named(name), compile(rest)) end
  rest = path:match("^%[%*%](.*)$")
  if rest then return projected(compile(rest)) end
  inside, rest = path:match("^%[([^%]]+)%](.*)$")
  if inside then return piped(several(inside), compile(rest)) end
  error(("the path %q is not one that mrun reads"):format(path), 0)
end

pick.compile = compile

return pick
