-- The keys of a stack, and the one key that closes them in: made from a passphrase by scrypt, or a
-- data key of KMS. They stand in the stack's seal file, and in the header of each sealed file.
--
--   { format = "mrun seal", version = 1, nonce = , keys = ,
--     by = { kind = "passphrase", n = , r = , p = , salt = }
--       or { kind = "kms", key = "alias/...", region = , data_key = } }
local box = require "state.seal.box"
local crypto = require "native.crypto"
local failure = require "engine.failure"
local json = require "json"

local FORMAT <const>, VERSION <const> = "mrun seal", 1
local KEY_BYTES <const>, ID_BYTES <const>, SALT_BYTES <const> = 32, 8, 16
local N <const>, R <const>, P <const> = 32768, 8, 1
local N_MOST <const>, R_MOST <const>, P_MOST <const> = 1 << 20, 16, 4

---@class state.ring
---@field by table  how its outer key is made
---@field outer string  that key
---@field keys table<string, string>  by id
---@field current string  the id of the one that seals what is written
---@field plain boolean|nil  whether files from before the sealing may be there

---@class state.ring.sources  where outer keys come from
---@field passphrase fun(why: "open"|"new"|"renew"): string
---@field kms fun(by: table): table  a client
---@field derived table<string, string>  what scrypt has made in this run

local ring = {}

local function bound(stack) return ("%s %d\0%s"):format(FORMAT, VERSION, stack) end

local function damaged(where)
  failure.raise { what = "the seal is damaged", where = where,
    next = "put back a copy: it holds the keys of the stack's files" }
end

local function whole(n, most)
  return math.type(n) and n == math.floor(n) and n >= 1 and n <= most
end

local function from_passphrase(by, passphrase, sources, where)
  local salt = box.unhex(by.salt)
  local n = by.n
  if not (salt and whole(n, N_MOST) and n > 1 and whole(by.r, R_MOST) and whole(by.p, P_MOST))
    or math.floor(n) & (math.floor(n) - 1) ~= 0 then
    damaged(where)
  end
  local known = ("%s %d %d %d %s"):format(by.salt, n, by.r, by.p, passphrase)
  if not sources.derived[known] then
    sources.derived[known] = assert(crypto.scrypt(passphrase, salt, { n = math.floor(n),
      r = math.floor(by.r), p = math.floor(by.p), bytes = KEY_BYTES }))
  end
  return sources.derived[known]
end

local function context(stack) return { ["mrun:stack"] = stack } end

local outer = { passphrase = {}, kms = {} }

function outer.passphrase.open(by, _, sources, where)
  return from_passphrase(by, sources.passphrase "open", sources, where)
end

function outer.passphrase.new(_, _, sources, why)
  local by = { kind = "passphrase", n = N, r = R, p = P,
    salt = crypto.hex(crypto.random(SALT_BYTES)) }
  return by, from_passphrase(by, sources.passphrase(why), sources)
end

function outer.kms.open(by, stack, sources, where)
  local blob = type(by.data_key) == "string" and crypto.unbase64(by.data_key)
  if not blob or type(by.key) ~= "string" then damaged(where) end
  local answer = sources.kms(by):call("Decrypt",
    { CiphertextBlob = blob, KeyId = by.key, EncryptionContext = context(stack) })
  return answer.Plaintext
end

function outer.kms.new(method, stack, sources)
  local by = { kind = "kms", key = method.kms, region = method.region }
  local answer = sources.kms(by):call("GenerateDataKey",
    { KeyId = by.key, KeySpec = "AES_256", EncryptionContext = context(stack) })
  by.data_key = crypto.base64(answer.CiphertextBlob)
  return by, answer.Plaintext
end

local function add_key(self)
  local id = crypto.hex(crypto.random(ID_BYTES))
  self.keys[id], self.current = crypto.random(KEY_BYTES), id
  return self
end

---A ring with a first key.
---@param method string|table  "passphrase", or { kms = key, region = }
---@param stack string
---@param sources state.ring.sources
---@param why "new"|"renew"|nil
---@return state.ring
function ring.new(method, stack, sources, why)
  local kind = type(method) == "table" and "kms" or "passphrase"
  local by, key = outer[kind].new(method, stack, sources, why or "new")
  return add_key { by = by, outer = key, keys = {} }
end

---A ring with a new outer key and a new current key, that still opens what this one does.
---@param self state.ring
---@param method string|table
---@param stack string
---@param sources state.ring.sources
---@return state.ring
function ring.renewed(self, method, stack, sources)
  local new = ring.new(method, stack, sources, "renew")
  for id, key in pairs(self.keys) do new.keys[id] = key end
  new.plain = self.plain
  return new
end

---The ring as it may be written.
---@param self state.ring
---@param stack string
---@return table
function ring.header(self, stack)
  local keys = {}
  for id, key in pairs(self.keys) do keys[id] = crypto.hex(key) end
  local nonce, sealed = box.close(self.outer, json.encode { keys = keys, current = self.current,
    plain = self.plain }, bound(stack))
  return { format = FORMAT, version = VERSION, by = self.by, nonce = crypto.hex(nonce),
    keys = crypto.base64(sealed) }
end

local function refuse(by, where)
  if by.kind == "kms" then
    failure.raise { what = "the keys of the state do not open: the seal was changed", where = where,
      next = "put back a copy of this file" }
  end
  failure.raise { what = "the passphrase of the state is wrong, or the seal was changed",
    where = where, code = "WrongPassphrase", next = "nothing was changed: give the right one in"
      .. " MRUN_PASSPHRASE, MRUN_PASSPHRASE_FILE or at the question" }
end

---@param header any  of ring.header
---@param stack string
---@param sources state.ring.sources
---@param where string  for messages
---@return state.ring
function ring.open(header, stack, sources, where)
  if type(header) ~= "table" or header.format ~= FORMAT or math.type(header.version) == nil then
    damaged(where)
  end
  if header.version > VERSION then
    failure.raise { what = "the seal is of a newer version of mrun", where = where,
      next = "use a newer mrun" }
  end
  local by = type(header.by) == "table" and header.by or {}
  local kind = outer[by.kind] or damaged(where)
  local key = kind.open(by, stack, sources, where)
  local sealed = type(header.keys) == "string" and crypto.unbase64(header.keys)
  local text = box.open(key, box.unhex(header.nonce), sealed, bound(stack)) or refuse(by, where)
  local content, keys = json.decode(text), {}
  for id, hex in pairs(content.keys) do keys[id] = crypto.unhex(hex) end
  return { by = by, outer = key, keys = keys, current = content.current, plain = content.plain }
end

return ring
