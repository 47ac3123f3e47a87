-- What the clients of one account and region share: settings, credentials, retry quotas.
local ask = require "aws.credentials.ask"
local bearer = require "aws.credentials.bearer"
local config = require "aws.config"
local credentials = require "aws.credentials"
local crypto = require "native.crypto"
local failure = require "engine.failure"
local fs = require "native.fs"
local held = require "aws.held"
local pack = require "native.pack"
local region = require "aws.region"
local retry = require "aws.retry"
local settings = require "aws.retry_settings"
local sys = require "native.sys"
local token = require "aws.token"

---@class aws.session
---@field on_call fun(event: table)|nil  told of every attempt
local session = {}
session.__index = session

local function env_of(given)
  if type(given) == "table" then
    local values = given
    given = function(name) return values[name] end
  end
  local env = given or sys.getenv
  return function(name)
    local value = env(name)
    return value ~= "" and value or nil
  end
end

-- What is private: for its owner alone, in a folder that is so too.
local function write_private(path, text)
  local ok, cause = fs.mkdir(path:match("^(.*)/[^/]*$") or ".")
  if not ok then return nil, cause end
  return fs.replace(path, text)
end

local function random_fraction()
  return (string.unpack("<I6", crypto.random(6))) / 2 ^ 48
end

---@class aws.session_options
---@field region string|nil
---@field profile string|nil  stands above AWS_PROFILE and the keys in the environment
---@field assume_role string|nil  the ARN of a role that is assumed with the credentials found
---@field credentials table|nil  { access_key, secret_key, token } instead of the chain
---@field endpoint_url string|nil
---@field ignore_configured_endpoint_urls boolean|nil
---@field use_fips_endpoint boolean|nil
---@field use_dualstack_endpoint boolean|nil
---@field auth_scheme_preference string|nil  as in "httpBearerAuth, sigv4"
---@field account_id_endpoint_mode "preferred"|"disabled"|"required"|nil
---@field sts_regional_endpoints "regional"|"legacy"|nil
---@field s3 table|nil  as below `s3 =` in a profile: { addressing_style = "path" }
---@field client_context table|nil  values of the model's clientContextParams, by their names
---@field request_checksum_calculation "when_supported"|"when_required"|nil
---@field response_checksum_validation "when_supported"|"when_required"|nil
---@field endpoint_discovery_enabled "auto"|boolean|nil  auto: where an operation requires it
---@field disable_request_compression boolean|nil
---@field request_min_compression_size_bytes integer|nil  10240 where nothing is said
---@field allow_http boolean|nil  plain HTTP to hosts that are not loopback
---@field rate_limits "aws"|"none"|nil  the published limits; by default where the endpoint is AWS's
---@field retry_mode "standard"|"adaptive"|"legacy"|nil  legacy is taken for standard
---@field max_attempts integer|nil
---@field timeout_ms integer|nil
---@field connect_timeout_ms integer|nil
---@field on_call fun(event: table)|nil  { service, operation, attempt, status } of every attempt
---@field ask (fun(question: string): string|nil)|nil  for an MFA code; nil: on the terminal
---@field imds_endpoint string|nil  of the instance's metadata, above all settings
---@field imds_endpoint_mode "IPv4"|"IPv6"|nil

---Options may also be the ports env, read_file, write_file, now, random, uuid and data.
---@param options aws.session_options|nil
---@return aws.session
local function new(options)
  options = options or {}
  local self = setmetatable({ options = options, quotas = {}, limiters = {}, records = {},
    endpoints = {}, instance = {}, bucket_regions = {}, held = {}, discovered = held.store(),
    express = held.store() }, session)
  self.env = env_of(options.env)
  self.now = options.now or sys.now_ms
  self.random = options.random or random_fraction
  self.uuid = options.uuid or token.uuid
  self.data = options.data or assert(pack.open())
  self.read_file = options.read_file or fs.read
  self.write_file = options.write_file or write_private
  self.ask = options.ask or ask.on_terminal
  self.config = config.load(self, options.profile)
  self.given_credentials = options.credentials
  for _, key in ipairs { "assume_role", "endpoint_url", "allow_http", "on_call", "path_style" } do
    self[key] = options[key]
  end
  self.skew_ms = 0
  return self
end

---The region; may wait.
---@return string
function session:region()
  return self:find_region() or self:instance_region() or region.missing(self.config)
end

---The region, or nil where none is known: the user has named none, and no instance was asked.
---@return string|nil
function session:find_region()
  if not self.found_region then
    self.found_region, self.fips_region = region.find(self.options, self.config)
  end
  return self.found_region or self.instance.region or nil
end

---The region of the EC2 instance that this runs on, asked for once, by who may wait.
---@return string|nil
function session:instance_region()
  local instance = self.instance
  if instance.region == nil and coroutine.isyieldable() then
    instance.region = region.of_instance(self) or false
  end
  return instance.region or nil
end

---Whether the region was written as one of FIPS endpoints ("fips-us-east-1").
---@return boolean
function session:has_fips_region()
  return self:find_region() ~= nil and self.fips_region
end

---The credentials to sign with; may wait.
---@return table
function session:get_credentials()
  return credentials.get(self)
end

---A token to send in place of a signature; may wait.
---@param signing_name string|nil
---@return { token: string, expires_ms: number|nil }
function session:get_bearer_token(signing_name)
  return bearer.get(self, signing_name)
end

---@param used table
---@return boolean
function session:credentials_expired(used)
  return credentials.expired(self, used)
end

---The clock of AWS, as far as its answers have told.
---@return number
function session:aws_now_ms()
  return self.now() + self.skew_ms
end

---A record of the data file, read once.
---@param kind string
---@param key string|nil
---@return any
function session:record(kind, key)
  local found = self:find_record(kind, key)
  if found == nil then
    failure.raise { what = ("the data file has no %s of %s"):format(kind, key or "AWS"),
      next = "mrun version --verify checks the data file" }
  end
  return found
end

---The same; nil where there is none.
---@param kind string
---@param key string|nil
---@return any
function session:find_record(kind, key)
  local name = kind .. "/" .. (key or "")
  local found = self.records[name]
  if found == nil then
    found = self.data:record(kind, key or kind)
    self.records[name] = found
  end
  return found
end

---@param service string
---@return table
function session:quota(service)
  self.quotas[service] = self.quotas[service] or retry.quota()
  return self.quotas[service]
end

---The adaptive mode's rate limiter of a service.
---@param service string
---@param make fun(now_s: number): aws.adaptive
---@return aws.adaptive
function session:limiter(service, make)
  self.limiters[service] = self.limiters[service] or make(self.now() / 1000)
  return self.limiters[service]
end

---@return "standard"|"adaptive"
function session:retry_mode()
  self.found_mode = self.found_mode or settings.mode(self.options, self.config)
  return self.found_mode
end

---@param service string
---@return integer
function session:max_attempts(service)
  if self.found_attempts == nil then
    self.found_attempts = settings.max_attempts(self.options, self.config) or false
  end
  return retry.max_attempts(service, self.found_attempts or nil)
end

---The same account and files with other options; quotas and caches are shared.
---@param options table
---@return aws.session
function session:with(options)
  local merged = {}
  for _, source in ipairs { self.options, options } do
    for key, value in pairs(source) do merged[key] = value end
  end
  local copy = setmetatable({}, session)
  for key, value in pairs(self) do copy[key] = value end
  copy.options, copy.endpoints = merged, {}
  copy.found_mode, copy.found_attempts = nil, nil
  if options.credentials then copy.given_credentials = options.credentials end
  if options.region and options.region ~= self.options.region then
    copy.found_region, copy.limiters = nil, {}
  end
  -- false: not even that of this session.
  if options.endpoint_url ~= nil then copy.endpoint_url = options.endpoint_url or nil end
  if options.on_call then copy.on_call = options.on_call end
  return copy
end

return { new = new, class = session }
