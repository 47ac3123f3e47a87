--- The types of parameters, CloudFormation's: what they hold and how text becomes them.
local param_types = {}

local SCALARS = { String = "String", Number = "Number", Boolean = "Boolean" }

local function inner(name)
  if SCALARS[name] then return SCALARS[name] end
  -- AWS::EC2::VPC::Id and the like are strings with a name for their meaning.
  if name:find("^AWS::[%w]+::[%w:]+$") then return "String" end
end

local function parse_plain(name)
  if name == "CommaDelimitedList" then return { base = "String", list = true } end
  local element = name:match("^List<(.+)>$")
  local base = inner(element or name)
  return base and { base = base, list = element ~= nil } or nil
end

--- What a type's name means; nil when there is no such type.
---@param name string
---@return { base: string, list: boolean, ssm: boolean }|nil
function param_types.parse(name)
  local in_store = name:match("^AWS::SSM::Parameter::Value<(.+)>$")
  local parsed = parse_plain(in_store or name)
  if parsed then parsed.ssm = in_store ~= nil end
  return parsed
end

--- The type that a default stands for.
---@param default any
---@return string
function param_types.of_default(default)
  if type(default) == "number" then return "Number" end
  if type(default) == "boolean" then return "Boolean" end
  if type(default) == "table" then return "CommaDelimitedList" end
  return "String"
end

local BOOLEANS = { ["true"] = true, ["false"] = false }

local function scalar(base, v)
  if type(v) == "table" then return nil, "takes one value, not a list" end
  if base == "Number" then
    local number = tonumber(v)
    if not number then return nil, ("takes a number, not %q"):format(tostring(v)) end
    return math.tointeger(number) or number
  elseif base == "Boolean" then
    local known = BOOLEANS[tostring(v)]
    if known == nil then return nil, ("takes true or false, not %q"):format(tostring(v)) end
    return known
  end
  return tostring(v)
end

--- The items of a list, written with commas or as a table.
---@param v any
---@return string[]
function param_types.items(v)
  if type(v) == "table" then return v end
  local items = {}
  if v == "" then return items end
  for item in (tostring(v) .. ","):gmatch("([^,]*),") do
    items[#items + 1] = item:match("^%s*(.-)%s*$")
  end
  return items
end

--- The value of a type, from text or from a default.
---@param parsed table
---@param v any
---@return any value
---@return string|nil why it is none
function param_types.convert(parsed, v)
  if parsed.ssm then return scalar("String", v) end
  if not parsed.list then return scalar(parsed.base, v) end
  local result = {}
  for i, item in ipairs(param_types.items(v)) do
    local converted, why = scalar(parsed.base, item)
    if why then return nil, why end
    result[i] = converted
  end
  return result
end

--- The same for what was found in the parameter store.
---@param parsed table
---@param v any
---@return any value
---@return string|nil why
function param_types.from_store(parsed, v)
  return param_types.convert({ base = parsed.base, list = parsed.list }, v)
end

return param_types
