-- A new name together with a new resource: what is to be replaced, or made anew because it is gone,
-- under another name than its row has. The row takes the new name first, and who stands on it says
-- so; from there on it is a change like any other, wherever that is cut off.
local rows = require "engine.rows"
local value = require "engine.value"

local moving = {}

--- By the name of a row: the one that it is to have.
local function renamed(run)
  local names = {}
  for _, name in ipairs(run.order) do
    local change, row = run.changes[name], run.matched[name]
    local anew = change and (change.action == "replace" or change.action == "create")
    if anew and row and row.name ~= name then names[row.name] = name end
  end
  return names
end

--- The row, and what waits to be deleted with it, standing on the new names; as it is where nothing
--- of it changes.
local function standing_anew(row, names)
  local changed, depends, old = false, {}, {}
  for i, name in ipairs(row.depends or {}) do
    depends[i] = names[name] or name
    changed = changed or names[name] ~= nil
  end
  for i, one in ipairs(row.old or {}) do
    old[i] = standing_anew(one, names)
    changed = changed or old[i] ~= one
  end
  if not changed then return row end
  local result = rows.copy(row)
  result.depends, result.old = value.list(depends), row.old and value.list(old)
  return result
end

local function named(row, name)
  if row.name == name then return row end
  local result = rows.copy(row)
  result.name, result.was, result.untagged = name, row.name, true -- its tags have the one before
  return result
end

--- Gives rows their new names in the run; run.renamed says which had which.
---@param run table
---@return table[] rows that have to be written down for it
function moving.rows(run)
  local names = renamed(run)
  run.renamed = {}
  if not next(names) then return {} end
  local ctx, all, written, matched = run.ctx, {}, {}, {}
  for name, row in pairs(run.matched) do matched[row] = name end
  for _, before in ipairs(value.keys(ctx.rows)) do
    local row, name = ctx.rows[before], names[before] or before
    local now = named(standing_anew(row, names), name)
    all[name] = now
    if now ~= row then written[#written + 1] = now end
    if matched[row] then run.matched[matched[row]] = now end
    if name ~= before then
      table.insert(run.stale, before)
      run.renamed[name] = before
      run.changes[name].moved = nil
    end
  end
  ctx.rows, ctx.row_names = all, value.keys(all)
  return written
end

return moving
