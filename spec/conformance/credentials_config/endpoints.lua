-- Where credentials and other calls are asked for: the address of the first request.
local same = require "same"
local world = require "credentials_config.world"

local endpoints = {}

local function check(case, options)
  local session, clock = world.session(options)
  local request, reason = world.first_request(clock, function()
    return session:get_credentials()
  end)
  local result = case.result
  if not result.Ok then
    if request then return "expected an error, came a request to " .. request.url end
    return nil
  end
  if not request then
    return ("expected a request to %s, came %s"):format(result.Ok, tostring(reason))
  end
  return same.difference(result.Ok, request.url)
end

function endpoints.ecs(folder, name, suite)
  for _, case in ipairs((folder:json(name) or {}).tests or {}) do
    suite("ecs-endpoint " .. case.docs, function()
      local env = { AWS_EC2_METADATA_DISABLED = "true" }
      for key, value in pairs(case.env) do env[key] = value end
      return check(case, { env = env, allow_http = false })
    end)
  end
end

function endpoints.imds(folder, name, suite)
  for _, case in ipairs((folder:json(name) or {}).tests or {}) do
    suite("imds-endpoint " .. case.docs, function()
      return check(case, { env = case.env, files = case.fs, imds_endpoint = case.endpoint_override,
        imds_endpoint_mode = case.mode_override })
    end)
  end
end

local function services_of(data)
  local sections = {}
  for name, settings in pairs(data.services) do sections["services " .. name] = settings end
  return sections
end

local function check_url(data, case)
  local env = { HOME = "/home", AWS_PROFILE = case.profile }
  for key, value in pairs(data.environments[case.environment]) do env[key] = value end
  local options = { env = env, files = {
    ["/home/.aws/config"] = world.ini(data.profiles, services_of(data)) } }
  for key, value in pairs(data.client_configs[case.client_config]) do options[key] = value end
  local session, clock = world.session(options)
  local request, reason = world.first_request(clock, function()
    return session:client(case.service):call(world.simple_operation(session, case.service))
  end)
  if not request then return "expected a request, came " .. tostring(reason) end
  return same.difference(case.output.endpointUrl, request.url:match "^%a+://[^/]*")
end

function endpoints.url(folder, name, suite)
  local data = folder:json(name) or {}
  for _, case in ipairs(data.endpointUrlTests or {}) do
    suite("endpoint-url " .. case.name, function() return check_url(data, case) end)
  end
end

return endpoints
