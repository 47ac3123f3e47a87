-- AWS's own cases of Signature Version 4: every step of signing by header and by query.
local crypto = require "native.crypto"
local raw = require "raw_request"
local same = require "same"
local sigv4 = require "native.sigv4"
local time = require "native.time"

local STEPS <const> = {
  { "canonical-request", "canonical_request" }, { "string-to-sign", "string_to_sign" },
  { "signature", "signature" },
}

-- A case that brings no context is signed with the keys of the SDK that it comes from, at the time
-- that stands in what is expected.
local KEYLESS <const> = {
  region = "us-east-1", service = "service", normalize = true,
  credentials = { access_key_id = "ANOTREAL",
    secret_access_key = "notrealrnrELgWzOk3IfjzDKtFBhDby" },
}

local function sign(request, context, style, at)
  local given = {}
  for name, values in pairs(request.headers) do given[name] = values end
  if context.sign_body and style == "header" then
    given["x-amz-content-sha256"] = { crypto.hex(crypto.sha256(request.body)) }
  end
  local signed = assert(sigv4.sign {
    method = request.method, url = "https://" .. request.headers.host[1] .. request.target,
    headers = given, body = request.body, style = style, time = assert(time.parse(at)),
    service = context.service, region = context.region,
    access_key = context.credentials.access_key_id, token = context.credentials.token,
    secret_key = context.credentials.secret_access_key, normalize_path = context.normalize,
    omit_token = context.omit_session_token, expires_s = context.expiration_in_seconds,
  })
  local sent = raw.with({ method = request.method, headers = given, body = request.body },
    signed.headers, signed.url)
  return signed, sent
end

local function check_style(folder, style)
  local request = raw.parse(folder:text "request.txt")
  local context, compared = folder:json "context.json", false
  local function signed_for(want)
    local at = context and context.timestamp or want:match "[Xx]%-[Aa]mz%-[Dd]ate:%s*(%w+)"
    return sign(request, context or KEYLESS, style, at)
  end
  for _, step in ipairs(STEPS) do
    local want = folder:text(("%s-%s.txt"):format(style, step[1]))
    local wrong = want and same.difference(want, signed_for(want)[step[2]], style .. "-" .. step[1])
    if wrong then return wrong end
    compared = compared or want ~= nil
  end
  local want = folder:text(style .. "-signed-request.txt")
  if want then return raw.difference(want, (select(2, signed_for(want)))) end
  if not compared and context then return ("expected a %s-signature.txt"):format(style) end
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "sigv4/v4"
    for _, name in ipairs(folder:list()) do
      suite(name, function()
        local case = folder:below(name)
        return check_style(case, "header") or check_style(case, "query")
      end)
    end
  end,
}
