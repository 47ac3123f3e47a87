-- Results as a JSON document shows them, and input as such a document gives it: times as ISO 8601
-- in UTC, blobs as base64, empty lists as lists. The shape says which text is what.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local json = require "native.json"
local Plan = require "aws.document.plan"
local time = require "native.time"

local document = {}

local LIST <const> = getmetatable(json.decode(nil, "[]"))

local function deeper(path, key)
  if math.type(key) then return ("%s[%d]"):format(path, key) end
  return path == "" and key or ("%s.%s"):format(path, key)
end

-- Walks a value along its shape; `leaf(plan, value, path)` gives what stands there instead.
local function walk(plan, value, leaf, path)
  if not (plan and plan.composite and type(value) == "table") then
    return leaf(plan, value, path)
  end
  local copy = setmetatable({}, plan.kind == "list" and LIST or nil)
  for key, item in pairs(value) do
    copy[key] = walk(plan:at(key), item, leaf, deeper(path, key))
  end
  return copy
end

local function number_text(value)
  if value ~= value then return "NaN" end -- JSON has no such numbers
  if value == math.huge then return "Infinity" end
  return value == -math.huge and "-Infinity" or value
end

local SHOWN <const> = {
  timestamp = function(value)
    return type(value) == "number" and time.format(value, "date_time") or value
  end,
  blob = function(value) return type(value) == "string" and crypto.base64(value) or value end,
  double = number_text, float = number_text,
}

---How a scalar of this plan is written.
---@param plan aws.plan|nil
---@param value any
---@return any
function document.scalar(plan, value)
  local write = plan and not plan.free and SHOWN[plan.kind]
  if not write then return value end
  return write(value)
end

---A result as a document that native.json writes.
---@param shape table|nil  the operation's output
---@param result table
---@return table
function document.of(shape, result)
  if not shape then return result end
  return walk(Plan.new(shape), result, document.scalar, "")
end

-- JSON is UTF-8, whatever bytes a service has sent for a text.
local function as_utf8(text)
  local parts, from = {}, 1
  while true do
    local length, wrong_at = utf8.len(text, from)
    if length then break end
    parts[#parts + 1] = text:sub(from, wrong_at - 1) .. "\u{FFFD}"
    from = wrong_at + 1
  end
  return from == 1 and text or table.concat(parts) .. text:sub(from)
end

-- What JSON may hold as it is, and a terminal obeys.
local function escaped(byte) return ("\\u%04x"):format(byte:byte()) end

---A document as JSON.
---@param value any
---@return string
function document.text(value)
  local text = as_utf8((assert(json.encode(nil, value))))
  return (text:gsub("\xc2([\x80-\x9f])", escaped))
end

local function wrong(path, what)
  failure.raise { what = ("%s %s"):format(path, what), code = "ParamValidation", kind = "usage" }
end

local function bytes_of(value, path, read_file)
  if type(value) ~= "string" then return value end
  local file = value:match("^@(.+)$")
  if file and read_file then return read_file(file) end
  return crypto.unbase64(value) or wrong(path, "is no base64; @FILE gives the bytes of a file")
end

local WHOLE <const> = { integer = true, long = true }

-- A number that no Lua number holds comes as a table that says how it was written. A whole one is
-- sent as that, and not as the nearest that there is.
local function number_of(plan, value)
  if type(value) ~= "table" then return value end
  local text = tostring(value)
  if WHOLE[plan.kind] and text:find("^-?%d+$") then return value end
  return tonumber(text) or value
end

---The params of a call out of a document; blobs are base64, or @FILE, which a body that streams
---stays until it is sent.
---@param shape table|nil  the operation's input
---@param given table  as native.json decodes it
---@param read_file (fun(path: string): string)|nil
---@return table
function document.params(shape, given, read_file)
  if not shape then return given end
  return walk(Plan.new(shape), given, function(plan, value, path)
    if not plan or plan.free then return value end
    local file = plan.streaming and read_file and type(value) == "string" and value:match("^@(.+)$")
    if file then return { file = file } end
    if plan.kind == "blob" then return bytes_of(value, path, read_file) end
    return number_of(plan, value)
  end, "")
end

return document
