-- What nobody may read of a call: the keys that sign it, and what its parameters hide, wherever a
-- text repeats it. A service may do so in its error.
local Plan = require "aws.document.plan"
local redact = require "aws.document.redact"
local url = require "aws.url"

local secrets = {}

local SHORTEST <const> = 4 -- what is shorter stands in every text

local function taker(found)
  return function(secret)
    local text = tostring(secret)
    if #text >= SHORTEST then found[#found + 1] = text end
  end
end

local KEYS <const> = { "secret_key", "token", "session_token" }

---The secrets of a call, longest first: one may be a part of another.
---@param call table
---@return string[]
function secrets.of(call)
  local found, input = {}, call.operation and call.operation.input
  local take = taker(found)
  for _, keys in ipairs { call.credentials or {}, call.signer or {} } do
    for _, name in ipairs(KEYS) do take(keys[name] or "") end
  end
  take(call.bearer or "")
  if input then redact.each(Plan.new(input), call.params, false, take) end
  table.sort(found, function(a, b) return #a > #b end)
  return found
end

---A text without them.
---@param text string
---@param found string[]
---@return string
function secrets.without(text, found)
  for _, secret in ipairs(found) do
    for _, form in ipairs { secret, url.encode(secret), url.encode(secret, "/") } do
      text = text:gsub(form:gsub("%p", "%%%0"), redact.WORD)
    end
  end
  return text
end

local IN_HEADERS <const> = { header = true, headers = true }

---The names, in lower case, of the headers and of the parts of a query in which secrets stand; a
---prefix of them ends with "*".
---@param shape table|nil
---@return table<string, boolean> headers
---@return table<string, boolean> query
function secrets.places(shape)
  local headers, query = {}, {}
  for _, member in ipairs(shape and shape:members() or {}) do
    local location = member.traits.location
    local name = (member.traits.locationName or member.name):lower()
    if location == "headers" then name = name .. "*" end
    local list = IN_HEADERS[location] and headers or location == "querystring" and query
    if list and redact.hides(member) then list[name] = true end
  end
  return headers, query
end

---The values, as they stand in a path, of labels that are secret.
---@param shape table|nil
---@param params table
---@return string[]
function secrets.labels(shape, params)
  local found = {}
  for _, member in ipairs(shape and shape:members() or {}) do
    local value = params[member.name]
    if member.traits.location == "uri" and value ~= nil and redact.hides(member) then
      found[#found + 1] = url.encode(tostring(value), "/")
      found[#found + 1] = url.encode(tostring(value))
    end
  end
  return found
end

return secrets
