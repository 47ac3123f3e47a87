-- The rule sets of services: by their parameters, and through the operations of a case, whose
-- parameters come from the model, the call and the user's settings.
local aws = require "aws"
local compile = require "aws.endpoint.rules"
local difference = require("endpoint_case").difference
local endpoint = require "aws.endpoint"
local failure = require "engine.failure"
local functions = require "aws.endpoint.functions"
local pack = require "native.pack"

-- The data file of the product, with the rule set and the partitions of the suite.
local function data_with(packed, service, ruleset, partitions)
  local data = {}
  for _, name in ipairs { "service", "operation", "services", "operations" } do
    data[name] = function(_, ...) return packed[name](packed, ...) end
  end
  function data:record(kind, key) -- luacheck: no self
    if kind == "endpoint_rules" and key == service then return ruleset end
    if kind == "partitions" then return partitions end
    return packed:record(kind, key)
  end
  return data
end

local function word(value, yes, no)
  return value and yes or no
end

local function first(one, other)
  if one ~= nil then return one end
  return other
end

-- The user's settings that make an SDK hand its rule set these built-ins.
local function options_of(given, data)
  return {
    data = data, env = {}, read_file = function() return nil, { code = "ENOENT" } end,
    allow_http = true, region = given["AWS::Region"], endpoint_url = given["SDK::Endpoint"],
    use_fips_endpoint = given["AWS::UseFIPS"], use_dualstack_endpoint = given["AWS::UseDualStack"],
    account_id_endpoint_mode = given["AWS::Auth::AccountIdEndpointMode"],
    sts_regional_endpoints = word(given["AWS::STS::UseGlobalEndpoint"], "legacy", "regional"),
    credentials = { access_key = "AKIDEXAMPLE", secret_key = "SECRET",
      account_id = given["AWS::Auth::AccountId"] },
    s3 = {
      addressing_style = word(given["AWS::S3::ForcePathStyle"], "path", "virtual"),
      use_accelerate_endpoint = given["AWS::S3::Accelerate"],
      use_arn_region = first(given["AWS::S3::UseArnRegion"],
        given["AWS::S3Control::UseArnRegion"]),
      us_east_1_regional_endpoint =
        word(given["AWS::S3::UseGlobalEndpoint"], "legacy", "regional"),
      disable_multiregion_access_points = given["AWS::S3::DisableMultiRegionAccessPoints"],
    },
  }
end

local function resolve(session, service, operation, params)
  local ok, found = pcall(endpoint.resolve, session, { service = session.data:service(service),
    operation = session.data:operation(service, operation), params = params,
    credentials = session:get_credentials() })
  if ok then return found end
  if failure.is(found) and found.reason then return nil, found.reason end
  error(found, 0)
end

-- What a whole call would send, where its parameters allow one.
local function sent(session, service, operation, params)
  local thread = coroutine.create(function()
    return session:client(service):call(operation, params)
  end)
  local _, asked = coroutine.resume(thread)
  return type(asked) == "table" and asked.http or nil
end

-- Whether a request goes there, and is signed as the endpoint says; an operation may put a name
-- of its own before the host.
local function request_difference(request, found, operation)
  local scheme, rest = found.url:match("^(%a+://)(.*)$")
  local prefixed = (operation.endpoint or {}).hostPrefix ~= nil
  local at = request.url:find(rest, 1, true)
  if request.url:sub(1, #scheme) ~= scheme or not at or (at ~= #scheme + 1 and not prefixed) then
    return ("expected a request to %s, came %s"):format(found.url, request.url)
  end
  local auth = found.auth
  local scope = ("/%s/%s/aws4_request"):format(auth.region, auth.name)
  if not (request.headers.authorization or scope):find(scope, 1, true) then
    return ("expected a signature for %s, came %s"):format(scope, request.headers.authorization)
  end
end

local function through_operation(given, data, service, want)
  local session = aws.session(options_of(given.builtInParams or {}, data))
  local params, name = given.operationParams or {}, given.operationName
  local found, reason = resolve(session, service, name, params)
  local wrong = difference(want, found, reason)
  local request = not wrong and found and sent(session, service, name, params)
  if request then wrong = request_difference(request, found, data:operation(service, name)) end
  return wrong and ("through %s: %s"):format(name, wrong)
end

local function run_case(case, program, operations)
  local wrong = difference(case.expect, program:resolve(case.params or {}))
  for _, given in ipairs(case.operationInputs or {}) do
    wrong = wrong or operations(given, case.expect)
  end
  return wrong
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder, packed = data:below "endpoint-services", assert(pack.open())
    local partitions = folder:json "partitions.json"
    local library = functions(partitions)
    for _, file in ipairs(folder:below("cases"):list "%.json$") do
      local ruleset = folder:json("rulesets/" .. file)
      local program, service = compile(ruleset, library), file:match("^(.*)%.json$")
      local with = data_with(packed, service, ruleset, partitions)
      for at, case in ipairs(folder:json("cases/" .. file).testCases) do
        suite(case._id or ("%s/%d"):format(service, at), function()
          return run_case(case, program, function(given, want)
            return through_operation(given, with, service, want)
          end)
        end)
      end
    end
  end,
}
