-- The examples of S3's manual: by header, by query, and a body signed chunk by chunk.
local crypto = require "native.crypto"
local listed = require "listed"
local same = require "same"
local sigv4 = require "native.sigv4"
local time = require "native.time"

local function request_of(case)
  local options, headers = case.options, {}
  for name, value in pairs(case.request.headers) do headers[name] = value end
  local body = case.request.body or ""
  if options.sign_body and not options.query then
    headers["x-amz-content-sha256"] = crypto.hex(crypto.sha256(body))
  end
  return {
    method = case.request.method, url = case.request.url, headers = headers, body = body,
    payload_hash = options.payload, style = options.query and "query" or "header",
    expires_s = options.expires, double_encode = options.double_encode or false,
    normalize_path = options.normalize or false, service = case.service, region = case.region,
    time = assert(time.parse(case.timestamp)), access_key = case.credentials.access_key_id,
    secret_key = case.credentials.secret_access_key,
  }
end

-- "66560 bytes of "a", in chunks of 65536, 1024 and 0 bytes"
local function chunks_of(note)
  local letter, list = note:match 'of "(.)", in chunks of (.*) bytes'
  local chunks = {}
  for count in list:gmatch "%d+" do chunks[#chunks + 1] = letter:rep(tonumber(count)) end
  return chunks
end

-- Each chunk is signed with the signature before it.
local function chunk_signatures(case, request, seed)
  local found, before = {}, seed
  local at = assert(time.format(request.time, "basic"))
  local scope = ("%s/%s/%s/aws4_request"):format(at:sub(1, 8), case.region, case.service)
  local empty = crypto.hex(crypto.sha256 "")
  for number, chunk in ipairs(chunks_of(case.request.body_note)) do
    request.text = table.concat({ "AWS4-HMAC-SHA256-PAYLOAD", at, scope, before, empty,
      crypto.hex(crypto.sha256(chunk)) }, "\n")
    before = assert(sigv4.signature(request))
    found[number] = before
  end
  return found
end

local function check(case)
  local request = request_of(case)
  local signed = assert(sigv4.sign(request))
  for name, want in pairs(case.expect) do
    local came = signed[name]
    if name == "chunk_signatures" then
      came = chunk_signatures(case, request, signed.signature)
    end
    local wrong = same.difference(want, came, name)
    if wrong then return wrong end
  end
end

return listed("sigv4-s3-docs/cases.json", check)
