-- What a signature says of the body: its hash, or that it is not signed. It is left unsigned only
-- where TLS keeps it whole and the model, or a checksum of its own, allows it.
local crypto = require "native.crypto"
local stream = require "aws.stream"

local payload = {}

payload.UNSIGNED = "UNSIGNED-PAYLOAD"

local function has_checksum(headers)
  for name in pairs(headers) do
    if name:match("^x%-amz%-checksum%-") then return true end
  end
  return false
end

-- S3 is told of a body that is not there as it is told of any other.
local function is_unsigned_by_model(call, request)
  local operation = call.operation
  local may_be = operation.unsignedPayload or operation.authtype == "v4-unsigned-body"
  if not may_be then return false end
  return call.source ~= nil or (request.body or "") ~= ""
    or call.service.metadata.serviceId ~= "S3"
end

---@param session aws.session
---@param call table
---@param request { url: string, headers: table, body: string|nil }
---@return string  hex, or a word that stands for it
function payload.hash(session, call, request)
  local given = request.headers["x-amz-content-sha256"]
  if given then return given end
  local is_tls = request.url:match("^https:") ~= nil
  if is_tls and is_unsigned_by_model(call, request) then return payload.UNSIGNED end
  if not call.source then return crypto.hex(crypto.sha256(request.body or "")) end
  if is_tls and call.service.metadata.serviceId == "S3" and has_checksum(request.headers) then
    return payload.UNSIGNED
  end
  call.source.sha256 = call.source.sha256 or stream.digest(session, "sha256", call.source)
  return crypto.hex(call.source.sha256)
end

return payload
