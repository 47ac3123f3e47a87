-- Values of test data by their shapes: what JSON cannot say, both ways.
local crypto = require "native.crypto"
local json = require "native.json"

local typed = {}

local function each(shape, value, convert)
  local found = setmetatable({}, getmetatable(value))
  if shape.kind == "structure" then
    for _, member in ipairs(shape:members()) do
      local inner = value[member.name]
      if inner ~= nil and inner ~= json.null then
        found[member.name] = convert(member.shape, inner)
      end
    end
    for name, inner in pairs(value) do -- what the model does not know is not hidden
      if found[name] == nil and inner ~= json.null then found[name] = inner end
    end
    return found
  end
  local element = shape:members()[shape.kind == "list" and 1 or 2].shape
  for key, inner in pairs(value) do
    found[key] = inner == json.null and inner or convert(element, inner)
  end
  return found
end

local function is_free(shape)
  return shape:traits().document
end

local COMPOSITE <const> = { structure = true, list = true, map = true }

-- $blob and $time are what JSON has no word for.
local function marked(value)
  if type(value) ~= "table" then return value end
  if value["$blob"] then return assert(crypto.unbase64(value["$blob"])) end
  return value["$time"] or value
end

---Parameters of a case as the client takes them.
---@param shape table
---@param value any
---@return any
function typed.params(shape, value)
  if COMPOSITE[shape.kind] and not is_free(shape) and type(value) == "table" then
    return each(shape, value, typed.params)
  end
  return is_free(shape) and value or marked(value)
end

local function number_text(value)
  if value ~= value then return "NaN" end
  if value == math.huge then return "Infinity" end
  return value == -math.huge and "-Infinity" or value
end

---A result as a case writes it down: what is no number has a name.
---@param shape table
---@param value any
---@return any
function typed.result(shape, value)
  if COMPOSITE[shape.kind] and not is_free(shape) and type(value) == "table" then
    return each(shape, value, typed.result)
  end
  if shape.kind == "float" or shape.kind == "double" then return number_text(value) end
  return value
end

local DEEPEST <const> = 6

local function add_entries(found, shape, depth)
  if depth > DEEPEST or not COMPOSITE[shape.kind] then return end
  local members = shape:members()
  if shape.kind == "map" then
    local names = {}
    for at, usual in ipairs { "key", "value" } do
      names[at] = members[at].traits.locationName or usual
    end
    found[table.concat(names, "\0")] = true
  end
  for _, member in ipairs(members) do add_entries(found, member.shape, depth + 1) end
end

---The names on the wire of the keys and values of all maps in a shape: "key\0value".
---@param shape table|nil
---@return table<string, true>
function typed.entries(shape)
  local found = {}
  if shape then add_entries(found, shape, 1) end
  return found
end

return typed
