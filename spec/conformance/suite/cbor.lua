-- CBOR: items by their types and values, bytes that must be refused, and the cases of the
-- rpc-v2-cbor protocol.
local cbor = require "native.cbor"
local json = require "native.json"
local protocol_case = require "protocol_case"
local same = require "same"

local function bytes_of(hex)
  return (hex:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

-- The data has no half floats: what reads them widens them.
local KINDS <const> = { text = "string", bytes = "bytestring", boolean = "bool",
  float16 = "float32" }

local LIST <const> = getmetatable(json.decode(nil, "[]"))

-- The integer that these bytes are, however large.
local function bits(head, bytes)
  return cbor.decode(nil, head .. bytes)
end

-- A typed item in the data's own notation: floats are the integers of their bits, bytes are
-- lists of numbers.
local notation

local function value_of(kind, item)
  local value = item.value
  if kind == "float32" then return bits("\x1a", string.pack(">f", value)) end
  if kind == "float64" then return bits("\x1b", string.pack(">d", value)) end
  if kind == "bytestring" then return setmetatable({ value:byte(1, -1) }, LIST) end
  if kind == "null" or kind == "undefined" then return {} end
  if kind == "tag" then return { id = item.tag, value = notation(value) } end
  if kind ~= "list" and kind ~= "map" then return value end
  local all = setmetatable({}, kind == "list" and LIST or nil)
  for key, each in pairs(value) do all[key] = notation(each) end
  return all
end

function notation(item)
  local kind = KINDS[item.kind] or item.kind
  return { [kind] = value_of(kind, item) }
end

-- Numbers as they are written: some are beyond 64 bits.
local function cases_of(folder, name)
  return folder:has(name) and assert(json.decode(nil, folder:text(name), { exact = true })) or {}
end

-- Compared as texts, where a list is no map and a number has all of its digits.
local function decodes(case)
  local want = json.encode(nil, case.expect)
  local item, why = cbor.decode(nil, bytes_of(case.input), { typed = true })
  local came = item and json.encode(nil, notation(item)) or tostring(why)
  if want ~= came then return ("expected %s, came %s"):format(want, came) end
  local _, cause = cbor.decode(nil, bytes_of(case.input))
  if cause then return "expected a Lua value, came " .. tostring(cause) end
end

local function refuses(case)
  for _, typed in ipairs { true, false } do
    local value = cbor.decode(nil, bytes_of(case.input), { typed = typed })
    if value ~= nil then return "expected an error, came " .. same.show(value) end
  end
end

-- Of the folders of protocol cases, those in CBOR.
local function others(file)
  return not file:find("cbor", 1, true) and "skip" or nil
end

return {
  cases = function(data, suite)
    local folder = data:below "cbor"
    for _, case in ipairs(cases_of(folder, "decode-success-tests.json")) do
      suite(case.description, function() return decodes(case) end)
    end
    for _, case in ipairs(cases_of(folder, "decode-error-tests.json")) do
      suite(case.description, function() return refuses(case) end)
    end
    for _, name in ipairs { "protocols", "protocols-extras" } do
      protocol_case.each(data:below(name), suite, others)
    end
  end,
}
