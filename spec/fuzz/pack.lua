-- A data file that is not one, or was damaged: failures, and nothing read outside of it.
local pack = require "native.pack"

local function walk(data, service, name)
  local operation = data:operation(service, name)
  if not (operation and operation.input) then return end
  for _, member in ipairs(operation.input:members() or {}) do
    local _ = member.name, member.shape.kind
  end
end

return function(bytes)
  local data = pack.load(bytes)
  if not data then return end
  data:verify()
  for _, service in ipairs(data:services() or {}) do
    data:service(service)
    for _, name in ipairs(data:operations(service) or {}) do
      walk(data, service, name)
    end
  end
  for _, kind in ipairs(data:kinds() or {}) do
    for _, key in ipairs(data:keys(kind) or {}) do
      data:record(kind, key)
      data:documentation(key)
    end
  end
end
