-- What rule sets ask of the client and not of the call: the region, the user's settings, the
-- account. Those of S3 follow the AWS CLI, which has been kinder than the rules are.
local configured = require "aws.endpoint.configured"
local settings = require "aws.endpoint.settings"
local url = require "aws.url"

local built_ins = {}

local of_session = {}

of_session["AWS::Region"] = function(session) return session:find_region() or "aws-global" end

of_session["AWS::UseFIPS"] = function(session)
  return session:has_fips_region()
    or settings.flag(session, "use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT")
end

local OF_S3 <const> = { S3 = true, ["S3 Control"] = true }

of_session["AWS::UseDualStack"] = function(session, service)
  local own = OF_S3[service.metadata.serviceId]
    and settings.boolean("s3.use_dualstack_endpoint",
      settings.s3(session, "use_dualstack_endpoint"))
  if own ~= nil then return own end
  return settings.flag(session, "use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT")
end

of_session["SDK::Endpoint"] = function(session, service) return (configured(session, service)) end

of_session["AWS::Auth::AccountIdEndpointMode"] = function(session)
  return settings.word("account_id_endpoint_mode", session.options.account_id_endpoint_mode
    or session.config:get("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE"),
    { "preferred", "disabled", "required" })
end

of_session["AWS::STS::UseGlobalEndpoint"] = function(session)
  return settings.word("sts_regional_endpoints", session.options.sts_regional_endpoints
    or session.config:get("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS"),
    { "regional", "legacy" }) == "legacy"
end

of_session["AWS::S3::UseGlobalEndpoint"] = function(session)
  return settings.word("us_east_1_regional_endpoint",
    settings.s3(session, "us_east_1_regional_endpoint", {
      variable = "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", profile = "s3_us_east_1_regional_endpoint",
    }), { "regional", "legacy" }) == "legacy"
end

local function s3_flag(key, more)
  return function(session)
    return settings.boolean("s3." .. key, settings.s3(session, key, more))
  end
end

of_session["AWS::S3::Accelerate"] = s3_flag "use_accelerate_endpoint"

of_session["AWS::S3::UseArnRegion"] = s3_flag("use_arn_region",
  { variable = "AWS_S3_USE_ARN_REGION", profile = "s3_use_arn_region" })

of_session["AWS::S3Control::UseArnRegion"] = of_session["AWS::S3::UseArnRegion"]

of_session["AWS::S3::DisableMultiRegionAccessPoints"] = s3_flag("disable_multiregion_access_points",
  { variable = "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
    profile = "s3_disable_multiregion_access_points" })

of_session["AWS::S3::DisableS3ExpressSessionAuth"] = s3_flag("disable_s3_express_session_auth",
  { variable = "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    profile = "s3_disable_express_session_auth" })

local STYLES <const> = { "auto", "virtual", "path" }

local function addressing_style(session)
  local written = settings.s3(session, "addressing_style")
  if written == nil and session.path_style then written = "path" end
  return settings.word("s3.addressing_style", written, STYLES)
end

-- The endpoint of the user's own is mostly one that knows no names of buckets before its host.
of_session["AWS::S3::ForcePathStyle"] = function(session, service)
  local style, own = addressing_style(session), configured(session, service)
  if style ~= "auto" then return style == "path" end
  if not own or of_session["AWS::S3::Accelerate"](session) then return false end
  local host = (url.parse(own) or {}).host or ""
  return not host:match("^s3%-accelerate%.")
end

---What stays the same for all calls of a session to a service.
---@param session table
---@param service table
---@param name string  "AWS::Region"
---@return any
function built_ins.of_session(session, service, name)
  local find = of_session[name]
  return find and find(session, service)
end

local of_call = {}

of_call["AWS::Auth::AccountId"] = function(_, call)
  return call.credentials and call.credentials.account_id
end

of_call["AWS::Region"] = function(session, call)
  return session.bucket_regions[call.params.Bucket or ""]
end

-- Nobody's account: there is none to ask for.
of_call["AWS::Auth::AccountIdEndpointMode"] = function(_, call)
  return not call.credentials and "disabled" or nil
end

-- An ARN never stands in a path (the rules say so where the user demands it); where the bucket
-- lies is asked before its region is known, which its own host would not allow.
of_call["AWS::S3::ForcePathStyle"] = function(session, call)
  if call.operation.name == "GetBucketLocation" then return true end
  local bucket = call.params.Bucket
  if type(bucket) == "string" and bucket:match("^arn:") then
    return addressing_style(session) == "path"
  end
end

---What hangs on the call; nil: as the session has it.
---@param session table
---@param call table
---@param name string
---@return any
function built_ins.of_call(session, call, name)
  local find = of_call[name]
  return find and find(session, call)
end

---@param service table
---@param name string
---@return boolean
function built_ins.hangs_on_call(service, name)
  if name == "AWS::Region" then return service.metadata.serviceId == "S3" end
  return of_call[name] ~= nil
end

return built_ins
