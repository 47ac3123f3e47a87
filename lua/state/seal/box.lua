-- A sealed file: one line of JSON that says how, then what AES-256-GCM made of the bytes. Pure.
--
--   {"format":"mrun sealed state","version":1,"key":"9f2c...","nonce":"...","seal":{...}}\n<bytes>
--
-- Stack and kind are authenticated with it, so that no file can stand in the place of another. The
-- nonce is random, of 96 bits, and new for each write. `seal` is what the stack's seal file says
-- (state.seal.ring), so that whoever has the passphrase can open each file by itself.
local crypto = require "native.crypto"
local json = require "json"

local VERSION <const>, NONCE_BYTES <const> = 1, 12
local START <const> = '{"format":"mrun sealed '
local HEADER_BYTES <const> = 64 * 1024

local box = { VERSION = VERSION }

local function bound(stack, kind, key_id)
  return ("mrun sealed %d\0%s\0%s\0%s"):format(VERSION, stack, kind, key_id)
end

---A random nonce and what a key makes of a text with it.
---@param key string
---@param text string
---@param also string
---@return string nonce
---@return string sealed
function box.close(key, text, also)
  local nonce = crypto.random(NONCE_BYTES)
  return nonce, assert(crypto.aes_gcm_seal(key, nonce, text, also))
end

---@param key string
---@param nonce string|nil
---@param sealed string|nil
---@param also string
---@return string|nil text  nil where the key is another, or something was changed
function box.open(key, nonce, sealed, also)
  if type(nonce) ~= "string" or #nonce ~= NONCE_BYTES or type(sealed) ~= "string" then return end
  return (crypto.aes_gcm_open(key, nonce, sealed, also))
end

---@param hex any
---@return string|nil bytes
function box.unhex(hex)
  return type(hex) == "string" and crypto.unhex(hex) or nil
end

---The bytes of a sealed file.
---@param about { stack: string, kind: string, key_id: string, key: string, seal: table }
---@param text string
---@return string
function box.file(about, text)
  local nonce, sealed = box.close(about.key, text, bound(about.stack, about.kind, about.key_id))
  local header = json.encode { version = VERSION, key = about.key_id, nonce = crypto.hex(nonce),
    seal = about.seal }
  return START .. about.kind .. '",' .. header:sub(2) .. "\n" .. sealed
end

---Whether these bytes are of a sealed file.
---@param bytes string
---@return boolean
function box.is_file(bytes)
  return bytes:sub(1, #START) == START
end

---A sealed file's header; nil where it is damaged.
---@param bytes string
---@return { version: number, key: string, nonce: string, seal: table, size: integer }|nil
function box.header(bytes)
  local stop = bytes:sub(1, HEADER_BYTES):find("\n", 1, true)
  local header = stop and json.decode(bytes:sub(1, stop - 1))
  if type(header) ~= "table" or type(header.key) ~= "string"
    or math.type(header.version) == nil then
    return nil
  end
  header.size = stop
  return header
end

---What a sealed file holds; nil where it was changed, or is another stack's or of another kind.
---@param about { stack: string, kind: string, key: string }
---@param bytes string
---@param header table  of box.header
---@return string|nil
function box.text(about, bytes, header)
  return box.open(about.key, box.unhex(header.nonce), bytes:sub(header.size + 1),
    bound(about.stack, about.kind, header.key))
end

---A record of the journal, sealed alone.
---@param about { stack: string, key_id: string, key: string }
---@param text string
---@return table record
function box.record(about, text)
  local nonce, sealed = box.close(about.key, text, bound(about.stack, "journal", about.key_id))
  return { sealed = crypto.base64(nonce .. sealed), key = about.key_id }
end

---@param about { stack: string, key: string }
---@param record table  of box.record
---@return string|nil text
function box.record_text(about, record)
  local bytes = type(record.sealed) == "string" and crypto.unbase64(record.sealed)
  if not bytes then return nil end
  return box.open(about.key, bytes:sub(1, NONCE_BYTES), bytes:sub(NONCE_BYTES + 1),
    bound(about.stack, "journal", record.key))
end

return box
