-- Idempotency tokens: which member of an operation's input is one, and new ones where none was
-- given.
local crypto = require "native.crypto"

local token = {}

local function find(operation)
  if not operation.input then return nil end
  for _, member in ipairs(operation.input:members()) do
    if member.traits.idempotencyToken then return member.name end
  end
end

local known = setmetatable({}, { __mode = "k" })

---The name of the operation's idempotency token, if it takes one.
---@param operation table
---@return string|nil
function token.member(operation)
  if known[operation] == nil then known[operation] = find(operation) or false end
  return known[operation] or nil
end

local function uuid() return (assert(crypto.uuid())) end

-- Members that make a call safe to repeat although the models do not mark them
-- (CreateVpcEndpoint's).
local USUAL <const> = { "ClientToken", "ClientRequestToken", "IdempotencyToken", "CallerReference" }

local function has_usual(params)
  for _, name in ipairs(USUAL) do
    if params[name] ~= nil then return true end
  end
  return false
end

---The parameters with a token in them, where the operation takes one and the caller gave none.
---@param operation table
---@param params table
---@param new fun(): string
---@return table params
---@return boolean has_token
function token.fill(operation, params, new)
  local name = token.member(operation)
  if not name then return params, has_usual(params) end
  if params[name] ~= nil then return params, true end
  local filled = setmetatable({ [name] = new() }, getmetatable(params))
  for key, value in pairs(params) do filled[key] = value end
  return filled, true
end

token.uuid = uuid

return token
