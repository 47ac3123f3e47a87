-- What went wrong with a call, in words: the service's own, where it was, and what to do about
-- it.
local failure = require "engine.failure"
local secrets = require "aws.secrets"
local set = require "aws.words"
local url = require "aws.url"

local errors = {}

local UNKNOWN_KEY <const> = set [[
  AuthFailure InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId
  InvalidClientTokenIdException NotAuthorized
]]
local WRONG_SECRET <const> = set "SignatureDoesNotMatch InvalidSignatureException InvalidSignature"
local EXPIRED <const> = set [[
  ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired InvalidToken
]]
local DENIED <const> = set [[
  AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError
  AuthorizationErrorException AccessDeniedFault
]]
-- 403 is all that the answer to HEAD says.
local SKEWED <const> = set [[
  RequestTimeTooSkewed RequestExpired RequestInTheFuture InvalidSignatureException
  SignatureDoesNotMatch AuthFailure 403
]]
local LONGEST_MESSAGE <const>, LONGEST_CODE <const> = 600, 100
local LONGEST_READ <const> = 64 * 1024

-- Messages of a service go into one line of ours. Some repeat what was signed, or a parameter.
local function one_line(text, call)
  text = text:sub(1, LONGEST_READ)
  if call then text = secrets.without(text, secrets.of(call)) end
  text = text:sub(1, 2 * LONGEST_MESSAGE):gsub("[%c%s]+", " ")
  return #text > LONGEST_MESSAGE and text:sub(1, LONGEST_MESSAGE) .. "..." or text
end

-- A code is one word, whoever answers.
local function one_word(text)
  return (text:sub(1, LONGEST_CODE):gsub("[%c%s]+", "_"))
end

local function action_of(call)
  local metadata = call.service.metadata
  -- What a session may do hangs on who may begin it.
  if call.signer then return "s3express:CreateSession" end
  local is_express = (call.endpoint.auth or {}).name == "s3express"
  local prefix = is_express and "s3express" or metadata.signingName or metadata.endpointPrefix
    or call.service.name
  return prefix .. ":" .. call.operation.name
end

local function advice(code, call)
  local source = call.credentials and call.credentials.source or "the options"
  if EXPIRED[code] then
    return ("the credentials from %s have expired: sign in again"):format(source)
  end
  if UNKNOWN_KEY[code] then
    return ("AWS does not accept the keys from %s: check the access key and its secret")
      :format(source)
  end
  if WRONG_SECRET[code] then
    return ("the secret key from %s is wrong (or this machine's clock is)"):format(source)
  end
  if DENIED[code] then
    return ("allow %s to who holds the credentials from %s"):format(action_of(call), source)
  end
end

---How often a call was sent: what libcurl sent by itself has perhaps been carried out as well.
---@param call table
---@return integer
function errors.attempts(call) return call.attempt + (call.resends or 0) end

local function where_of(call, response)
  local parts = { call.endpoint.url }
  if call.endpoint.where then parts[1] = parts[1] .. " (" .. call.endpoint.where .. ")" end
  if response and response.status then parts[#parts + 1] = "HTTP " .. response.status end
  if call.request_id then parts[#parts + 1] = "request " .. call.request_id end
  local attempts = errors.attempts(call)
  if attempts > 1 then parts[#parts + 1] = attempts .. " attempts" end
  return table.concat(parts, ", ")
end

local function base(call, response)
  return {
    service = call.service.name, operation = call.operation.name,
    status = response and response.status, request_id = call.request_id,
    where = where_of(call, response), attempts = errors.attempts(call),
    unsure = call.unsure, -- whether one of them may have been carried out
  }
end

---The failure that a service answered.
---@param call table
---@param response table
---@param parsed { code: string, message: string|nil, fields: table|nil }
---@return table failure
function errors.answered(call, response, parsed)
  local fields = base(call, response)
  local message, code = one_line(parsed.message or "", call), one_word(parsed.code)
  fields.code, fields.message, fields.fields = code, message, parsed.fields
  fields.what = ("%s %s: %s%s"):format(fields.service, fields.operation, code,
    message ~= "" and ": " .. message or "")
  fields.next = advice(code, call)
  return failure.new(fields)
end

local function kind_of_body(response)
  local content = (response.headers["content-type"] or ""):match("^[^;]*")
  if content:match("html") or (response.body or ""):match("^%s*<![Dd][Oo][Cc]") then
    return "an HTML page"
  end
  if (response.body or "") == "" then return "an empty answer" end
  return "an answer that cannot be read"
end

---The failure of an answer that is not of this protocol: a proxy's page, a cut body.
---@param call table
---@param response table
---@param reason any  what the reader said
---@return table failure
function errors.unreadable(call, response, reason)
  local fields = base(call, response)
  local redirect = response.headers.location
  fields.code = "UnreadableAnswer"
  fields.what = ("%s %s: HTTP %d with %s"):format(fields.service, fields.operation,
    response.status,
    redirect and "a redirect to " .. one_line(redirect, call) or kind_of_body(response))
  if reason then fields.what = fields.what .. (" (%s)"):format(one_line(tostring(reason), call)) end
  fields.next = "see that the endpoint is an AWS API and that no proxy stands in between"
  return failure.new(fields)
end

---The failure of a connection.
---@param call table
---@param cause table  the native failure
---@param ambiguous boolean  the call may have been carried out
---@return table failure
function errors.unreachable(call, cause, ambiguous)
  local fields = base(call)
  local parsed = url.parse(call.endpoint.url)
  fields.code, fields.ambiguous = cause.code or "ConnectionError", ambiguous
  fields.what = ("%s %s: no answer from %s: %s"):format(fields.service, fields.operation,
    parsed and parsed.authority or call.endpoint.url,
    one_line(tostring(cause.reason or cause.message or cause)))
  fields.next = call.endpoint.custom
    and ("see that %s is right and that something listens there"):format(call.endpoint.where)
    or "see that the network, the proxy and the region are right"
  return failure.new(fields)
end

---Whether an answer with this code can come of a clock that is wrong.
---@param code string
---@return boolean
function errors.may_be_clock(code)
  return SKEWED[code] or false
end

---@param code string
---@return boolean
function errors.is_expired(code)
  return EXPIRED[code] or false
end

return errors
