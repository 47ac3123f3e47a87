-- The journal's bytes: one record a line, framed so that a torn tail shows; pure, no files here.
--
--   0000002b 1c291ca3 {"kind":"intent","intent":{...}}\n
--
-- Length and CRC-32 are in hexadecimal and cover the JSON. A record that was cut by a crash can
-- only be the last one: it was never synced, so its call was never made and it is dropped.
-- Damage before whole records is not a crash, and is refused.
local crypto = require "native.crypto"
local json = require "json"

local VERSION <const> = 1
local FRAME <const> = "^(%x%x%x%x%x%x%x%x) (%x%x%x%x%x%x%x%x) (.*)$"

local journal = { VERSION = VERSION }

---One record as the line that is appended.
---@param record table
---@return string
function journal.line(record)
  local text = json.encode(record)
  return ("%08x %08x %s\n"):format(#text, crypto.crc32(text), text)
end

---The first record of a journal: what it continues.
---@param state table  the state that it stands on
---@param now_ms number
---@return table
function journal.header(state, now_ms)
  return {
    kind = "open", version = VERSION, stack = state.stack, id = state.id, serial = state.serial,
    at_ms = now_ms,
  }
end

local function parse(line)
  local length, sum, text = line:match(FRAME)
  if not text or tonumber(length, 16) ~= #text or tonumber(sum, 16) ~= crypto.crc32(text) then
    return nil
  end
  local record = json.decode(text)
  return type(record) == "table" and record or nil
end

-- A later whole record proves that what stands before it was once whole too.
local function holds_record(bytes)
  for at, length in bytes:gmatch("()(%x%x%x%x%x%x%x%x) %x%x%x%x%x%x%x%x {") do
    if parse(bytes:sub(at, at + 17 + tonumber(length, 16))) then return true end
  end
  return false
end

---Reads a journal.
---@param bytes string
---@return table|nil records  nil when it is damaged before its end
---@return integer position  bytes that are good; on damage, where the damage begins
function journal.parse(bytes)
  local records, position = {}, 1
  while position <= #bytes do
    local stop = bytes:find("\n", position, true)
    local record = stop and parse(bytes:sub(position, stop - 1))
    if not record then
      if holds_record(bytes:sub(position + 1)) then return nil, position - 1 end
      break
    end
    records[#records + 1] = record
    position = stop + 1
  end
  return records, position - 1
end

return journal
