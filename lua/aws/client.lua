-- A client of one service: its operations as methods, their pages, and waits.
local arguments = require "aws.arguments"
local call = require "aws.call"
local failure = require "engine.failure"
local nearest = require "aws.nearest"
local pages = require "aws.pages"
local presign = require "aws.presign"
local together = require "aws.pages.together"
local waiter = require "aws.waiter"

---@class aws.client
---@field service string
local methods = {}

local client = {}

-- A service by its name in the models.
local function find_service(data, name)
  name = tostring(name)
  local service = data:service(name)
  if service then return service end
  failure.raise {
    what = ("there is no AWS service %s"):format(name), service = name, code = "UnknownService",
    next = nearest.advice(name, data:services(), "mrun aws lists the services"),
  }
end

local function find_operation(self, name)
  name = tostring(name)
  local found = self.operations[name] or self.session.data:operation(self.service, name)
  if not found then
    failure.raise {
      what = ("%s has no operation %s"):format(self.service, name), service = self.service,
      operation = name, code = "UnknownOperation",
      next = nearest.advice(name, self.session.data:operations(self.service),
        "mrun aws " .. self.service .. " lists its operations"),
    }
  end
  self.operations[name] = found
  return found
end

local function parameters(self, method, params)
  return arguments.table(self, method, "the parameters", params)
end

---The model of an operation.
---@param name string
---@return table
function methods:operation(name)
  return find_operation(self, name)
end

---Calls an operation and waits for its answer; raises a failure with service, operation, code,
---message, status and request_id.
---@param operation string
---@param params table|nil
---@param options { repeatable: boolean|nil, to_file: string|nil }|nil  see aws.call
---@return table result
---@return table about
function methods:call(operation, params, options)
  local found = find_operation(self, operation)
  return call(self.session, self.record, found, params or {}, options)
end

---The pages of an operation, one answer after the other; of one that has no pages, its answer.
---@param operation string
---@param params table|nil
---@param options aws.pages.options|nil  page_size, max_items, starting_token
---@return fun(): table|nil
function methods:pages(operation, params, options)
  find_operation(self, operation)
  return pages.iterate(self, operation, parameters(self, "pages", params),
    arguments.options(self, "pages", options))
end

---Gives each page to a function while the next one is on its way; false from it ends it.
---@param operation string
---@param params table|nil
---@param use fun(page: table): boolean|nil
---@param options aws.pages.options|nil
function methods:each_page(operation, params, use, options)
  find_operation(self, operation)
  return pages.each(self, operation, parameters(self, "pages", params), use,
    arguments.options(self, "pages", options))
end

---All pages as one answer: what pages bring is joined.
---@param operation string
---@param params table|nil
---@param options aws.pages.options|nil
---@return table
function methods:all(operation, params, options)
  find_operation(self, operation)
  return pages.join(self, operation, parameters(self, "pages", params),
    arguments.options(self, "pages", options))
end

---Waits until something is so, as a waiter of the models says. Raises WaiterFailure where it will
---not be, WaiterTimeout where it is not yet.
---@param name string  as in "InstanceRunning"
---@param params table|nil  of the operation that looks
---@param options { max_wait_s: number|nil, delay_s: number|nil }|nil
---@return table|nil result  the last answer
---@return { looks: integer } about
function methods:wait(name, params, options)
  return waiter.wait(self, tostring(name), parameters(self, "wait", params),
    arguments.options(self, "wait", options))
end

---Several inputs of one operation, asked at once: their answers in the order of the inputs, each
---with all its pages.
---@param operation string
---@param inputs table[]
---@param options { at_once: integer|nil }|nil
---@return table[]
function methods:together(operation, inputs, options)
  find_operation(self, operation)
  return together.ask(self, operation, arguments.table(self, "together", "the inputs", inputs),
    arguments.options(self, "together", options))
end

---One answer for a list that is too long for one call: it is cut into parts of `size`, which are
---asked at once.
---@param operation string
---@param params table
---@param member string  the one that is the list, as in InstanceIds
---@param options { size: integer, at_once: integer|nil }
---@return table
function methods:split(operation, params, member, options)
  find_operation(self, operation)
  params = parameters(self, "split", params)
  options = arguments.options(self, "split", options)
  arguments.split(self, params, member, options)
  return together.split(self, operation, params, member, options)
end

---A URL that carries its own signature, for one call by whoever has it. `about` is how to send it:
---the method, the headers that have to be there, the body.
---@param operation string
---@param params table|nil
---@param options { expires_s: integer|nil }|nil  an hour; a week at most
---@return string url
---@return { method: string, headers: table<string, string>, body: string } about
function methods:presign(operation, params, options)
  local found = find_operation(self, operation)
  return presign(self.session, self.record, found, params or {},
    arguments.options(self, "presign", options))
end

local class = {
  __index = function(self, name)
    if methods[name] then return methods[name] end
    if type(name) ~= "string" or not name:match("^%u") then return nil end
    find_operation(self, name)
    return function(_, params, options) return self:call(name, params, options) end
  end,
}

---@param session aws.session
---@param service string
---@return aws.client
function client.new(session, service)
  return setmetatable({
    session = session, service = service, record = find_service(session.data, service),
    operations = {},
  }, class)
end

return client
