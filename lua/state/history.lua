-- What the journals of a stack say of its last apply: the rows as they were before it.
local fs = require "native.fs"
local journal = require "state.journal"

local history = {}

local function records_of(folder, name)
  local bytes = folder:read(name)
  return bytes and journal.parse(bytes) or {}
end

--- The journals taken in, the newest first: ID-SERIAL, and ID-SERIAL.N where there are several. The
--- serial goes on when a stack gets a new id; only a lost state begins again, so the time decides.
local function newest_first(folder)
  local found = {}
  for _, name in ipairs(fs.list(folder:at "history") or {}) do
    local serial, copy = name:match "%-(%d+)%.?(%d*)$"
    local header = serial and records_of(folder, "history/" .. name)[1]
    if header then
      found[#found + 1] = { name = "history/" .. name, at = header.at_ms or 0,
        serial = tonumber(serial), copy = tonumber(copy) or 0 }
    end
  end
  table.sort(found, function(a, b)
    if a.at ~= b.at then return a.at > b.at end
    if a.serial ~= b.serial then return a.serial > b.serial end
    return a.copy > b.copy
  end)
  return found
end

local function collect(records)
  local before, unrecorded, any, back = {}, {}, false, false
  for _, record in ipairs(records) do
    local intent = record.kind == "intent" and record.intent
    if intent then
      any, back = true, back or intent.back == true
      if before[intent.name] == nil and not unrecorded[intent.name] then
        if intent.before == nil then
          unrecorded[intent.name] = true
        else
          before[intent.name] = intent.before
        end
      end
    end
  end
  if not any then return nil end
  local names = {}
  for name in pairs(unrecorded) do names[#names + 1] = name end
  table.sort(names)
  return { before = before, unrecorded = names }, back
end

--- The last apply that changed anything; nil where there was none. An undo that was cut off is gone
--- on with: what it takes back is still the last.
---@param folder state.folder
---@return { before: table<string, table|false>, unrecorded: string[] }|nil
function history.last(folder)
  local found, back = collect(records_of(folder, "journal"))
  if found and not back then return found end
  for _, one in ipairs(newest_first(folder)) do
    found = collect(records_of(folder, one.name))
    if found then return found end
  end
end

return history
