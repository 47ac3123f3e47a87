-- How the machine reaches the network: the proxy and the certificates that the user's environment
-- names, by the variables that other tools read.
local url = require "aws.url"

local network = {}

local VARIABLES <const> = {
  https = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
  http = { "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" },
}

-- "example.com" and ".example.com" mean the host and all below it; "*" means all.
local function is_excepted(host, list)
  for entry in list:gmatch("[^,%s]+") do
    local name = entry:gsub(":%d+$", ""):gsub("^%*?%.", ""):lower()
    if entry == "*" or host == name then return true end
    if host:sub(-#name - 1) == "." .. name then return true end
  end
  return false
end

---The proxy for an address, if any; never one for this machine itself.
---@param env fun(name: string): string|nil
---@param address string
---@return string|nil
function network.proxy(env, address)
  local parsed = url.parse(address)
  if not parsed or parsed.is_loopback then return nil end
  if is_excepted(parsed.host:lower(), env "no_proxy" or env "NO_PROXY" or "") then return nil end
  for _, name in ipairs(VARIABLES[parsed.scheme]) do
    local proxy = env(name)
    if proxy then return proxy:find("://", 1, true) and proxy or "http://" .. proxy end
  end
end

---The file of certificates to trust instead of the system's.
---@param session aws.session
---@return string|nil
function network.ca_file(session)
  return session.config:get("ca_bundle", "AWS_CA_BUNDLE")
end

return network
