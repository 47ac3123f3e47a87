-- Waiters: what one answer means to who waits.
local acceptor = require "aws.waiter.acceptor"
local listed = require "listed"
local pack = require "native.pack"

local function outcome_of(response)
  local result = {}
  for name, value in pairs(response) do
    if name ~= "ResponseMetadata" then result[name] = value end
  end
  local metadata = response.ResponseMetadata
  local fault = response.Error
  return { result = not fault and result or nil, code = fault and fault.Code,
    status = metadata and metadata.HTTPStatusCode }
end

local function check(case, data)
  local waiter = assert(data:record("waiter:" .. case.service, case.waiter), "no such waiter")
  if waiter.operation ~= case.operation then
    return ("expected the operation %s, came %s"):format(case.operation, waiter.operation)
  end
  local ok, state = pcall(acceptor.judge, acceptor.list(waiter.acceptors),
    outcome_of(case.response))
  state = ok and state or "error"
  if state ~= case.expect then
    return ("expected %s, came %s"):format(case.expect, state)
  end
end

return listed("golden-waiters/waiters.json", check, { open = pack.open })
