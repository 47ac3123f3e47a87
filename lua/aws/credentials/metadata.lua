-- Requests to the machine's own metadata services: plain HTTP to the few hosts that may be asked
-- so, with no proxy and no redirect, again where nobody answers or the service is in trouble.
local failure = require "engine.failure"
local network = require "aws.network"
local url = require "aws.url"

local MAX_BODY_BYTES <const> = 256 * 1024
local LEAST_ANSWERED <const> = 4
local PAUSE_MS <const> = 100

local metadata = {}

---Raises where an address is none that credentials may be asked of. `hosts` are those that plain
---HTTP may go to, beside loopback.
---@param address string
---@param hosts table<string, true>
---@param where string  what said so
function metadata.check(address, hosts, where)
  local parsed = url.parse(address)
  if not parsed then
    failure.raise { what = ("%q is no URL of a host"):format(address), where = where,
      code = "InvalidEndpoint", next = "write it as http://HOST/PATH" }
  end
  if parsed.scheme == "https" or url.is_loopback(parsed.host) or hosts[parsed.host:lower()] then
    return
  end
  failure.raise { what = "plain HTTP to " .. parsed.host .. " would show everybody the credentials",
    where = where, code = "InvalidEndpoint", next = "use https, or the address that AWS gives" }
end

local function is_in_trouble(response)
  return response.status >= 500 or response.status == 429
end

local function ask_once(session, request, timeout_ms)
  return coroutine.yield { http = {
    method = request.method or "GET", url = request.url, headers = request.headers,
    body = request.method == "PUT" and "" or nil, timeout_ms = timeout_ms,
    connect_timeout_ms = timeout_ms, max_body_bytes = MAX_BODY_BYTES, resend = true,
    ca_file = network.ca_file(session),
  } }
end

---An answer; nil where nobody answers. It is asked `attempts` times of nobody, and at least four
---times of a service that says that it cannot now.
---@param session table
---@param request { url: string, method: string|nil, headers: table<string, string> }
---@param limits { timeout_ms: integer, attempts: integer }
---@return table|nil response
---@return string|nil reason
function metadata.ask(session, request, limits)
  local attempt = 1
  while true do
    local response = ask_once(session, request, limits.timeout_ms)
    local most = limits.attempts
    if response.status then
      if not is_in_trouble(response) then return response end
      most = math.max(most, LEAST_ANSWERED)
    end
    if attempt >= most then
      if response.status then return response end
      return nil, response.failure and response.failure.reason or "no answer"
    end
    coroutine.yield { until_ms = session.now() + PAUSE_MS * 2 ^ (attempt - 1) }
    attempt = attempt + 1
  end
end

return metadata
