-- What an answer, or the lack of one, means: a result, or why there is none.
local checksum = require "aws.checksum"
local custom = require "aws.custom"
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

---Reads an answer: its result, or what retrying and the user have to know of the failure.
---@param call table
---@param response table
---@return table|nil result
---@return table|nil found  { status, code, parsed, headers, failure, unreadable }
function outcome.read(call, response)
  if response.failure then
    return nil, { failure = response.failure }
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
