-- Credentials of an EC2 instance, from its metadata service: IMDSv2, and IMDSv1 only where the
-- user has said ec2_metadata_v1_disabled = false.
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local metadata = require "aws.credentials.metadata"
local trim = require "aws.trim"

local LOOKED <const> = "EC2 instance metadata (%s)"
local SOURCE <const> = "the instance's role"
local ENDPOINTS <const> = { ipv4 = "http://169.254.169.254", ipv6 = "http://[fd00:ec2::254]" }
local HOSTS <const> = { ["169.254.169.254"] = true, ["[fd00:ec2::254]"] = true }
local TOKEN_PATH <const> = "/latest/api/token"
local ROLE_PATH <const> = "/latest/meta-data/iam/security-credentials/"
local TOKEN_LIFE_S <const> = "21600"
local REFUSED <const> = { [403] = true, [404] = true, [405] = true }

local NAMES <const> = { access_key = "AccessKeyId", secret_key = "SecretAccessKey",
  token = "Token", expires = "Expiration", account_id = "AccountId" }

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

local function get(self, path, headers)
  local response, reason = metadata.ask(self.session, { url = self.base .. path,
    headers = headers }, self.limits)
  if not response then return nil, reason end
  if response.status ~= 200 then return nil, "HTTP " .. response.status, response.status end
  return response.body or ""
end

local function role_of(self, headers)
  local given = self.session.config:get("ec2_instance_profile_name",
    "AWS_EC2_INSTANCE_PROFILE_NAME")
  if given then return given end
  local names, reason, status = get(self, ROLE_PATH, headers)
  if not names then return nil, status == 404 and "no role is attached" or reason end
  local name = trim(names:match("[^\r\n]*"))
  if not name:match("^[%w+=,.@_-]+$") then return nil, "no name of a role" end
  return name
end

local function fetch(self)
  local headers, reason = begin(self)
  if not headers then return nil, reason end
  local role, body
  role, reason = role_of(self, headers)
  if not role then return nil, reason end
  body, reason = get(self, ROLE_PATH .. role, headers)
  if not body then return nil, ("%s for the role %s"):format(reason, role) end
  local answer = document.read(body, SOURCE)
  local code = answer.Code
  if code ~= nil and code ~= "Success" then
    return nil, ("the role %s: %s"):format(role, (tostring(code):sub(1, 100):gsub("%c", " ")))
  end
  return document.credentials(answer, NAMES, SOURCE)
end

---@param session table
---@return aws.credentials|nil
---@return string|nil looked
return function(session)
  if (session.env "AWS_EC2_METADATA_DISABLED" or ""):lower() == "true" then
    return nil, LOOKED:format("off by AWS_EC2_METADATA_DISABLED")
  end
  local base = endpoint(session)
  if not session.allow_http then metadata.check(base, HOSTS, "ec2_metadata_service_endpoint") end
  local found, reason = fetch { session = session, base = base, limits = limits(session) }
  if found then return found end
  return nil, LOOKED:format(reason)
end
