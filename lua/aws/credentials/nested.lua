-- The calls that bring credentials are calls too: clients of STS, SSO and the like beside the one
-- that asks, with the user's settings but not with its endpoint.
local failure = require "engine.failure"
local region = require "aws.region"

local nested = {}

-- Without a region of the user's: the one in which a partition keeps what has no region.
local function global_region(session, partition)
  for _, each in ipairs(session:record("partitions").partitions) do
    if each.id == partition then return each.outputs.implicitGlobalRegion end
  end
  region.missing(session.config)
end

---@param session aws.session
---@param service string
---@param options { region: string|nil, arn: string|nil, credentials: table|nil }  arn: whose
---  partition is used where the user has chosen no region
---@return aws.client
function nested.client(session, service, options)
  local chosen = options.region
  if not chosen and not session:find_region() then
    chosen = global_region(session, (options.arn or ""):match("^arn:([^:]+):") or "aws")
  end
  return session:client(service, { region = chosen, credentials = options.credentials,
    endpoint_url = false })
end

---Calls an operation; what goes wrong is told with what it was for, and with what to do.
---@param client aws.client
---@param operation string
---@param params table
---@param about { what: string, next: (fun(fault: Failure): string|nil)|nil, headers: function|nil }
---@return table answer
function nested.call(client, operation, params, about)
  -- Caught to say whose credentials these were to be.
  local ok, answer = pcall(client.call, client, operation, params, { headers = about.headers })
  if ok then return answer end
  local fault = failure.from(answer)
  if fault.kind == "interrupted" then error(answer, 0) end
  local told = failure.add({ what = about.what .. ": " .. fault.what }, fault)
  told.next = about.next and about.next(fault) or told.next
  error(told, 0)
end

return nested
