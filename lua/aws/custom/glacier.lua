-- Glacier wants its version in a header, an account in every path, and a checksum of its own kind.
local crypto = require "native.crypto"

local CHUNK_BYTES <const> = 1024 * 1024

local glacier = {}

---@param operation table
---@param params table
---@return table
function glacier.params(operation, params)
  if params.accountId ~= nil or not operation.input or not operation.input:member "accountId" then
    return params
  end
  local copy = { accountId = "-" } -- whose credentials sign
  for name, value in pairs(params) do copy[name] = value end
  return copy
end

---The SHA-256 of the SHA-256s of each MiB, two by two up to one.
---@param text string
---@return string hex
function glacier.tree_hash(text)
  local sums = {}
  for at = 1, math.max(#text, 1), CHUNK_BYTES do
    sums[#sums + 1] = crypto.sha256(text:sub(at, at + CHUNK_BYTES - 1))
  end
  while #sums > 1 do
    local above = {}
    for at = 1, #sums, 2 do
      local pair = sums[at + 1] and crypto.sha256(sums[at] .. sums[at + 1])
      above[#above + 1] = pair or sums[at]
    end
    sums = above
  end
  return crypto.hex(sums[1])
end

---@param call table
---@param request table
function glacier.request(call, request)
  local headers = request.headers
  headers["x-amz-glacier-version"] = call.service.metadata.apiVersion
  local name = call.operation.name
  if name ~= "UploadArchive" and name ~= "UploadMultipartPart" then return end
  if not call.source and not headers["x-amz-sha256-tree-hash"] then
    headers["x-amz-sha256-tree-hash"] = glacier.tree_hash(request.body or "")
  end
end

return glacier
