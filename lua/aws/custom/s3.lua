-- S3: keys of the caller's own encryption, names that XML cannot hold, the source of a copy, and
-- errors under the status 200.
local crypto = require "native.crypto"
local trim = require "aws.trim"
local url = require "aws.url"
local xml = require "native.xml"

local s3 = {}

local function copy(params)
  local found = setmetatable({}, getmetatable(params))
  for name, value in pairs(params) do found[name] = value end
  return found
end

local KEYS <const> = { "SSECustomerKey", "CopySourceSSECustomerKey" }
-- The others take a key as it travels.
local ENCRYPTING <const> = { HeadObject = true, GetObject = true, PutObject = true,
  CopyObject = true, CreateMultipartUpload = true, UploadPart = true, UploadPartCopy = true,
  CompleteMultipartUpload = true, SelectObjectContent = true }

-- A key travels in base64 with its MD5, both of which are made here unless the MD5 is given.
local function encode_keys(operation, params)
  if not ENCRYPTING[operation.name] then return end
  for _, name in ipairs(KEYS) do
    local key = params[name]
    if type(key) == "string" and params[name .. "MD5"] == nil then
      params[name], params[name .. "MD5"] = crypto.base64(key), crypto.base64(crypto.md5(key))
    end
  end
end

local function encode_source(params)
  local source = params.CopySource
  if type(source) ~= "string" then return end
  local path, version = source:match("^(.-)(%?versionId=[^?]*)$")
  params.CopySource = url.encode(path or source, "/") .. (version or "")
end

-- Which texts of a listing come encoded.
local LISTINGS <const> = {
  ListObjects = { top = { "Delimiter", "Marker", "NextMarker" },
    lists = { Contents = "Key", CommonPrefixes = "Prefix" } },
  ListObjectsV2 = { top = { "Delimiter", "Prefix", "StartAfter" },
    lists = { Contents = "Key", CommonPrefixes = "Prefix" } },
  ListObjectVersions = { top = { "KeyMarker", "NextKeyMarker", "Prefix", "Delimiter" },
    lists = { Versions = "Key", DeleteMarkers = "Key", CommonPrefixes = "Prefix" } },
}

---@param operation table
---@param params table
---@return table
function s3.params(operation, params)
  local changed = copy(params)
  encode_keys(operation, changed)
  encode_source(changed)
  if LISTINGS[operation.name] and changed.EncodingType == nil then changed.EncodingType = "url" end
  return changed
end

local function decoded(text)
  if not text:find("[%%+]") then return text end
  return url.decode((text:gsub("+", " ")))
end

local function decode(record, name)
  local text = record[name]
  if type(text) == "string" then record[name] = decoded(text) end
end

local function decode_listing(listing, result)
  for _, name in ipairs(listing.top) do decode(result, name) end
  for list, name in pairs(listing.lists) do
    for _, record in ipairs(result[list] or {}) do decode(record, name) end
  end
end

-- The answer's root is the only member itself.
local function read_location(response, result)
  local root = xml.decode(nil, response.body or "")
  local text = root and #root == 0 and trim(root.text) or ""
  if text ~= "" then result.LocationConstraint = text end
end

local EXPIRING <const> = { GetObject = true, HeadObject = true }

---@param call table
---@param response table
---@param result table
function s3.result(call, response, result)
  -- As it was written, since S3 takes what is no time too.
  if EXPIRING[call.operation.name] then result.ExpiresString = response.headers.expires end
  local listing = LISTINGS[call.operation.name]
  if listing and result.EncodingType == "url" and call.given.EncodingType == nil then
    decode_listing(listing, result)
  elseif call.operation.name == "GetBucketLocation" and not result.LocationConstraint then
    read_location(response, result)
  end
end

---S3 begins to answer before it is done, so an error may come after "200 OK".
---@param call table
---@param response table
---@return boolean
function s3.failed(call, response)
  local output, body = call.operation.output, response.body
  local payload = output and output:traits().payload
  local kind = payload and output:member(payload).shape.kind
  if type(body) ~= "string" or kind == "blob" or kind == "string" then return false end
  return body:find("^%s*<Error[%s>]") ~= nil
    or body:find("^%s*<%?xml[^>]*%?>%s*<Error[%s>]") ~= nil
end

return s3
