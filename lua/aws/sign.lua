-- Signs a request with Signature Version 4 for one service and region.
local sigv4 = require "native.sigv4"

-- The token of a session with a bucket stands in a header of its own.
local function with_session(request, token)
  if not token then return request end
  local headers = { ["x-amz-s3session-token"] = token }
  for name, value in pairs(request.headers) do headers[name] = value end
  return { method = request.method, url = request.url, body = request.body, headers = headers,
    payload_hash = request.payload_hash }
end

---The request with the headers that AWS asks for and the signature over them.
---@param request { method: string, url: string, headers: table, body: string|nil,
---  payload_hash: string }
---@param credentials { access_key: string, secret_key: string, token: string|nil,
---  session_token: string|nil }  session_token: of a session with a directory bucket
---@param auth { name: string, region: string, double_encode: boolean }
---@param now_ms number  AWS's clock
---@return table request
local function sign(request, credentials, auth, now_ms)
  return { method = request.method, url = request.url, body = request.body,
    headers = assert(sigv4.headers(with_session(request, credentials.session_token), credentials,
      auth, now_ms // 1000)) }
end

return sign
