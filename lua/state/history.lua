-- What the journals of a stack say of its last apply: the rows as they were before it.
local tables = require "state.tables"

local history = {}

local function collect(records)
  local before, unrecorded, any, back = {}, {}, false, false
  for _, record in ipairs(records) do
    local intent = record.kind == "intent" and record.intent
    if intent then
      any, back = true, back or intent.back == true
      if intent.forgets then unrecorded[intent.name], before[intent.name] = true, nil end
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
  return { before = before, unrecorded = tables.names(unrecorded) }, back
end

--- The last apply that changed anything; nil where there was none. An undo that was cut off is gone
--- on with: what it takes back is still the last.
---@param current table[] the records of the journal that is being written
---@param past table[][] those of the journals before it, the newest first
---@return { before: table<string, table|false>, unrecorded: string[] }|nil
function history.last(current, past)
  local found, back = collect(current)
  if found and not back then return found end
  for _, records in ipairs(past) do
    found = collect(records)
    if found then return found end
  end
end

return history
