-- Recorded answers of services, read by the shipped models of those services.
local outcome = require "aws.outcome"
local protocol = require "aws.protocol"
local same = require "same"
local time = require "native.time"
local typed = require "typed"
local world = require "world"

-- "rds-describe-db-security-groups#2": the model's operation with those letters.
local function operation_of(data, name)
  local bare = name:gsub("#%d+$", "")
  for at = #bare, 1, -1 do
    local service = bare:sub(at, at) == "-" and bare:sub(1, at - 1)
    local record = service and data:service(service)
    local wanted = record and bare:sub(at + 1):gsub("-", "")
    for _, operation in ipairs(record and data:operations(service) or {}) do
      if operation:lower() == wanted then
        return record, data:operation(service, operation)
      end
    end
  end
end

local function read(name, status, body)
  local data = world.session({}).data
  local service, operation = operation_of(data, name)
  if not service then error("no operation is called " .. name, 0) end
  local call = { service = service, operation = operation, data = data, params = {},
    given = { EncodingType = "url" }, protocol = protocol.of(service), attempt = 1 }
  local result, found = outcome.read(call, world.response(status, {}, body))
  return call, result, found
end

-- Times stand as the services wrote them.
local function instants(shape, value)
  if shape.kind == "timestamp" then
    local seconds, nanos = nil, nil
    if type(value) == "string" then seconds, nanos = time.parse(value) end
    return seconds and seconds + nanos / 1e9 or value -- some of the records hold no time
  end
  local found, inner = {}, {}
  if type(value) ~= "table" then return value end
  for _, member in ipairs(shape:members()) do inner[member.name] = member.shape end
  local element = inner.member or inner.value
  for key, item in pairs(value) do
    local part = shape.kind == "structure" and inner[key] or element
    found[key] = part and instants(part, item) or item
  end
  return found
end

local function compare_metadata(expected, call)
  local wanted = (expected.ResponseMetadata or {}).RequestId
  return wanted and same.difference(wanted, call.request_id, "RequestId")
end

local function compare_result(name, expected, body)
  local call, result, found = read(name, 200, body)
  if not result then return "expected a result, came " .. same.show(tostring(found.unreadable)) end
  local wanted = {}
  for key, value in pairs(expected) do
    if key ~= "ResponseMetadata" then wanted[key] = value end
  end
  local output = call.operation.output
  if output then
    wanted = instants(output, typed.params(output, wanted))
    result = instants(output, typed.result(output, result))
  end
  return same.difference(wanted, result) or compare_metadata(expected, call)
end

local function compare_error(name, expected, body)
  local call, _, found = read(name, 400, body)
  local parsed = found and found.parsed
  if not parsed then return "expected an error, came none" end
  for key, wanted in pairs(expected.Error) do
    local difference = same.difference(wanted, parsed[key:lower()], key)
    if difference then return difference end
  end
  return compare_metadata(expected, call)
end

local function each(answers, expected, suite, extension, compare)
  for _, file in ipairs(answers:list("%" .. extension .. "$")) do
    local name = file:sub(1, -#extension - 1)
    suite(answers.path:match("[^/]+/[^/]+$") .. "/" .. name, function()
      return compare(name, expected:json(name .. ".json"), answers:text(file))
    end)
  end
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "response-parsing"
    local answers, errors = folder:below "xml/responses", folder:below "xml/errors"
    each(answers, answers, suite, ".xml", compare_result)
    each(errors, errors, suite, ".xml", compare_error)
    each(folder:below "json/errors", folder:below "json/expected", suite, ".json",
      function(name, expected, body)
        local compare = expected.Error and compare_error or compare_result
        return compare(name, expected, body)
      end)
  end,
}
