-- What an EC2 instance says of itself: its metadata service, by IMDSv2, and by IMDSv1 only where
-- the user has said ec2_metadata_v1_disabled = false.
local failure = require "engine.failure"
local metadata = require "aws.credentials.metadata"
local trim = require "aws.trim"

local ENDPOINTS <const> = { ipv4 = "http://169.254.169.254", ipv6 = "http://[fd00:ec2::254]" }
local HOSTS <const> = { ["169.254.169.254"] = true, ["[fd00:ec2::254]"] = true }
local TOKEN_PATH <const> = "/latest/api/token"
local TOKEN_LIFE_S <const> = "21600"
local REFUSED <const> = { [403] = true, [404] = true, [405] = true }

---@class aws.instance
local instance = {}
instance.__index = instance

local function wrong(name, value, advice)
  failure.raise { what = ("the setting %s is %q"):format(name, value), code = "InvalidConfig",
    next = advice }
end

local function endpoint(session)
  local options, config = session.options, session.config
  local given = options.imds_endpoint
    or config:get("ec2_metadata_service_endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT")
  if given then return (given:gsub("/+$", "")) end
  local mode = options.imds_endpoint_mode or config:get("ec2_metadata_service_endpoint_mode",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") or "ipv4"
  return ENDPOINTS[mode:lower()]
    or wrong("ec2_metadata_service_endpoint_mode", mode, "write IPv4 or IPv6")
end

local function number(session, key, variable, otherwise)
  local text = session.config:get(key, variable)
  if not text then return otherwise end
  local value = tonumber(text)
  if not value or value <= 0 or value > 1000 then wrong(key, text, "write a number above 0") end
  return value
end

local function limits(session)
  local timeout_s = number(session, "metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT", 1)
  local attempts = number(session, "metadata_service_num_attempts",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1)
  return { timeout_ms = math.ceil(timeout_s * 1000), attempts = math.ceil(attempts) }
end

local function allows_v1(config)
  return config:flag("ec2_metadata_v1_disabled", "AWS_EC2_METADATA_V1_DISABLED") == false
end

-- The headers that each question carries; nil and why where there is nobody to ask.
local function begin(self)
  local response, reason = metadata.ask(self.session, { method = "PUT",
    url = self.base .. TOKEN_PATH,
    headers = { ["x-aws-ec2-metadata-token-ttl-seconds"] = TOKEN_LIFE_S } }, self.limits)
  local token = response and response.status == 200 and trim(response.body or "") or ""
  if token ~= "" and not token:find("[%c%s]") then
    return { ["x-aws-ec2-metadata-token"] = token }
  end
  if not response or REFUSED[response.status] then
    if allows_v1(self.session.config) then return {} end
    if not response then return nil, reason end
    return nil, ("HTTP %d to IMDSv2, and IMDSv1 is off"):format(response.status)
  end
  return nil, response.status == 200 and "no token" or "HTTP " .. response.status
end

---What the service says at a path.
---@param path string
---@return string|nil body
---@return string|nil reason
---@return integer|nil status  of an answer that was none
function instance:get(path)
  local response, reason = metadata.ask(self.session, { url = self.base .. path,
    headers = self.headers }, self.limits)
  if not response then return nil, reason end
  if response.status ~= 200 then return nil, "HTTP " .. response.status, response.status end
  return response.body or ""
end

---The service of the instance that this runs on, ready to be asked; nil and why where it is none.
---@param session table
---@return aws.instance|nil
---@return string|nil reason
local function open(session)
  if (session.env "AWS_EC2_METADATA_DISABLED" or ""):lower() == "true" then
    return nil, "off by AWS_EC2_METADATA_DISABLED"
  end
  local base = endpoint(session)
  if not session.allow_http then metadata.check(base, HOSTS, "ec2_metadata_service_endpoint") end
  local self = setmetatable({ session = session, base = base, limits = limits(session) }, instance)
  local headers, reason = begin(self)
  if not headers then return nil, reason end
  self.headers = headers
  return self
end

return { open = open }
