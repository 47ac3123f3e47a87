-- Which of a service's errors an answer is, as the models describe them.
local fault = {}

local function is_called(shape, name)
  if shape.name == name then return true end
  local described = shape:traits().error
  return described ~= nil and described.code == name
end

---"aws.protocoltests#FooError:http://..." is FooError; nil for what names none.
---@param code string|nil
---@return string|nil
function fault.bare(code)
  local name = code and code:gsub(":.*$", ""):gsub("^.*#", "")
  return name and name:find "%S" and name or nil
end

---The shape of the error that goes by this code or name: one of the operation's, else any of the
---service's; nil where the models do not know it.
---@param call { service: table, operation: table, data: table|nil }
---@param name string|nil
---@return table|nil
function fault.shape(call, name)
  if not name then return nil end
  for _, shape in ipairs(call.operation.errors or {}) do
    if is_called(shape, name) then return shape end
  end
  local all = call.data and call.data:record("errors", call.service.name)
  return all and all[name]
end

return fault
