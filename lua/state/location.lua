-- Where state lives, as the user says it: a folder, or s3://bucket/prefix with settings behind a
-- question mark or beside the address.
--
--   .mrun      s3://bucket/prefix      s3://bucket/prefix?region=eu-west-1&profile=ops
--   { url = "s3://bucket/prefix", region = , profile = , kms_key = , lock_expiry = seconds }
local failure = require "engine.failure"

local SETTINGS <const> = { "region", "profile", "kms_key", "lock_expiry" }
local EXPIRY_S <const> = 60

local location = {}

---@class state.location
---@field kind "folder"|"s3"
---@field text string  as it is shown; no settings
---@field path string|nil  of a folder
---@field bucket string|nil
---@field prefix string|nil  without a slash at its end; empty for the whole bucket
---@field region string|nil
---@field profile string|nil
---@field kms_key string|nil
---@field lock_expiry number|nil  seconds

local function wrong(text, what, next)
  failure.raise { kind = "usage", what = what, where = text,
    next = next or "say s3://BUCKET/PREFIX, or the path of a folder" }
end

local function decoded(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function known(name)
  for _, setting in ipairs(SETTINGS) do
    if setting == name then return true end
  end
  return false
end

local function settings_of(text, query)
  local found = {}
  for pair in query:gmatch "[^&]+" do
    local name, value = pair:match "^([%w_]+)=(.+)$"
    if not name or not known(name) then
      wrong(text, ("the state's address has no setting %s"):format(pair:match "^[^=]*"),
        "it takes " .. table.concat(SETTINGS, ", "))
    end
    found[name] = decoded(value)
  end
  return found
end

local function expiry(text, given)
  if given == nil then return EXPIRY_S end
  local seconds = tonumber(given)
  if not seconds or seconds < 1 then
    wrong(text, "lock_expiry is a number of seconds", "leave it out for " .. EXPIRY_S)
  end
  return seconds
end

local function s3(text, settings)
  local address, query = text:match "^([^?]*)%??(.*)$"
  local bucket, prefix = address:match "^s3://([^/]+)/?(.*)$"
  if not bucket then wrong(text, "the state's address names no bucket") end
  local found = settings_of(text, query)
  for _, name in ipairs(SETTINGS) do
    if found[name] == nil then found[name] = settings[name] end
  end
  found.kind, found.bucket, found.prefix = "s3", bucket, (prefix:gsub("/+$", ""))
  found.lock_expiry = expiry(text, found.lock_expiry)
  found.text = "s3://" .. bucket .. (found.prefix ~= "" and "/" .. found.prefix or "")
  return found
end

---Reads what the user said; raises a failure where it makes no sense.
---@param said string|table
---@return state.location
function location.parse(said)
  local settings = type(said) == "table" and said or { url = said }
  local text = settings.url
  if type(text) ~= "string" or text == "" then
    wrong(nil, "the state's settings name no url")
  end
  for name in pairs(settings) do
    if name ~= "url" and not known(name) then
      wrong(text, ("the state has no setting %s"):format(name),
        "it takes url, " .. table.concat(SETTINGS, ", "))
    end
  end
  if text:match "^s3:" then return s3(text, settings) end
  if text:match "^%a[%w+.-]*://" then
    wrong(text, ("mrun keeps no state at %s"):format(text:match "^%a[%w+.-]*://"))
  end
  return { kind = "folder", path = text, text = text }
end

return location
