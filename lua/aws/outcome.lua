-- What an answer, or the lack of one, means: a result, or why there is none.
local checksum = require "aws.checksum"
local custom = require "aws.custom"
local crypto = require "native.crypto"
local errors = require "aws.errors"
local retry = require "aws.retry"

local outcome = {}

-- What a proxy says instead of the service, where nothing else would look into the body.
local function is_page(call, response)
  if call.operation.output or type(response.body) ~= "string" then return false end
  local head = response.body:sub(1, 200):lower()
  return head:find("^%s*<!doctype") ~= nil or head:find("^%s*<html[%s>]") ~= nil
end

local function read_result(call, response)
  local result, more = nil, checksum.wrong(call, response)
  if not more and is_page(call, response) then more = "it is no answer of a service" end
  if not more then result, more = call.protocol.result(call, response) end
  if not result then
    return nil, { status = response.status, unreadable = more, headers = response.headers }
  end
  call.request_id = call.request_id or (type(more) == "string" and more or nil)
  custom.result(call, response, result)
  return result
end

-- DynamoDB says what its answer's checksum is; one that came otherwise is as good as none.
local function is_damaged(call, response)
  local said = call.service.name == "dynamodb" and tonumber(response.headers["x-amz-crc32"] or "")
  if not said or response.headers["content-encoding"] then return false end
  return crypto.crc32(response.body) ~= said
end

---The operation's own errors, as retrying wants to know them.
---@param operation table
---@return { name: string, code: string|nil, retryable: table|nil }[]
function outcome.errors_of(operation)
  local found = {}
  for at, shape in ipairs(operation.errors or {}) do
    local traits = shape:traits()
    found[at] = { name = shape.name, code = traits.error and traits.error.code,
      retryable = traits.retryable }
  end
  return found
end

local function read(call, response)
  if response.failure then return nil, { failure = response.failure } end
  if is_damaged(call, response) then
    return nil, { status = response.status, headers = response.headers, failure = {
      code = "Checksum", sent = true, reason = "the answer is not what its x-amz-crc32 says" } }
  end
  call.request_id = response.headers["x-amzn-requestid"] or response.headers["x-amz-request-id"]
    or call.request_id
  local good = response.status >= 200 and response.status < 300
  local failed = good and custom.failed(call, response)
  if good and not failed then return read_result(call, response) end
  local parsed = (response.status >= 300 or failed) and call.protocol.error(call, response) or nil
  if parsed then call.request_id = parsed.request_id or call.request_id end
  return nil, { status = failed and 500 or response.status, code = parsed and parsed.code,
    parsed = parsed, headers = response.headers }
end

---Reads an answer: its result, or what retrying and the user have to know of the failure.
---@param call table
---@param response table
---@return table|nil result
---@return table|nil found  { service, status, code, parsed, headers, failure, unreadable, errors }
function outcome.read(call, response)
  local result, found = read(call, response)
  if found then
    found.service, found.errors = call.service.name, outcome.errors_of(call.operation)
  end
  return result, found
end

---Whether it may have been carried out all the same. A request that never left was not, nor one
---that was throttled.
---@param found table
---@return boolean
function outcome.is_ambiguous(found)
  if retry.kind(found) == "throttling" then return false end
  if found.failure then return found.failure.sent ~= false end
  return found.unreadable ~= nil or found.status >= 500
end

---Raises the failure that the user is to see.
---@param call table
---@param response table
---@param found table
function outcome.raise(call, response, found)
  if found.failure then
    error(errors.unreachable(call, found.failure, outcome.is_ambiguous(found)), 0)
  elseif found.parsed then
    local fault = errors.answered(call, response, found.parsed)
    fault.ambiguous = outcome.is_ambiguous(found) or nil
    error(fault, 0)
  end
  local fault = errors.unreadable(call, response, found.unreadable)
  fault.ambiguous = outcome.is_ambiguous(found) or nil
  error(fault, 0)
end

return outcome
