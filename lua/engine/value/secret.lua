--- Secrets: they print as (secret), and are kept only as a keyed digest.
local failure = require "engine.failure"
local hidden = require "engine.value.hidden"
local plain = require "engine.value.plain"
local redact = require "engine.value.redact"

local secret = {}

local Secret = { __name = "secret", __metatable = false }

--- A secret of this value. A secret stays what it is.
---@param v any known, not deferred
---@return table
function secret.new(v)
  if secret.is(v) then return v end
  redact.learn(v)
  return hidden.new({ kind = "secret", value = v }, Secret)
end

---@param v any
---@return boolean
function secret.is(v)
  return hidden.kind(v) == "secret"
end

--- What a secret hides; anything else unchanged. For the engine and for act alone.
---@param v any
---@return any
function secret.reveal(v)
  if secret.is(v) then return hidden.raw(v).value end
  return v
end

---@param v any
---@return boolean whether it is a secret or has one at any depth
function secret.contains(v)
  if type(v) ~= "table" then return false end
  local kind = hidden.kind(v)
  if kind then return kind == "secret" end
  for _, member in next, v do
    if type(member) == "table" and secret.contains(member) then return true end
  end
  return false
end

--- A copy with `change(inner)` in the place of each secret.
---@param v any
---@param change fun(inner: any): any
---@return any
function secret.map(v, change)
  if secret.is(v) then return change(secret.reveal(v)) end
  if type(v) ~= "table" or hidden.kind(v) then return v end
  local result = {}
  for key, member in next, v do result[key] = secret.map(member, change) end
  local mark = getmetatable(v)
  return mark and setmetatable(result, mark) or result
end

--- A copy with every secret in the open.
---@param v any
---@return any
function secret.reveal_all(v)
  if not secret.contains(v) then return v end
  return secret.map(v, function(inner) return inner end)
end

local function canonical(v, out)
  if type(v) ~= "table" then
    local text = math.type(v) == "float" and math.tointeger(v) or v
    out[#out + 1] = ("%s:%q;"):format(type(v):sub(1, 1), text)
    return
  end
  out[#out + 1] = "{"
  for _, key in ipairs(plain.keys(v)) do
    canonical(key, out)
    canonical(v[key], out)
  end
  out[#out + 1] = "}"
end

--- The keyed digest that stands for a secret in state and plan.
---@param digest fun(key: string, text: string): string
---@param key string
---@param v any
---@return { ["$digest"]: string }
function secret.digest(digest, key, v)
  local out = {}
  canonical(secret.reveal_all(v), out)
  return { ["$digest"] = digest(key, table.concat(out)) }
end

---@param v any
---@return string|nil
function secret.digest_of(v)
  return type(v) == "table" and not hidden.kind(v) and rawget(v, "$digest") or nil
end

--- The digests in a value, at any depth.
---@param v any
---@param found string[]
---@return string[] found
function secret.digests(v, found)
  local kept = secret.digest_of(v)
  if kept then
    found[#found + 1] = kept
  elseif type(v) == "table" and not hidden.kind(v) then
    for _, member in next, v do secret.digests(member, found) end
  end
  return found
end

--- Has the secrets whose digests are in this value left out of words, once they are recognised.
---@param digest fun(key: string, text: string): string
---@param key string
---@param v any
function secret.expect(digest, key, v)
  local set = {}
  for _, one in ipairs(secret.digests(v, {})) do set[one] = true end
  redact.expect(function(text)
    return set[secret.digest_of(secret.digest(digest, key, text))] == true
  end)
end

--- The value with each secret replaced by its digest; itself where it has none.
---@param v any
---@param digest fun(key: string, text: string): string
---@param key string
---@return any
function secret.sealed(v, digest, key)
  if not secret.contains(v) then return v end
  return secret.map(v, function(inner) return secret.digest(digest, key, inner) end)
end

--- Whether there is a secret, or the digest of one, at any depth.
---@param v any
---@return boolean
function secret.hides(v)
  if type(v) ~= "table" then return false end
  if hidden.kind(v) then return secret.is(v) end
  if v["$digest"] then return true end
  for _, member in next, v do
    if type(member) == "table" and secret.hides(member) then return true end
  end
  return false
end

--- The value with a secret wherever the other has one, or the digest of one: what is live is as
--- secret as what was declared. Items of lists have no fixed places, so each goes by all.
---@param v any
---@param other any
---@return any
function secret.like(v, other)
  if v == nil or secret.is(v) or not secret.hides(other) then return v end
  local open = not (secret.is(other) or secret.digest_of(other)) and type(v) == "table"
  if not open or hidden.kind(v) or plain.is_list(v) ~= plain.is_list(other) then
    return secret.new(v)
  end
  local list = plain.is_list(v)
  local result = list and plain.list() or {}
  for key, member in next, v do
    for _, item in next, list and other or { other[key] } do member = secret.like(member, item) end
    result[key] = member
  end
  return result
end

local function refuse()
  failure.raise {
    what = "a secret cannot be looked into",
    next = "write apply(value, function(v) ... end): what comes out of it is a secret too",
  }
end

for _, event in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv", "unm", "band", "bor",
  "bxor", "shl", "shr", "bnot", "lt", "le", "len", "call", "newindex", "pairs" } do
  Secret["__" .. event] = refuse
end

function Secret.__tostring()
  return "(secret)"
end

function Secret.__eq(a, b)
  return plain.equal(secret.reveal(a), secret.reveal(b))
end

--- A member of a secret map is a secret.
function Secret.__index(self, key)
  local inner = secret.reveal(self)
  if type(inner) ~= "table" then refuse() end
  local member = inner[key]
  if member == nil then return nil end
  return secret.new(member)
end

secret.METATABLE = Secret

return secret
