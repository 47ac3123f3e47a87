--- Scalars as CloudFormation takes them: "8" where a number is asked for, true where text is.
local scalar = {}

--- A scalar as text, as AWS would write it.
---@param v string|number|boolean
---@return string
function scalar.text(v)
  if math.type(v) == "float" and math.tointeger(v) then return ("%d"):format(v) end
  return tostring(v)
end

local as = {}

function as.string(v)
  return scalar.text(v)
end

function as.integer(v)
  if type(v) == "boolean" then return nil end
  if type(v) == "string" and not v:find("^%s*[+-]?%d+%s*$") then return nil end
  return math.tointeger(tonumber(v))
end

function as.number(v)
  if type(v) == "boolean" then return nil end
  if type(v) == "string" and not v:find("^%s*[+-]?[%d%.]+[eE]?[+-]?%d*%s*$") then return nil end
  local number = tonumber(v)
  return number and (math.tointeger(number) or number)
end

function as.boolean(v)
  if type(v) == "boolean" then return v end
  local low = type(v) == "string" and v:lower()
  if low == "true" then return true end
  if low == "false" then return false end
  return nil
end

--- A scalar as the schema's type wants it; nil where it cannot be that.
---@param v string|number|boolean
---@param kind string "string", "integer", "number" or "boolean"
---@return string|number|boolean|nil
function scalar.as(v, kind)
  local convert = as[kind]
  if not convert then return nil end
  return convert(v)
end

--- Whether two scalars say the same, however they are written.
---@param a any
---@param b any
---@return boolean
function scalar.same(a, b)
  if type(a) == "table" or type(b) == "table" then return false end
  if a == b then return true end
  if a == nil or b == nil then return false end
  return scalar.text(a) == scalar.text(b)
end

return scalar
