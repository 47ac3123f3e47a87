-- Proof that who shows a token also holds its key (DPoP, RFC 9449): a small signed JSON document
-- about one request.
local crypto = require "native.crypto"
local json = require "native.json"
local token = require "aws.token"

local function base64url(bytes)
  return (crypto.base64(bytes):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" }))
end

---@param pem string  the private key
---@param request { method: string, url: string }
---@param now_ms number
---@return string|nil header
---@return table|nil failure
return function(pem, request, now_ms)
  local point, cause = crypto.es256_public(pem)
  if not point then return nil, cause end
  local header = json.encode(nil, { typ = "dpop+jwt", alg = "ES256", jwk = {
    kty = "EC", crv = "P-256", x = base64url(point:sub(1, 32)), y = base64url(point:sub(33)),
  } })
  local payload = json.encode(nil, {
    htm = request.method, htu = request.url:match("^[^?#]*"), iat = math.floor(now_ms / 1000),
    jti = token.uuid(),
  })
  local text = base64url(header) .. "." .. base64url(payload)
  return text .. "." .. base64url(crypto.es256_sign(pem, text))
end
