-- The parameters of a rule set for one call: what the operation's model fixes, what the call's
-- own members say, what the client was told, what the session knows.
local built_ins = require "aws.endpoint.built_ins"
local jmespath = require "aws.jmespath"

local context = {}

-- What a parameter is asked by. One of the client's own that names no built-in has its setting too,
-- by its service: DisableS3ExpressSessionAuth of S3.
local function built_in_of(service, parameter, declared)
  local id = service.metadata.serviceId
  if parameter.built_in or not declared[parameter.name] or not id then return parameter.built_in end
  return ("AWS::%s::%s"):format(id:gsub("%s", ""), parameter.name)
end

---What all calls of a session to a service have in common.
---@param session table
---@param service table
---@param program aws.endpoint.program
---@return { values: table, hanging: table[], operations: table }
function context.new(session, service, program)
  local self = { values = {}, hanging = {}, operations = {} }
  local declared, given = service.clientContextParams or {}, session.options.client_context or {}
  for _, parameter in ipairs(program.parameters) do
    local name, built_in = parameter.name, built_in_of(service, parameter, declared)
    local value = declared[name] and given[name]
    if value == nil and built_in then value = built_ins.of_session(session, service, built_in) end
    self.values[name] = value
    if built_in and built_ins.hangs_on_call(service, built_in) then
      self.hanging[#self.hanging + 1] = parameter
    end
  end
  return self
end

-- Which of an operation's members are parameters; static values stand above them.
local function read(operation)
  local found = { static = {}, members = {}, paths = {} }
  for name, given in pairs(operation.staticContextParams or {}) do
    found.static[name] = given.value
  end
  for name, given in pairs(operation.operationContextParams or {}) do
    found.paths[#found.paths + 1] = { name = name, search = jmespath.compile(given.path) }
  end
  for _, member in ipairs(operation.input and operation.input:members() or {}) do
    local param = member.traits.contextParam
    if param then
      found.members[#found.members + 1] = { name = param.name, member = member.name }
    end
  end
  return found
end

local function read_once(self, call)
  local name = call.operation.name
  self.operations[name] = self.operations[name] or read(call.operation)
  return self.operations[name]
end

---Whether all calls of the operation have the same values.
---@param self table  made by context.new
---@param call { operation: table }
---@return boolean
function context.is_fixed(self, call)
  local operation = read_once(self, call)
  return #self.hanging + #operation.paths + #operation.members == 0
end

---@param self table  made by context.new
---@param session table
---@param call { operation: table, params: table, credentials: table|nil }
---@return table<string, any>
function context.values(self, session, call)
  local operation = read_once(self, call)
  local values = {}
  for name, value in pairs(self.values) do values[name] = value end
  for _, parameter in ipairs(self.hanging) do
    local value = built_ins.of_call(session, call, parameter.built_in)
    if value ~= nil then values[parameter.name] = value end
  end
  -- Where a path does not fit what was given, the request will say what is wrong with that.
  for _, path in ipairs(operation.paths) do
    local ok, value = pcall(path.search, call.params)
    if ok and value ~= nil then values[path.name] = value end
  end
  for _, each in ipairs(operation.members) do
    local value = call.params[each.member]
    if value ~= nil then values[each.name] = value end
  end
  for name, value in pairs(operation.static) do values[name] = value end
  return values
end

return context
