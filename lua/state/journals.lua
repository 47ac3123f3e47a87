-- The journals of a stack: the current one and those in the history, as lists of records.
local journal = require "state.journal"

local journals = {}

local function header_of(records)
  for _, record in ipairs(records) do
    if record.kind == "open" then return record end
  end
end

-- Names are ID-SERIAL, and ID-SERIAL.N where there are several; state-ID-SERIAL is a state.
local function kept(backend, seal)
  local names, found = {}, {}
  for _, name in ipairs(backend:history()) do
    if name:match "^[^-]+%-%d+%.?%d*$" then names[#names + 1] = name end
  end
  for at, bytes in ipairs(backend:read_history(names)) do
    local records = seal:records(journal.parse(bytes) or {}, backend:at "history")
    local header = header_of(records)
    found[#found + 1] = header and { records = records, at_ms = header.at_ms or 0,
      serial = header.serial or 0, copy = tonumber(names[at]:match "%.(%d+)$") or 0 } or nil
  end
  return found
end

---All journals, the newest first. The serial goes on when a stack gets a new id; only a lost state
---begins again, so the time decides.
---@param backend state.backend
---@param seal state.seal
---@param current table[]|nil  the records of the journal that is not in the history yet
---@return table[][]
function journals.newest_first(backend, seal, current)
  local found = kept(backend, seal)
  table.sort(found, function(a, b)
    if a.at_ms ~= b.at_ms then return a.at_ms > b.at_ms end
    if a.serial ~= b.serial then return a.serial > b.serial end
    return a.copy > b.copy
  end)
  local lists = { current }
  for _, one in ipairs(found) do lists[#lists + 1] = one.records end
  return lists
end

return journals
