-- Requests and answers as lines for a person who looks for a fault, without what is secret in
-- them. A request of a call shows the call's input and result by the model, not the bytes: so
-- what the model marks as sensitive can be left out wherever it stood.
local crypto = require "native.crypto"
local json = require "native.json"
local keys_of = require "engine.value".keys
local recognise = require "engine.value".recognise
local redact = require "aws.document.redact"
local url = require "aws.url"

local watch = {}

local LONGEST <const> = 16 * 1024
local SHORTEST_SECRET <const> = 4

local SECRET_HEADERS <const> = {
  authorization = true, cookie = true, ["set-cookie"] = true, ["proxy-authorization"] = true,
  ["x-amz-security-token"] = true, ["x-aws-ec2-metadata-token"] = true,
  ["x-amz-sso_bearer_token"] = true, ["x-amz-s3session-token"] = true,
}
local SECRET_QUERY <const> = { ["x-amz-signature"] = true, ["x-amz-security-token"] = true,
  ["x-amz-s3session-token"] = true, ["x-amz-credential"] = true, awsaccesskeyid = true,
  signature = true }

local function cut(text)
  if #text <= LONGEST then return text end
  return ("%s... (%d bytes)"):format(text:sub(1, LONGEST), #text)
end

-- The texts that the model calls secret, wherever they stand in the params.
local function secrets_of(shown, given, found)
  if shown == redact.WORD then
    if type(given) == "string" and #given >= SHORTEST_SECRET then found[#found + 1] = given end
  elseif type(shown) == "table" and type(given) == "table" then
    for key, value in pairs(shown) do secrets_of(value, given[key], found) end
  end
  return found
end

local function without(text, secrets)
  for _, secret in ipairs(secrets) do
    for _, form in ipairs { secret, url.encode(secret) } do
      text = text:gsub(form:gsub("%p", "%%%0"), (redact.WORD:gsub("%%", "%%%%")))
    end
  end
  return text
end

local function address(text, secrets)
  local base, query = text:match("^([^?]*)%?(.*)$")
  base = (base or text):gsub("^(%a+://)[^/@]*@", "%1")
  if not query then return without(base, secrets) end
  query = query:gsub("([^&=]+)=([^&]*)", function(name, _)
    if SECRET_QUERY[name:lower()] or redact.is_secret(name) then
      return name .. "=" .. redact.WORD
    end
  end)
  return without(base .. "?" .. query, secrets)
end

local function header_lines(mark, headers, secrets)
  local lines = {}
  for i, name in ipairs(keys_of(headers)) do
    local lower = name:lower()
    local secret = SECRET_HEADERS[lower] or redact.is_secret((lower:gsub("[-_]", "")))
      or lower:find("customer-key", 1, true)
    lines[i] = ("%s %s: %s"):format(mark, name,
      secret and redact.WORD or without(tostring(headers[name]), secrets))
  end
  return lines
end

local function encoded(value)
  return cut(json.encode(nil, value) or "(a value that JSON cannot write)")
end

-- Control characters could move a terminal's cursor.
local function text_of(lines)
  for i, line in ipairs(lines) do
    lines[i] = line:gsub("%c", function(char) return ("\\x%02x"):format(char:byte()) end)
  end
  return table.concat(lines, "\n") .. "\n"
end

---What is sent.
---@param request table  of native.http; `call` is the call it belongs to, if any
---@return string lines
function watch.request(request)
  local call = request.call
  local shown = call and redact.value(call.operation.input, call.params)
  local secrets = call and secrets_of(shown, call.params, {}) or {}
  local about = call and ("  (%s %s, attempt %d)"):format(call.service.name, call.operation.name,
    call.attempt) or ""
  local lines = { ("> %s %s%s"):format(request.method or "GET", address(request.url, secrets),
    about) }
  if call then
    table.move(header_lines(">", request.headers or {}, secrets), 1, 64, 2, lines)
    if call.operation.input then lines[#lines + 1] = "> " .. encoded(shown) end
  end
  return text_of(lines)
end

-- What stands in a text that is base64, or JSON as it is or as IAM gives it.
local function meaning(text)
  local plain = text:find "^%%7B" and url.decode(text) or text
  if plain:find "^%s*[{%[]" then return json.decode(nil, plain) end
  return crypto.unbase64(text)
end

local function result_line(call, response)
  if response.more then return "(events, as they come)" end
  if response.status >= 200 and response.status < 300 then
    local ok, result = pcall(call.protocol.result, call, response)
    if ok and type(result) == "table" then
      recognise(result, meaning)
      return encoded(redact.value(call.operation.output, result))
    end
    return "(an answer that cannot be read)"
  end
  local ok, parsed = pcall(call.protocol.error, call, response)
  if not ok or not parsed then return ("(%d bytes)"):format(#(response.body or "")) end
  local shown = redact.value(call.operation.input, call.params)
  return without(encoded { code = parsed.code, message = parsed.message },
    secrets_of(shown, call.params, {}))
end

---What came of it.
---@param request table
---@param response table
---@param took_ms number
---@return string lines
function watch.answer(request, response, took_ms)
  if response.failure then
    return text_of { ("< no answer after %.0f ms: %s"):format(took_ms,
      tostring(response.failure.message or response.failure.code)) }
  end
  local lines = { ("< %d after %.0f ms"):format(response.status, took_ms) }
  local call = request.call
  if call then
    table.move(header_lines("<", response.headers or {}, {}), 1, 64, 2, lines)
    lines[#lines + 1] = "< " .. result_line(call, response)
  else
    lines[1] = ("%s  (%s)"):format(lines[1], address(request.url, {}))
  end
  return text_of(lines)
end

return watch
