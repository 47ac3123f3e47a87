-- After a run that was interrupted: what carries this stack's tags although neither the state nor
-- an open intent knows of it. A disk may lose the end of a journal that it called synced.
local rows = require "engine.rows"
local strangers = require "engine.plan.strangers"
local value = require "engine.value"

local unknown = {}

--- Of an open create settling sees to what it has made.
local function knowledge(ctx)
  local known, open = {}, {}
  local function add(one) known[one.place.key .. "\0" .. one.identifier] = true end
  for _, name in ipairs(ctx.row_names) do
    for _, one in ipairs(rows.all(ctx.rows[name])) do add(one) end
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
local function with_found(row, one)
  one.found = true
  return rows.with_old(row, one)
end

--- Adds rows for it, and says so.
---@param ctx table
---@param graph table
---@param notices string[]
function unknown.add(ctx, graph, notices)
  local found = strangers.unknown(ctx, graph, knowledge(ctx))
  if #found == 0 then return end
  local known = {}
  for name, row in pairs(ctx.rows) do known[name] = row end
  for _, one in ipairs(found) do
    local row = known[one.name]
    known[one.name] = row and with_found(row, one) or one
    notices[#notices + 1] = ("%s: found by its tags (%s), which the journal does not know; "
      .. "going on"):format(one.name, one.identifier)
  end
  ctx.rows, ctx.rebuilt = known, true
  ctx.row_names = value.keys(known)
end

return unknown
