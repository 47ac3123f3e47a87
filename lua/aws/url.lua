-- URLs as a client needs them: taken apart, percent-encoded, judged to be loopback or not.
local url = {}

local function byte_hex(char)
  return ("%%%02X"):format(char:byte())
end

---Percent-encodes everything but unreserved characters; `keep` is a set of more to leave, as in
---"/".
---@param text string
---@param keep string|nil
---@return string
function url.encode(text, keep)
  return (text:gsub("[^%w%-%._~" .. (keep and keep:gsub("%p", "%%%0") or "") .. "]", byte_hex))
end

local function hex_byte(hex) return string.char(tonumber(hex, 16)) end

---A text without its percent-encoding.
---@param text string
---@return string
function url.decode(text)
  return (text:gsub("%%(%x%x)", hex_byte))
end

---@param host string
---@return boolean
function url.is_ipv4(host)
  local parts = { host:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for _, part in ipairs(parts) do
    if #part > 3 or tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

local function parse(text)
  if text:find("[%s%c]") then return nil end
  local scheme, authority, rest = text:match("^(%a[%w+.-]*)://([^/?#]*)(.*)$")
  scheme = scheme and scheme:lower()
  if scheme ~= "http" and scheme ~= "https" or authority == "" then return nil end
  local address = authority:match("^[^@]*@([^@]*)$") or authority
  local host, port = address:match("^(%[[%x:.]+%]):?(%d*)$")
  if not host then host, port = address:match("^([^@:%[%]]+):?(%d*)$") end
  if not host or (port ~= "" and tonumber(port) > 65535) then return nil end
  local path, query, fragment = rest:match("^([^?#]*)%??([^#]*)#?(.*)$")
  return {
    is_loopback = url.is_loopback(host),
    scheme = scheme, authority = authority, host = host, port = tonumber(port), path = path,
    query = rest:match("^[^#]*%?") and query or nil,
    fragment = rest:find("#", 1, true) and fragment or nil,
  }
end

-- Most calls go to a few addresses.
local MOST_KNOWN <const> = 64
local known, count = {}, 0

---An absolute http or https URL; nil for everything else. What it gives is not to be changed.
---@param text string
---@return { scheme: string, authority: string, host: string, port: integer|nil, path: string,
---  query: string|nil, fragment: string|nil, is_loopback: boolean }|nil
function url.parse(text)
  local found = known[text]
  if found then return found end
  found = parse(text)
  if found then
    if count >= MOST_KNOWN then known, count = {}, 0 end
    known[text], count = found, count + 1
  end
  return found
end

---A path (which may have a query) below a URL, whose own path and query stay in front. Without a
---path, as in "" and "?a=b", the URL's own is taken as it is.
---@param base string
---@param path string
---@return string
function url.join(base, path)
  local main, query = base:match("^([^?#]*)%??([^#]*)")
  if path:sub(1, 1) == "/" then
    main = main:gsub("/$", "")
  elseif main:match("^[^/]+//[^/]+$") then
    main = main .. "/"
  end
  local joined = main .. path
  if query == "" then return joined end
  local before, after = joined:match("^([^?]*)%??(.*)$")
  return before .. "?" .. query .. (after ~= "" and "&" .. after or "")
end

---A path without empty and dot segments.
---@param path string
---@return string
function url.normalize(path)
  local kept = {}
  for part in path:gmatch("[^/]+") do
    if part == ".." then
      kept[#kept] = nil
    elseif part ~= "." then
      kept[#kept + 1] = url.encode(part, "%$&+,:;=@!'()*")
    end
  end
  local joined = "/" .. table.concat(kept, "/")
  if #kept > 0 and path:sub(-1) == "/" then joined = joined .. "/" end
  return joined
end

---@param host string
---@return boolean
function url.is_loopback(host)
  host = host:lower()
  return host == "localhost" or host:match("%.localhost$") ~= nil or host == "[::1]"
    or (host:match("^127%.") ~= nil and url.is_ipv4(host))
end

---Whether a host is an address, or this machine: nothing can be put before it.
---@param host string
---@return boolean
function url.is_address(host)
  return url.is_loopback(host) or url.is_ipv4(host) or host:sub(1, 1) == "["
end

return url
