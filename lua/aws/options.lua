-- The options of sessions and clients, and what each may be: one that is misspelt would otherwise
-- be as good as none, and a call meant for somewhere else would go to AWS.
local failure = require "engine.failure"
local nearest = require "aws.nearest"
local set = require "aws.words"

-- What takes several types, or is looked at by its reader, stands in ANY.
local TYPES <const> = {
  string = set [[ region profile assume_role account_id_endpoint_mode sts_regional_endpoints
    request_checksum_calculation response_checksum_validation rate_limits retry_mode imds_endpoint
    imds_endpoint_mode auth_scheme_preference ]],
  boolean = set [[ ignore_configured_endpoint_urls use_fips_endpoint use_dualstack_endpoint
    allow_http disable_request_compression path_style ]],
  table = set "credentials s3 client_context",
  number = set "timeout_ms connect_timeout_ms request_min_compression_size_bytes",
  ["function"] = set "on_call ask now random uuid read_file write_file",
}
local ANY <const> = set "endpoint_url max_attempts endpoint_discovery_enabled env data session"

local function refuse(what, next_step)
  failure.raise { what = "the AWS client's options: " .. what, code = "ParamValidation",
    next = next_step }
end

local function type_of(name)
  for kind, names in pairs(TYPES) do
    if names[name] then return kind end
  end
  return ANY[name] and "any" or nil
end

local function names()
  local found = {}
  for name in pairs(ANY) do found[#found + 1] = name end
  for _, some in pairs(TYPES) do
    for name in pairs(some) do found[#found + 1] = name end
  end
  table.sort(found)
  return found
end

local function check_keys(keys)
  if type(keys.access_key) == "string" and type(keys.secret_key) == "string" then return end
  refuse("credentials are no keys",
    "write credentials = { access_key = TEXT, secret_key = TEXT, token = TEXT or nil }")
end

---Raises where an option is none, or is of another type.
---@param options any
---@return table
return function(options)
  if options == nil then return {} end
  if type(options) ~= "table" then
    refuse("they are a table, not a " .. type(options), 'write { region = "eu-west-1" }')
  end
  for name, value in pairs(options) do
    local kind = type_of(name)
    if not kind then
      refuse(("there is no option %s"):format(tostring(name)),
        nearest.advice(tostring(name), names(), "lua/aws/session.lua lists them"))
    elseif kind ~= "any" and type(value) ~= kind then
      refuse(("%s must be a %s, not a %s"):format(name, kind, type(value)), "correct it")
    end
  end
  local url = options.endpoint_url
  if url and type(url) ~= "string" then refuse("endpoint_url must be a text", "correct it") end
  if options.credentials then check_keys(options.credentials) end
  return options
end
