-- Credentials in a JSON document of somebody else's: the members must be there and be text. No
-- message shows what stands in one.
local failure = require "engine.failure"
local json = require "native.json"
local time = require "native.time"

local MAX_BYTES <const> = 256 * 1024

local document = {}

local function unreadable(source, reason)
  failure.raise { what = ("%s: %s"):format(source, reason), code = "UnreadableCredentials",
    next = "see that what answers there gives AWS credentials" }
end

---A JSON object.
---@param text string
---@param source string  who gave it, for messages
---@return table
function document.read(text, source)
  local found = json.decode(nil, text, { max_bytes = MAX_BYTES })
  if type(found) ~= "table" or found[1] ~= nil then
    unreadable(source, "the answer is no JSON object")
  end
  return found
end

---A moment written as text: milliseconds since 1970.
---@param text any
---@param source string
---@return number
function document.moment_ms(text, source)
  local seconds, nanos
  -- Older versions of the CLI end a time with UTC.
  if type(text) == "string" then seconds, nanos = time.parse((text:gsub("UTC$", "Z"))) end
  if not seconds then unreadable(source, "the time of expiry cannot be read") end
  return seconds * 1000 + nanos // 1000000
end

local function text_of(found, name, source)
  local value = found[name]
  if value == nil or value == "" then return nil end
  if type(value) ~= "string" then unreadable(source, ("%s is no text"):format(name)) end
  return value
end

---@class aws.credentials
---@field access_key string
---@field secret_key string
---@field token string|nil
---@field expires_ms number|nil
---@field account_id string|nil
---@field source string  where they come from, for messages

---The credentials in a document; `names` says how its members are called there.
---@param found table
---@param names { access_key: string, secret_key: string, token: string, expires: string|nil,
---  account_id: string|nil }
---@param source string
---@return aws.credentials
function document.credentials(found, names, source)
  local made = { source = source }
  for _, key in ipairs { "access_key", "secret_key", "token", "account_id" } do
    if names[key] then made[key] = text_of(found, names[key], source) end
  end
  for _, key in ipairs { "access_key", "secret_key" } do
    if not made[key] then unreadable(source, ("the answer has no %s"):format(names[key])) end
  end
  local expires = names.expires and found[names.expires]
  if expires ~= nil then made.expires_ms = document.moment_ms(expires, source) end
  return made
end

return document
