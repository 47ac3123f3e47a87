-- Requests as botocore signs them, by header and by query, for S3 and for the others.
local crypto = require "native.crypto"
local listed = require "listed"
local same = require "same"
local sigv4 = require "native.sigv4"
local time = require "native.time"

-- botocore keeps the first of several parameters of one name in a URL that it signs.
local function first_of_each(url)
  local before, query = url:match "^(.-)%?(.*)$"
  if not before then return url end
  local seen, kept = {}, {}
  for pair in query:gmatch "[^&]+" do
    local name = pair:match "^[^=]*"
    if not seen[name] then kept[#kept + 1] = pair end
    seen[name] = true
  end
  return before .. "?" .. table.concat(kept, "&")
end

local function is_unsigned(case, is_s3, style)
  local options = case.options
  if style == "query" then return is_s3 end
  if is_s3 then return options.s3_payload_signing_enabled == false end
  return options.payload_signing_enabled == false and case.request.url:match "^https:" ~= nil
end

-- With S3 the hash of the body is a header, and so is that there is none; a URL is signed without
-- the type of a form.
local function headers_of(case, is_s3, style, payload)
  local headers = {}
  for name, value in pairs(case.request.headers) do
    local form = name:lower() == "content-type"
      and value == "application/x-www-form-urlencoded; charset=utf-8"
    if style == "header" or not form then headers[name] = value end
  end
  if style == "header" and (is_s3 or payload == "UNSIGNED-PAYLOAD") then
    headers["X-Amz-Content-SHA256"] = payload
  end
  return headers
end

local function sign(case)
  local style, is_s3 = case.kind:match "^%l+", case.kind:match "%-s3$" ~= nil
  local body, credentials = crypto.unbase64(case.request.body_base64), case.credentials
  local payload = is_unsigned(case, is_s3, style) and "UNSIGNED-PAYLOAD"
    or crypto.hex(crypto.sha256(body))
  local headers = headers_of(case, is_s3, style, payload)
  local signed = assert(sigv4.sign {
    method = case.request.method, headers = headers, body = body, payload_hash = payload,
    url = style == "query" and first_of_each(case.request.url) or case.request.url,
    style = style, expires_s = case.options.expires, double_encode = not is_s3,
    normalize_path = not is_s3, service = case.service, region = case.region,
    time = assert(time.parse(case.timestamp)), token = credentials.session_token,
    access_key = credentials.access_key_id, secret_key = credentials.secret_access_key,
  })
  return signed, headers
end

local function check(case)
  local signed, headers = sign(case)
  local expect = case.expect
  local came = { canonical_request = signed.canonical_request, url = signed.url,
    string_to_sign = signed.string_to_sign, authorization = signed.headers.authorization }
  for _, name in ipairs { "canonical_request", "string_to_sign", "authorization", "url" } do
    local wrong = expect[name] and same.difference(expect[name], came[name], name)
    if wrong then return wrong end
  end
  for name, want in pairs(expect.headers or {}) do
    local wrong = same.difference(want, signed.headers[name:lower()] or headers[name], name)
    if wrong then return wrong end
  end
end

return listed("golden-sign/sign.json", check)
