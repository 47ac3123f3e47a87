-- After a run that was interrupted: what carries this stack's tags although neither the state nor
-- an open intent knows of it. A disk may lose the end of a journal that it called synced.
local strangers = require "engine.plan.strangers"
local value = require "engine.value"

local unknown = {}

--- Of an open create settling sees to what it has made.
local function knowledge(ctx)
  local known, open = {}, {}
  local function add(one) known[one.place.key .. "\0" .. one.identifier] = true end
  for _, name in ipairs(ctx.row_names) do
    add(ctx.rows[name])
    for _, old in ipairs(ctx.rows[name].old or {}) do add(old) end
  end
  for _, intent in ipairs(ctx.state.open or {}) do
    if intent.action == "create" then open[intent.name] = true end
  end
  return function(one)
    return known[one.place.key .. "\0" .. one.identifier] or open[one.name] or false
  end
end

--- Where the name has a row, this is what replaces it, or what it replaced: one of them goes, and
--- which is decided when both have been looked at.
local function with_old(row, one)
  local copy, old = {}, table.move(row.old or {}, 1, #(row.old or {}), 1, {})
  for key, member in pairs(row) do copy[key] = member end
  old[#old + 1] = { identifier = one.identifier, type = one.type, name = row.name,
    provider = one.provider, place = one.place, depends = {}, found = true }
  copy.old = old
  return copy
end

--- Adds rows for it, and says so.
---@param ctx table
---@param graph table
---@param notices string[]
function unknown.add(ctx, graph, notices)
  local found = strangers.unknown(ctx, graph, knowledge(ctx))
  if #found == 0 then return end
  local rows = {}
  for name, row in pairs(ctx.rows) do rows[name] = row end
  for _, one in ipairs(found) do
    rows[one.name] = rows[one.name] and with_old(rows[one.name], one) or one
    notices[#notices + 1] = ("%s: found by its tags (%s), which the journal does not know; "
      .. "going on"):format(one.name, one.identifier)
  end
  ctx.rows, ctx.rebuilt = rows, true
  ctx.row_names = value.keys(rows)
end

return unknown
