-- Client-side token buckets, one an operation, with the numbers that EC2 publishes for an
-- account and region ("Request throttling for the Amazon EC2 API"), so that a big plan does not
-- reach the throttle.
local rate = {}

-- { tokens that the bucket holds, tokens a second }
local READS <const>, UNFILTERED <const>, WRITES <const> = { 100, 20 }, { 50, 10 }, { 50, 5 }

local EC2 <const> = {
  RunInstances = { 5, 2 }, StartInstances = { 5, 2 }, TerminateInstances = { 100, 5 },
  CreateTags = { 100, 10 }, DeleteTags = { 100, 10 },
  CreateVpcEndpoint = { 4, 0.3 }, ModifyVpcEndpoint = { 4, 0.3 }, DeleteVpcEndpoints = { 4, 0.3 },
  CreateNatGateway = { 10, 1 }, DeleteNatGateway = { 10, 1 },
  CreateNetworkInterface = { 100, 5 }, CreateVolume = { 100, 5 }, CreateSnapshot = { 100, 5 },
  AssociateIamInstanceProfile = { 100, 5 }, CopyImage = { 100, 1 },
}

local COSTLY_UNFILTERED <const> = {
  DescribeInstances = true, DescribeInstanceStatus = true, DescribeNetworkInterfaces = true,
  DescribeSecurityGroups = true, DescribeSnapshots = true, DescribeSpotInstanceRequests = true,
  DescribeVolumes = true,
}

-- The published limits for one call, and the name of its bucket.
local function limits_of(service, operation, params)
  if service ~= "ec2" then return nil end
  if EC2[operation] then return EC2[operation], operation end
  if COSTLY_UNFILTERED[operation] and not next(params) then
    return UNFILTERED, operation .. " without filter"
  end
  local reads = operation:match("^Describe") or operation:match("^Get")
    or operation:match("^Search")
  return reads and READS or WRITES, operation
end

---A new set of buckets, for one account and region.
---@return table
function rate.new()
  return {}
end

---Takes a token for one call.
---@param buckets table
---@param call { service: string, operation: string, params: table }
---@param now_ms number
---@return number wait_ms  how long to wait before sending, 0 mostly
function rate.take(buckets, call, now_ms)
  local limits, name = limits_of(call.service, call.operation, call.params)
  if not limits then return 0 end
  local size, refill = limits[1], limits[2]
  local bucket = buckets[name] or { tokens = size, at_ms = now_ms }
  buckets[name] = bucket
  local gained = math.max(0, now_ms - bucket.at_ms) / 1000 * refill
  bucket.tokens, bucket.at_ms = math.min(size, bucket.tokens + gained) - 1, now_ms
  return bucket.tokens >= 0 and 0 or -bucket.tokens / refill * 1000
end

return rate
