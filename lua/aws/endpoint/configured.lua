-- The endpoint that the user chose for a service, and where: the client's option, the
-- environment, the config file; in each the service's own before the one for all.
local failure = require "engine.failure"

-- "Elastic Beanstalk" is AWS_ENDPOINT_URL_ELASTIC_BEANSTALK and elastic_beanstalk in a services
-- section.
local function service_key(service)
  return (service.metadata.serviceId or service.name):gsub("[%s-]", "_"):lower()
end

local function from_environment(session, key)
  for _, variable in ipairs { "AWS_ENDPOINT_URL_" .. key:upper(), "AWS_ENDPOINT_URL" } do
    local url = session.env(variable)
    if url then return url, variable end
  end
end

local function services_missing(config, section)
  failure.raise {
    what = ("the profile %s has services = %s, and there is no such section"):format(
      config.profile_name, section), code = "InvalidProfile",
    where = config.looked[1],
    next = ("add [services %s], or take the setting away"):format(section),
  }
end

local function from_profile(session, key)
  local config = session.config
  local profile = config:profile()
  local section, where = profile.services, "the profile " .. config.profile_name
  if section and not config.services[section] then services_missing(config, section) end
  local own = config:service(key).endpoint_url
  if own and own ~= "" then return own, where .. ", services" end
  local for_all = profile.endpoint_url
  if for_all and for_all ~= "" then return for_all, where end
end

local function is_ignored(session)
  local option = session.options.ignore_configured_endpoint_urls
  if option ~= nil then return option end
  return session.config:flag("ignore_configured_endpoint_urls",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
end

---@param session table
---@param service table
---@return string|nil url
---@return string|nil where
return function(session, service)
  if session.endpoint_url then return session.endpoint_url, "the option endpoint_url" end
  if is_ignored(session) then return nil end
  local key = service_key(service)
  local url, where = from_environment(session, key)
  if url then return url, where end
  return from_profile(session, key)
end
