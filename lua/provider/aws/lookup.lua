--- Look-ups: what a recipe may ask of AWS while it is evaluated.
local failure = require "engine.failure"
local sensitive = require "provider.aws.sensitive"
local share = require "provider.aws.share"
local value = require "engine.value"

local lookup = {}

local MOST_NAMES = 10 -- of one GetParameters

local function get_parameters(job, names)
  local found = {}
  local answer = job.machine:call(job.place, "ssm", "GetParameters",
    { Names = names, WithDecryption = true })
  for _, parameter in ipairs(answer.Parameters or {}) do
    found[parameter.Name .. (parameter.Selector or "")] = parameter
  end
  return found
end

--- The value of a parameter of the parameter store; all that are wanted in a turn in one call.
function lookup.parameter(job, name)
  local found = share.named(job.machine.pool, job.place.key .. "/parameters", name, MOST_NAMES,
    function(names) return get_parameters(job, names) end)
  if not found then
    failure.raise { what = ("there is no parameter %s in %s"):format(name, job.place.display),
      code = "ParameterNotFound", next = "check its name, and the region" }
  end
  if found.Type == "SecureString" then return value.secret(found.Value) end
  return found.Value
end

local IMAGE_FILTERS = {
  name = "name", architecture = "architecture", state = "state", virtualization_type =
  "virtualization-type", root_device_type = "root-device-type", Name = "name",
}

local function image_request(wanted)
  local filters, params = {}, {}
  for _, key in ipairs(value.keys(wanted)) do
    local v = wanted[key]
    if key == "owners" or key == "Owners" then
      params.Owners = type(v) == "table" and v or { v }
    elseif type(key) == "string" then
      local values = type(v) == "table" and v or { v }
      filters[#filters + 1] = { Name = IMAGE_FILTERS[key] or key, Values = values }
    end
  end
  filters[#filters + 1] = { Name = "state", Values = { "available" } }
  params.Filters = filters
  return params
end

--- The newest image that these filters find:
---   aws.lookup.image { owners = "amazon", name = "al2023-*" }
function lookup.image(job, wanted)
  local answer = job.machine:call(job.place, "ec2", "DescribeImages", image_request(wanted))
  local newest
  for _, image in ipairs(answer.Images or {}) do
    local is_newer = not newest or (image.CreationDate or "") > (newest.CreationDate or "")
    if is_newer then newest = image end
  end
  if not newest then
    failure.raise { what = "no image in " .. job.place.display .. " is like that",
      next = "check the owner, the name pattern and the region" }
  end
  return newest.ImageId
end

--- The zones of the region, by name.
function lookup.zones(job)
  local answer = job.machine:call(job.place, "ec2", "DescribeAvailabilityZones",
    { Filters = { { Name = "opt-in-status", Values = { "opt-in-not-required", "opted-in" } } } })
  local names = {}
  for i, zone in ipairs(answer.AvailabilityZones or {}) do names[i] = zone.ZoneName end
  table.sort(names)
  return names
end

local READS = { "Describe", "Get", "List", "Search", "BatchGet", "Lookup", "Head", "Scan", "Query" }

local SECRETS = { GetSecretValue = true, GetPasswordData = true, BatchGetSecretValue = true,
  GetRandomPassword = true, GetSessionToken = true, GetFederationToken = true,
  GetAuthorizationToken = true }

--- Any operation that reads; what its model marks as sensitive in the answer is a secret.
function lookup.call(job, service, operation, params)
  local reads = false
  for _, word in ipairs(READS) do reads = reads or operation:sub(1, #word) == word end
  if not reads then
    failure.raise { what = ("%s is not a read, and a recipe only reads"):format(operation),
      next = "declare a resource for what should exist" }
  end
  local answer = job.machine:call(job.place, service, operation, params or {})
  local decrypted = type(params) == "table" and params.WithDecryption
  if SECRETS[operation] or decrypted then return value.secret(answer) end
  return sensitive.hidden(job.machine:operation(service, operation).output, answer)
end

--- Whose credentials these are; asked once for each place.
function lookup.identity(job)
  local known, key = job.machine.identities, job.place.key
  if not known[key] then
    local answer = share.join(job.machine.pool, key .. "/identity", true, function()
      return job.machine:call(job.place, "sts", "GetCallerIdentity", {})
    end)
    known[key] = { Account = answer.Account, Arn = answer.Arn, UserId = answer.UserId }
  end
  return known[key]
end

--- Answers a look-up: { "parameter", name }, { "image", filters }, { "call", ... } and so on.
---@param job table
---@param wanted table
---@return any
function lookup.answer(job, wanted)
  local name = wanted[1]
  local fn = name ~= "answer" and lookup[name]
  if not fn then
    failure.raise { what = ("there is no look-up %s"):format(tostring(name)),
      next = "the look-ups are call, identity, image, parameter and zones" }
  end
  return fn(job, table.unpack(wanted, 2))
end

return lookup
