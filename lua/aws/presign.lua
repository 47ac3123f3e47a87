-- URLs that carry their own signature: whoever has one may make that one call until it expires.
local attempt = require "aws.attempt"
local custom = require "aws.custom"
local crypto = require "native.crypto"
local failure = require "engine.failure"
local payload = require "aws.payload"
local protocol = require "aws.protocol"
local sigv4 = require "native.sigv4"
local url = require "aws.url"

local LONGEST_S <const>, USUAL_S <const> = 7 * 24 * 3600, 3600

local function refuse(call, what, next_step)
  failure.raise { what = ("%s %s: %s"):format(call.service.name, call.operation.name, what),
    service = call.service.name, operation = call.operation.name, code = "ParamValidation",
    next = next_step }
end

local function expiry(call, options)
  local seconds = math.tointeger(options.expires_s or USUAL_S)
  if not seconds or seconds < 1 or seconds > LONGEST_S then
    refuse(call, "a URL expires after 1 to 604800 seconds", "choose expires_s in between")
  end
  return seconds
end

local FORM <const> = "application/x-www-form-urlencoded"

-- A form becomes the query of a GET: AWS takes both, and a URL alone can carry only that.
local function as_get(request, also)
  if not (request.headers["content-type"] or ""):find(FORM, 1, true) then return request end
  local mark = request.url:find("?", 1, true) and "&" or "?"
  local query = request.body:gsub("+", "%%20")
  for name, value in pairs(also or {}) do
    query = ("%s&%s=%s"):format(query, name, url.encode(value))
  end
  return { method = "GET", url = request.url .. mark .. query, headers = {}, body = "" }
end

-- No header but those that the parameters ask for: whoever uses the URL has to send each of them.
local function request_of(session, call, also)
  local request = attempt.request(session, call)
  local has_type = request.body ~= "" or call.params.ContentType
  if not has_type then request.headers["content-type"] = nil end
  request.headers["accept-encoding"] = nil
  return as_get(request, also)
end

-- The token of a session with a directory bucket; the URL is good no longer than the session.
local function with_session(address, token)
  if not token then return address end
  return ("%s%sX-Amz-S3session-Token=%s"):format(address,
    address:find("?", 1, true) and "&" or "?", url.encode(token))
end

local function hash_of(call, request)
  if call.service.metadata.serviceId == "S3" then return payload.UNSIGNED end
  return crypto.hex(crypto.sha256(request.body or ""))
end

---@param session aws.session
---@param service table  a record of native.pack
---@param operation table  a record of native.pack
---@param params table
---@param options { expires_s: integer|nil, also: table<string, string>|nil }  an hour; more
---  members of a form, which its model does not know
---@return string url
---@return { method: string, headers: table<string, string>, body: string } about  to be sent so
local function presign(session, service, operation, params, options)
  if type(params) ~= "table" then
    refuse({ service = service, operation = operation }, "the parameters must be a table, not a "
      .. type(params), ("mrun aws %s %s --help"):format(service.name, operation.name))
  end
  local call = { service = service, operation = operation, given = params, attempt = 1,
    params = custom.params(service, operation, params), protocol = protocol.of(service),
    data = session.data }
  local expires_s = expiry(call, options)
  attempt.build(session, call)
  if not call.credentials then
    refuse(call, "needs no signature, and so no signed URL", "call it as it is")
  end
  local request, auth = request_of(session, call, options.also), call.endpoint.auth
  local keys = call.signer or call.credentials
  local signed = assert(sigv4.sign {
    method = request.method, url = with_session(request.url, keys.session_token),
    headers = request.headers,
    payload_hash = hash_of(call, request), style = "query", expires_s = expires_s,
    service = auth.name, region = auth.region, time = session:aws_now_ms() // 1000,
    access_key = keys.access_key, secret_key = keys.secret_key, token = keys.token,
    double_encode = auth.double_encode, normalize_path = auth.double_encode,
  })
  return signed.url,
    { method = request.method, headers = request.headers, body = request.body or "" }
end

return presign
