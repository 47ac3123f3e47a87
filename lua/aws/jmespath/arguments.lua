-- What the functions of JMESPath take: how many arguments, and of which types.
local values = require "aws.jmespath.values"

local arguments = {}

local function is_of(value, kind)
  if kind == "any" then return type(value) ~= "function" end
  if kind == "expression" then return type(value) == "function" end
  if type(value) == "function" then return false end
  local element = kind:match("^array of (%a+)$")
  if not element then return values.type(value) == kind end
  if not values.is_array(value) then return false end
  for at = 1, #value do
    if values.type(value[at]) ~= element then return false end
  end
  return true
end

local function is_one_of(value, kinds)
  for _, kind in ipairs(kinds) do
    if is_of(value, kind) then return true end
  end
  return false
end

local function kind_of(value)
  return type(value) == "function" and "an expression" or "of the type " .. values.type(value)
end

---Raises where an argument is of another type than the function takes.
---@param name string
---@param takes string[][]  for each argument its types
---@param given table
---@param count integer
---@param run jmespath.run
function arguments.check(name, takes, given, count, run)
  for at = 1, count do
    local kinds = takes[math.min(at, #takes)]
    if not is_one_of(given[at], kinds) then
      run:fail("invalid-type", ("argument %d of %s is %s, not %s"):format(at, name,
        is_of(given[at], "array") and "an array of others" or kind_of(given[at]),
        table.concat(kinds, " or ")))
    end
  end
end

---What is wrong with the number of arguments, if anything.
---@param name string
---@param takes string[][]
---@param count integer
---@param variadic boolean|nil
---@return string|nil
function arguments.miscount(name, takes, count, variadic)
  if count == #takes or variadic and count > #takes then return nil end
  return ("%s takes %s%d argument%s, not %d"):format(name, variadic and "at least " or "", #takes,
    #takes == 1 and "" or "s", count)
end

return arguments
