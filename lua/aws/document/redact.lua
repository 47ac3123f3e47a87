-- Values without what is secret in them: what the models mark as sensitive, and what is named
-- like a secret though no model says so.
local document = require "aws.document"
local Plan = require "aws.document.plan"

local REDACTED <const> = "(secret)"

local redact = { WORD = REDACTED }

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
redact.is_secret = is_secret

-- What makes an address good for a call, in lower case.
local SIGNED <const> = { ["x-amz-signature"] = true, ["x-amz-security-token"] = true,
  ["x-amz-s3session-token"] = true, ["x-amz-credential"] = true, awsaccesskeyid = true,
  signature = true }

---Whether a part of a query belongs to a signature.
---@param name string
---@return boolean
function redact.is_signed(name)
  return SIGNED[name:lower()] or false
end

---A text whose addresses are good for no call: without their signatures.
---@param text any
---@return any
function redact.unsigned(text)
  if type(text) ~= "string" or not text:find "[?&][%w-]*[Ss]ignature=" then return text end
  return (text:gsub("([?&]([^=&?%s]+)=)[^&%s\"'<>]*", function(before, name)
    return redact.is_signed(name) and before .. REDACTED or nil
  end))
end

local hide

local function hide_free(value)
  if type(value) ~= "table" then return redact.unsigned(value) end
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do
    copy[key] = is_secret(key) and REDACTED or hide_free(item)
  end
  return copy
end

-- Whether what stands at a key is hidden for its name.
local function is_named(key, item)
  return type(item) ~= "boolean" and not math.type(key) and is_secret(key)
end

-- A map whose keys are secret cannot show any of itself.
local function is_hidden(plan)
  return plan.sensitive or plan.kind == "map" and not plan.free and plan:member "key".sensitive
end

local function hide_each(plan, value)
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do
    copy[key] = is_named(key, item) and REDACTED or hide(plan:at(key), item)
  end
  return copy
end

function hide(plan, value)
  if not plan then return hide_free(value) end
  if is_hidden(plan) then return REDACTED end
  if plan.streaming then
    return type(value) == "string" and ("(%d bytes)"):format(#value) or "(a stream)"
  end
  if plan.composite and type(value) == "table" then return hide_each(plan, value) end
  if plan.free then return hide_free(value) end
  return redact.unsigned(document.scalar(plan, value))
end

---A value as a document that may be shown.
---@param shape table|nil
---@param value any
---@return any
function redact.value(shape, value)
  return hide(shape and Plan.new(shape) or nil, value)
end

local function gather_each(plan, value, hidden, take)
  for key, item in pairs(value) do
    if hidden and plan and plan.kind == "map" then take(key) end
    local own = plan and plan.composite and plan:at(key) or nil
    redact.each(own, item, hidden or is_named(key, item), take)
  end
end

---Hands over what is hidden in a value: texts and numbers, wherever they stand.
---@param plan aws.plan|nil
---@param value any
---@param hidden boolean
---@param take fun(secret: any)
function redact.each(plan, value, hidden, take)
  hidden = hidden or plan ~= nil and is_hidden(plan)
  if type(value) == "table" then
    gather_each(plan, value, hidden, take)
  elseif hidden and type(value) ~= "boolean" then
    take(value)
  end
end

---Whether a structure's member is hidden, or what stands in it where it is a list or a map.
---@param member { name: string, shape: table, traits: table }
---@return boolean
function redact.hides(member)
  local plan = Plan.new(member.shape, member.traits)
  if is_secret(member.name) or is_hidden(plan) then return true end
  local inner = plan.composite and plan.kind ~= "structure" and plan:at(1)
  return inner and is_hidden(inner) or false
end

return redact
