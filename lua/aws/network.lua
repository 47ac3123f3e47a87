-- How the machine reaches the network: the proxy and the certificates that the user's environment
-- names, by the variables that other tools read.
local failure = require "engine.failure"
local url = require "aws.url"

local network = {}

local VARIABLES <const> = {
  https = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
  http = { "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" },
}

local PORTS <const> = { https = 443, http = 80 }

-- "example.com" and ".example.com" mean the host and all below it, "example.com:8443" that port
-- alone; "*" means all.
local function is_excepted(parsed, list)
  local host, port = parsed.host:lower(), parsed.port or PORTS[parsed.scheme]
  for entry in list:gmatch("[^,%s]+") do
    local name, its_port = entry:match("^(.-):(%d+)$")
    name = (name or entry):gsub("^%*?%.", ""):lower()
    local is_host = host == name or host:sub(-#name - 1) == "." .. name
    if entry == "*" or is_host and tonumber(its_port or port) == port then return true end
  end
  return false
end

local SCHEMES <const> = { http = true, https = true, socks4 = true, socks4a = true, socks5 = true,
  socks5h = true }

-- A proxy's URL may hold a password: what is wrong with it is told without it.
local function checked(proxy, variable)
  local whole = proxy:find("://", 1, true) and proxy or "http://" .. proxy
  local scheme, authority = whole:match("^(%a%w*)://([^/?#%s%c]+)/?$")
  local host = authority and authority:match("^[^@]*@([^@]+)$") or authority
  if scheme and SCHEMES[scheme:lower()] and not host:find("@", 1, true) then return whole end
  failure.raise { what = ("%s is not the URL of a proxy"):format(variable), code = "InvalidProxy",
    where = "the variable " .. variable,
    next = "write it as http://[USER:PASSWORD@]HOST[:PORT]; @ and / in these are %40 and %2F" }
end

---The proxy for an address, if any; never one for this machine itself.
---@param env fun(name: string): string|nil
---@param address string
---@return string|nil
function network.proxy(env, address)
  local parsed = url.parse(address)
  if not parsed or parsed.is_loopback then return nil end
  if is_excepted(parsed, env "no_proxy" or env "NO_PROXY" or "") then return nil end
  for _, name in ipairs(VARIABLES[parsed.scheme]) do
    local proxy = env(name)
    if proxy then return checked(proxy, name) end
  end
end

---The file of certificates to trust instead of the system's.
---@param session aws.session
---@return string|nil
function network.ca_file(session)
  return session.config:get("ca_bundle", "AWS_CA_BUNDLE")
end

return network
