-- Requests as botocore makes them of the shipped models: method, URL, body, and the headers that
-- the service reads.
local checksum = require "aws.checksum"
local crypto = require "native.crypto"
local listed = require "listed"
local request = require "request"
local same = require "same"
local time = require "native.time"
local typed = require "typed"
local world = require "world"

local BODIES <const> = { ec2 = "form", query = "form", json = "json", ["rest-json"] = "json",
  ["rest-xml"] = "xml", ["smithy-rpc-v2-cbor"] = "cbor" }
-- What a signature adds, which other suites compare.
local OF_SIGNING <const> = { ["x-amz-date"] = true, authorization = true,
  ["x-amz-content-sha256"] = true }

local function is_read(name) return name:find("^x%-amzn?%-") and not OF_SIGNING[name] end

local function call(case)
  local seconds = assert(time.parse(case.timestamp))
  local session = world.session { region = case.region,
    now = function() return seconds * 1000 end }
  local operation = session.data:operation(case.service, case.operation)
  if not operation then return nil, { failure = "there is no such operation" } end
  local input = operation.input
  local params = input and typed.params(input, case.params) or {}
  return operation, world.call(session, case.service, case.operation, params)
end

-- A checksum of the body that is expected is to be the checksum of the body that came.
local function checksum_of(name, value, want_body, came_body)
  local algorithm = name:lower():match("^x%-amz%-checksum%-(.+)$")
  algorithm = algorithm and algorithm:upper()
  if algorithm and checksum.of(algorithm, want_body) == value then
    return checksum.of(algorithm, came_body)
  end
  return value
end

-- What is named is equal, and no header of AWS's own is there beside.
local function compare_headers(wanted, came, want_body, came_body)
  local asked, named = {}, {}
  for name, value in pairs(wanted) do
    named[name:lower()] = true
    if not OF_SIGNING[name:lower()] then
      asked[name] = checksum_of(name, value, want_body, came_body)
    end
  end
  local difference = request.header_difference(asked, came)
  for name, value in pairs(came) do
    if is_read(name) and not named[name] and not difference then
      difference = ("expected no header %s, came %s"):format(name, value)
    end
  end
  return difference
end

local function compare(case)
  local operation, found = call(case)
  local sent, wanted = found.request, case.expect
  if not sent then return "expected a request, came " .. tostring(found.failure) end
  local body = assert(crypto.unbase64(wanted.body_base64 or ""))
  local host = wanted.url:match("^%a+://([^/?]*)")
  return same.difference(wanted.method, sent.method, "method")
    or request.url_difference(wanted.url, sent.url)
    or same.difference(host, sent.headers.host or host, "host")
    or compare_headers(wanted.headers, sent.headers, body, sent.body or "")
    or request.body_difference(BODIES[case.protocol], body, sent.body or "",
      typed.entries(operation.input))
end

return listed("golden-requests/requests.json", compare)
