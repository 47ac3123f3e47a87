--- Networks: the one way of writing each, and whether its host bits are clear.
local cidr = {}

local function bytes_of_v4(text)
  local a, b, c, d = text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
  if not a then return nil end
  local bytes = { tonumber(a), tonumber(b), tonumber(c), tonumber(d) }
  for _, byte in ipairs(bytes) do
    if byte > 255 then return nil end
  end
  return bytes
end

--- Appends the 16-bit groups of "2001:db8" to a list; false where one is no group.
local function groups(text, list)
  if text == "" then return true end
  for group in (text .. ":"):gmatch("([^:]*):") do
    local v4 = group:find(".", 1, true) and bytes_of_v4(group)
    if v4 then
      list[#list + 1] = v4[1] << 8 | v4[2]
      list[#list + 1] = v4[3] << 8 | v4[4]
    elseif group:find("^%x%x?%x?%x?$") then
      list[#list + 1] = tonumber(group, 16)
    else
      return false
    end
  end
  return true
end

local function groups_of_v6(text)
  local head, tail = text:match("^(.-)::(.*)$")
  local list, rest = {}, {}
  if not groups(head or text, list) or not groups(tail or "", rest) then return nil end
  if not head then return #list == 8 and list or nil end
  if #list + #rest > 7 then return nil end
  while #list + #rest < 8 do list[#list + 1] = 0 end
  return table.move(rest, 1, #rest, #list + 1, list)
end

local function bytes_of_v6(text)
  if not text:find(":", 1, true) then return nil end
  local list = groups_of_v6(text)
  if not list then return nil end
  local bytes = {}
  for _, group in ipairs(list) do
    bytes[#bytes + 1] = group >> 8
    bytes[#bytes + 1] = group & 255
  end
  return bytes
end

--- The network that a text names.
---@param text string
---@return { bytes: integer[], bits: integer, version: integer }|nil
function cidr.parse(text)
  local address, bits = text:match("^([%x:%.]+)/(%d%d?%d?)$")
  if not address then return nil end
  local bytes = bytes_of_v4(address) or bytes_of_v6(address)
  bits = tonumber(bits)
  if not bytes or bits > #bytes * 8 then return nil end
  return { bytes = bytes, bits = bits, version = #bytes == 4 and 4 or 6 }
end

local function longest_zeros(list)
  local best, best_length, start = nil, 1, nil
  for i = 1, 9 do
    if list[i] == 0 then
      start = start or i
    elseif start then
      if i - start > best_length then best, best_length = start, i - start end
      start = nil
    end
  end
  return best, best_length
end

local function text_of_v6(bytes)
  local list = {}
  for i = 1, 16, 2 do list[#list + 1] = bytes[i] << 8 | bytes[i + 1] end
  local zeros, length = longest_zeros(list)
  local parts = {}
  for i, group in ipairs(list) do
    parts[i] = ("%x"):format(group)
  end
  if not zeros then return table.concat(parts, ":") end
  return table.concat(parts, ":", 1, zeros - 1) .. "::" .. table.concat(parts, ":", zeros + length)
end

local function text_of(network, bytes)
  local address = network.version == 4 and table.concat(bytes, ".") or text_of_v6(bytes)
  return address .. "/" .. network.bits
end

--- The usual way of writing a network: IPv6 shortened, lower case. nil where it is none.
---@param text string
---@return string|nil
function cidr.canonical(text)
  local network = cidr.parse(text)
  return network and text_of(network, network.bytes)
end

--- The same with the host bits cleared, as AWS keeps it.
---@param text string
---@return string|nil
function cidr.network(text)
  local network = cidr.parse(text)
  if not network then return nil end
  local bytes, left = {}, network.bits
  for i, byte in ipairs(network.bytes) do
    local keep = math.max(0, math.min(8, left))
    bytes[i] = byte & (0xff00 >> keep) & 0xff
    left = left - 8
  end
  return text_of(network, bytes)
end

--- The usual way of writing an IPv6 address; anything else comes back as it is.
---@param text string
---@return string
function cidr.address(text)
  local bytes = bytes_of_v6(text)
  return bytes and text_of_v6(bytes) or text
end

return cidr
