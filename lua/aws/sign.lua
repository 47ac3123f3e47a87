-- Signs a request with Signature Version 4 for one service and region.
local sigv4 = require "native.sigv4"
local url = require "aws.url"

local function host_of(address)
  local parsed = url.parse(address)
  local usual = parsed.scheme == "https" and 443 or 80
  return parsed.port and parsed.port ~= usual and parsed.authority or parsed.host
end

---The request with the headers that AWS asks for and the signature over them.
---@param request { method: string, url: string, headers: table, body: string|nil,
---  payload_hash: string }
---@param credentials { access_key: string, secret_key: string, token: string|nil }
---@param auth { name: string, region: string, double_encode: boolean }
---@param now_ms number  AWS's clock
---@return table request
local function sign(request, credentials, auth, now_ms)
  local seconds = math.floor(now_ms / 1000)
  -- With room for all that a request mostly has, so that it is not made larger step by step.
  local headers = { host = nil, authorization = nil, ["content-type"] = nil,
    ["x-amz-content-sha256"] = nil, ["x-amz-date"] = nil, ["x-amz-security-token"] = nil,
    ["amz-sdk-invocation-id"] = nil, ["amz-sdk-request"] = nil }
  for name, value in pairs(request.headers) do headers[name] = value end
  headers.host = host_of(request.url)
  -- Always there: an answer that hides it is one that a proxy has changed.
  headers["x-amz-content-sha256"] = request.payload_hash
  local signed = assert(sigv4.sign {
    method = request.method, url = request.url, headers = headers,
    payload_hash = request.payload_hash,
    service = auth.name, region = auth.region, time = seconds,
    access_key = credentials.access_key, secret_key = credentials.secret_key,
    token = credentials.token,
    double_encode = auth.double_encode, normalize_path = auth.double_encode, steps = false,
  })
  for name, value in pairs(signed.headers) do headers[name] = value end
  return { method = request.method, url = request.url, headers = headers, body = request.body }
end

return sign
