-- The parameters that a rule set declares, and the values that a call has for them.
local parameters = {}

local KINDS <const> = { string = "string", boolean = "boolean", stringarray = "table" }
local SAID <const> = { string = "a text", boolean = "true or false",
  table = "a list of texts" }

local function is_of(kind, value)
  if type(value) ~= kind then return false end
  for at = 1, kind == "table" and #value or 0 do
    if type(value[at]) ~= "string" then return false end
  end
  return true
end

---Reads the declarations.
---@param program table
---@param declared table<string, table>  "parameters" of the rule set
---@return table[] list  { name, kind, default, required, built_in }
function parameters.read(program, declared)
  local list = {}
  if type(declared) ~= "table" then program:fault "it declares no parameters" end
  for name, each in pairs(declared) do
    local kind = type(each) == "table" and type(each.type) == "string"
      and KINDS[each.type:lower()]
    if not kind or type(name) ~= "string" then
      program:fault(("its parameter %s has no type that is known"):format(tostring(name)))
    end
    if each.default ~= nil and not is_of(kind, each.default) then
      program:fault(("the default of %s is not %s"):format(name, SAID[kind]))
    end
    list[#list + 1] = { name = name, kind = kind, default = each.default,
      required = each.required == true, built_in = each.builtIn }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

---The values of all of them.
---@param list table[]
---@param given table<string, any>
---@return table<string, any>|nil values
---@return string|nil reason
function parameters.bind(list, given)
  local values = {}
  for at = 1, #list do
    local each = list[at]
    local value = given[each.name]
    if value == nil then
      value = each.default
      if value == nil and each.required then
        return nil, ("the endpoint parameter %s is required"):format(each.name)
      end
    elseif not is_of(each.kind, value) then
      return nil, ("the endpoint parameter %s must be %s"):format(each.name, SAID[each.kind])
    end
    values[each.name] = value
  end
  return values
end

return parameters
