-- The checksum of a body behind the body: aws-chunked, as AWS's own clients send to S3 what streams
-- under TLS. The body is not signed then; TLS and the checksum keep it whole.
local trailer = {}

local CHUNK_BYTES <const> = 1024 * 1024

---@param body string
---@param name string
---@param sum string
---@return string
local function framed(body, name, sum)
  local parts = {}
  for at = 1, #body, CHUNK_BYTES do
    local chunk = body:sub(at, at + CHUNK_BYTES - 1)
    parts[#parts + 1] = ("%x\r\n"):format(#chunk)
    parts[#parts + 1] = chunk
    parts[#parts + 1] = "\r\n"
  end
  parts[#parts + 1] = ("0\r\n%s:%s\r\n\r\n"):format(name, sum)
  return table.concat(parts)
end

---Changes a request in place.
---@param request { headers: table, body: string }
---@param name string  the header that the checksum would be
---@param sum string
function trailer.apply(request, name, sum)
  local headers, body = request.headers, request.body or ""
  local encoding = headers["content-encoding"]
  headers["content-encoding"] = encoding and encoding .. ",aws-chunked" or "aws-chunked"
  headers["x-amz-trailer"] = name
  headers["x-amz-decoded-content-length"] = tostring(#body)
  headers["x-amz-content-sha256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
  request.body = framed(body, name, sum)
end

return trailer
