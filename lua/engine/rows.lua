-- Rows of the state, made from intents: what a change leaves behind when it has succeeded, and when
-- it may have been done in part.
local value = require "engine.value"

local rows = {}

local KEPT = { "name", "type", "provider", "place", "depends", "options", "source", "made", "old",
  "inputs" }

--- A copy whose fields can be set without changing the row; what they hold is shared.
---@param row table
---@return table
function rows.copy(row)
  local result = {}
  for key, member in pairs(row) do result[key] = member end
  return result
end

--- The row of a resource whose create or update has been done.
---@param intent table as the journal keeps it
---@param identifier string
---@param attributes table|nil
---@return table row
function rows.done(intent, identifier, attributes)
  local row = { identifier = identifier, last = intent.last, attributes = attributes or {} }
  for _, key in ipairs(KEPT) do row[key] = intent[key] end
  return row
end

--- Everything of both; where both have something, the newer, and of maps everything of both again.
local function joined(older, newer)
  if not (value.is_map(older) and value.is_map(newer)) then return newer end
  local result = {}
  for key, member in pairs(older) do result[key] = member end
  for key, member in pairs(newer) do
    result[key] = older[key] == nil and member or joined(older[key], member)
  end
  return result
end

--- The row of a resource whose update was tried: part of it may have been done, so that what it
--- wanted counts as applied, beside what was applied before it.
---@param row table
---@param intent table
---@return table row
function rows.attempted(row, intent)
  local result = rows.copy(row)
  result.last = joined(row.last or {}, intent.last or {})
  return result
end

--- What is left of a row when one of its resources is gone: the row without a replaced one, or,
--- when its own is gone, the replaced ones that still wait to be deleted; false when that was all.
---@param row table|nil
---@param identifier string
---@return table|false
function rows.without(row, identifier)
  if not row then return false end
  local old = {}
  for _, one in ipairs(row.old or {}) do
    if one.identifier ~= identifier then old[#old + 1] = one end
  end
  local from = row
  if row.identifier == identifier then
    from = table.remove(old, 1)
    if not from then return false end
  end
  local result = rows.copy(from)
  result.name, result.old = row.name, #old > 0 and old or nil
  return result
end

--- All resources of a row: its own, and those that wait to be deleted.
---@param row table
---@return table[]
function rows.all(row)
  return table.move(row.old or {}, 1, #(row.old or {}), 2, { row })
end

--- The row with one more that waits to be deleted.
---@param row table
---@param more table what there is of it: a row, or as much as was found
---@return table
function rows.with_old(row, more)
  local copy = rows.copy(row)
  copy.old = table.move(row.old or {}, 1, #(row.old or {}), 1, {})
  table.insert(copy.old, { identifier = more.identifier, type = more.type, name = row.name,
    provider = more.provider, place = more.place, depends = more.depends, found = more.found })
  return copy
end

--- What has to be deleted when the row's resource has been replaced: the row itself, cut down to
--- what a delete needs, and whatever waited already.
---@param row table
---@return table[] old
function rows.old_of(row)
  local old = { { identifier = row.identifier, type = row.type, provider = row.provider,
    place = row.place, depends = row.depends, name = row.name, last = row.last } }
  table.move(row.old or {}, 1, #(row.old or {}), 2, old)
  return old
end

return rows
