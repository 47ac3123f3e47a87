-- The options of sessions and clients, and what each may be: one that is misspelt would otherwise
-- be as good as none, and a call meant for somewhere else would go to AWS.
local arguments = require "aws.arguments"
local failure = require "engine.failure"

-- Those of each type; what takes several, or is looked at by its reader, is any.
local BY_TYPE <const> = {
  string = [[ region profile assume_role account_id_endpoint_mode sts_regional_endpoints
    request_checksum_calculation response_checksum_validation rate_limits retry_mode imds_endpoint
    imds_endpoint_mode auth_scheme_preference ]],
  boolean = [[ ignore_configured_endpoint_urls use_fips_endpoint use_dualstack_endpoint
    allow_http disable_request_compression path_style ]],
  table = "credentials s3 client_context",
  number = "timeout_ms connect_timeout_ms request_min_compression_size_bytes",
  ["function"] = "on_call ask now random uuid read_file write_file",
  any = "endpoint_url max_attempts endpoint_discovery_enabled env data session",
}

local TYPES <const> = {}
for kind, names in pairs(BY_TYPE) do
  for name in names:gmatch "%S+" do TYPES[name] = kind end
end

local function refuse(what, next_step)
  failure.raise { what = "the AWS client's options: " .. what, code = "ParamValidation",
    next = next_step }
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
  local what, next_step = arguments.fault(options, TYPES, "lua/aws/session.lua lists them")
  if what then refuse(what, next_step) end
  local url = options.endpoint_url
  if url and type(url) ~= "string" then refuse("endpoint_url must be a text", "correct it") end
  if options.credentials then check_keys(options.credentials) end
  return options
end
