-- The older form of AWS's signing cases: NAME.req, .creq, .sts, .authz and .sreq, all signed with
-- the same keys.
local raw = require "raw_request"
local same = require "same"
local sigv4 = require "native.sigv4"
local time = require "native.time"

local function sign(request, target)
  return assert(sigv4.sign {
    method = request.method, url = "https://" .. request.headers.host[1] .. target,
    headers = request.headers, body = request.body, service = "service", region = "us-east-1",
    time = assert(time.parse(request.headers["x-amz-date"][1])), access_key = "AKIDEXAMPLE",
    secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  })
end

-- Who wrote the signed requests took a target to end at its first space.
local function check_sent(want, request)
  local signed = sign(request, request.target:match "^%S*")
  local url = "https://" .. request.headers.host[1] .. request.target
  return raw.difference(want, raw.with(request, signed.headers, url))
end

local function check(folder, name)
  local request = raw.parse(folder:text(name .. ".req"))
  local signed = sign(request, request.target)
  return same.difference(
    { creq = folder:text(name .. ".creq"), sts = folder:text(name .. ".sts"),
      authz = folder:text(name .. ".authz") },
    { creq = signed.canonical_request, sts = signed.string_to_sign,
      authz = signed.headers.authorization })
    or check_sent(folder:text(name .. ".sreq"), request)
end

return {
  bar = 1,
  cases = function(data, suite)
    local all = data:below "sigv4-legacy"
    for _, name in ipairs(all:list()) do
      suite(name, function() return check(all:below(name), name) end)
    end
  end,
}
