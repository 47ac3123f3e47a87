-- Values without what is secret in them: what the models mark as sensitive, and what is named
-- like a secret though no model says so.
local document = require "aws.document"
local Plan = require "aws.document.plan"

local REDACTED <const> = "(secret)"

-- Words in a member's name, in lower case.
local SECRET_WORDS <const> = {
  "password", "passphrase", "secretaccesskey", "secretkey", "sessiontoken", "secretstring",
  "secretbinary", "clientsecret", "accesstoken", "refreshtoken", "idtoken", "authorizationtoken",
  "webidentitytoken", "samlassertion", "privatekey", "keymaterial", "tokencode", "plaintext",
}

---Whether a member with this name holds a secret, whatever its model says.
---@param name string
---@return boolean
local function is_secret(name)
  local lower = tostring(name):lower()
  for _, word in ipairs(SECRET_WORDS) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

local hide

local function hide_free(value)
  if type(value) ~= "table" then return value end
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do
    copy[key] = is_secret(key) and REDACTED or hide_free(item)
  end
  return copy
end

local function hide_each(plan, value)
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do
    local named = plan.kind ~= "list" and type(item) ~= "boolean" and is_secret(key)
    copy[key] = named and REDACTED or hide(plan:at(key), item)
  end
  return copy
end

function hide(plan, value)
  if not plan then return hide_free(value) end
  if plan.sensitive then return REDACTED end
  if plan.streaming then
    return type(value) == "string" and ("(%d bytes)"):format(#value) or "(a stream)"
  end
  if plan.composite and type(value) == "table" then return hide_each(plan, value) end
  if plan.free then return hide_free(value) end
  return document.scalar(plan, value)
end

---A value as a document that may be shown.
---@param shape table|nil
---@param value any
---@return any
local function redact(shape, value)
  return hide(shape and Plan.new(shape) or nil, value)
end

return { value = redact, is_secret = is_secret, WORD = REDACTED }
