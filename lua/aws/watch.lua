-- Requests and answers as lines for a person who looks for a fault, without what is secret in
-- them. A request of a call shows the call's input and result by the model, not the bytes: so
-- what the model marks as sensitive can be left out wherever it stood.
local crypto = require "native.crypto"
local json = require "native.json"
local keys_of = require "engine.value".keys
local recognise = require "engine.value".recognise
local redact = require "aws.document.redact"
local secrets = require "aws.secrets"
local url = require "aws.url"

local watch = {}

local LONGEST <const> = 16 * 1024

local SECRET_HEADERS <const> = {
  authorization = true, cookie = true, ["set-cookie"] = true, ["proxy-authorization"] = true,
  ["x-amz-security-token"] = true, ["x-aws-ec2-metadata-token"] = true,
  ["x-amz-sso_bearer_token"] = true, ["x-amz-s3session-token"] = true,
}

local function cut(text)
  if #text <= LONGEST then return text end
  return ("%s... (%d bytes)"):format(text:sub(1, LONGEST), #text)
end

-- What is hidden of one call: texts, wherever they stand, and places, whatever stands there.
local function hidden_of(call)
  if not call then return { texts = {}, headers = {}, query = {}, labels = {} } end
  local input, output = call.operation.input, call.operation.output
  local headers, query = secrets.places(input)
  for name in pairs((secrets.places(output))) do headers[name] = true end
  return { texts = secrets.of(call), headers = headers, query = query,
    labels = secrets.labels(input, call.params) }
end

-- Whole parts of the path, be they as short as they like.
local function without_labels(base, labels)
  for _, label in ipairs(labels) do
    base = base:gsub("/" .. label:gsub("%p", "%%%0") .. "%f[/\0]", "/" .. redact.WORD)
  end
  return base
end

local function address(text, hidden)
  local base, query = text:match("^([^?]*)%?(.*)$")
  base = without_labels((base or text):gsub("^(%a+://)[^/@]*@", "%1"), hidden.labels)
  if not query then return secrets.without(base, hidden.texts) end
  query = query:gsub("([^&=]+)=([^&]*)", function(name, _)
    local lower = name:lower()
    if redact.is_signed(name) or hidden.query[lower] or redact.is_secret(name) then
      return name .. "=" .. redact.WORD
    end
  end)
  return secrets.without(base .. "?" .. query, hidden.texts)
end

local function is_place(lower, places)
  if places[lower] then return true end
  for place in pairs(places) do
    local prefix = place:match("^(.*)%*$")
    if prefix and lower:sub(1, #prefix) == prefix then return true end
  end
  return false
end

local function header_lines(mark, headers, hidden)
  local lines = {}
  for i, name in ipairs(keys_of(headers)) do
    local lower = name:lower()
    local secret = SECRET_HEADERS[lower] or redact.is_secret((lower:gsub("[-_]", "")))
      or lower:find("customer-key", 1, true) or is_place(lower, hidden.headers)
    lines[i] = ("%s %s: %s"):format(mark, name,
      secret and redact.WORD
        or secrets.without(redact.unsigned(tostring(headers[name])), hidden.texts))
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
  local hidden = hidden_of(call)
  local about = call and ("  (%s %s, attempt %d)"):format(call.service.name, call.operation.name,
    call.attempt) or ""
  local lines = { ("> %s %s%s"):format(request.method or "GET", address(request.url, hidden),
    about) }
  if call then
    table.move(header_lines(">", request.headers or {}, hidden), 1, 64, 2, lines)
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

local function result_line(call, response, hidden)
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
  return encoded { code = parsed.code,
    message = parsed.message and secrets.without(parsed.message, hidden.texts) }
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
  local hidden = hidden_of(call)
  if call then
    table.move(header_lines("<", response.headers or {}, hidden), 1, 64, 2, lines)
    lines[#lines + 1] = "< " .. result_line(call, response, hidden)
  else
    lines[1] = ("%s  (%s)"):format(lines[1], address(request.url, hidden))
  end
  return text_of(lines)
end

return watch
