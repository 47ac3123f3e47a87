-- Buckets that lie in another region than the client's: S3 says which, and the call goes there,
-- by AWS's rules for that region and not to an address that an answer names.
local bucket_region = {}

local STATUS <const> = { [301] = true, [302] = true, [307] = true, [400] = true }
local CODE <const> = { AuthorizationHeaderMalformed = true, PermanentRedirect = true,
  IllegalLocationConstraintException = true }

local function said(found)
  local region = found.headers["x-amz-bucket-region"]
    or (found.parsed or {}).region
  if type(region) ~= "string" or #region > 63 or not region:match("^%w[%w-]*$") then return nil end
  return region
end

local function is_elsewhere(call, found)
  if call.operation.name == "CreateBucket" then return false end
  return CODE[found.code] or STATUS[found.status] and found.headers["x-amz-bucket-region"] ~= nil
end

---Notes where the bucket of a call is; true where the call is to be sent there. Once a call.
---@param session table
---@param call table
---@param found table  what aws.outcome has found
---@return boolean
function bucket_region.learn(session, call, found)
  local bucket = call.params.Bucket
  if call.service.metadata.serviceId ~= "S3" or call.moved or not found.status
    or type(bucket) ~= "string" or bucket:match("^arn:") or not is_elsewhere(call, found) then
    return false
  end
  local region = said(found)
  if not region or region == call.endpoint.auth.region then return false end
  session.bucket_regions[bucket], call.moved = region, true
  return true
end

return bucket_region
