-- Drift: what others have changed since the last apply, of what was declared then.
--
--   local found = drift.of(plan)   of a plan made with `drift = true`
--   found.changes   list of { name, type, identifier, place, source, gone, broken,
--                   other = "belongs to ..." of what is not this stack's any more, and owner:
--                   the NAME/ID of the stack that has it,
--                   properties = { { path, applied, now } } }
--   found.same      how many are as they were applied; found.unseen, found.notices as in a plan
local rows = require "engine.rows"
local value = require "engine.value"
local whose = require "engine.plan.whose"

local drift = {}

--- Whether one of those applied is not among those of now. Where there are fewer than were applied,
--- AWS does not show them, and nobody can tell.
local function one_is_missing(applied, now)
  if #now < #applied then return false end
  local left = {}
  for _, digest in ipairs(now) do left[digest] = (left[digest] or 0) + 1 end
  for _, digest in ipairs(applied) do
    left[digest] = (left[digest] or 0) - 1
    if left[digest] < 0 then return true end
  end
  return false
end

--- What was applied as a secret is kept as a digest: whether it is another one now can be seen, and
--- nothing more.
local function changed_secrets(ctx, row, have)
  local list, record = {}, ctx:record(row)
  for _, property in ipairs(value.keys(row.last or {})) do
    local applied, now = value.digests(row.last[property], {}), have[property]
    if #applied > 0 and now ~= nil and not record.write_only[property] then
      local sealed = ctx:sealed(value.like(now, row.last[property]))
      if one_is_missing(applied, value.digests(sealed, {})) then
        list[#list + 1] = { path = property, applied = "(secret)", now = "(secret)" }
      end
    end
  end
  return list
end

local function properties_of(plan, name, change)
  local list = {}
  for _, one in ipairs(change and change.properties or {}) do
    list[#list + 1] = { path = one.path, applied = one.new, now = one.old }
  end
  local row, live = plan.run.matched[name], plan.run.live[name]
  local secrets = changed_secrets(plan.context, row, live.have)
  return table.move(secrets, 1, #secrets, #list + 1, list)
end

local function one(plan, name)
  local resource, row = plan.graph.resources[name], plan.run.matched[name]
  local change, live = plan.run.changes[name], plan.run.live[name]
  if not row then return nil end
  local result = { name = name, type = resource.type, identifier = row.identifier,
    place = plan.context.places[row.place.key], source = row.source,
    gone = not live.have, broken = live.state and live.state.failed }
  result.properties = live.have and properties_of(plan, name, change) or {}
  local other = live.have and whose.other(plan.context, row, live.owner)
  if other then result.other, result.owner = whose.told(other), other.stack end
  local drifted = result.gone or result.broken or other or #result.properties > 0
  return drifted and result or nil
end

---@param plan table
---@return { stack: string, id: string, changes: table[], same: integer, unseen: string[],
---  notices: string[] }
function drift.of(plan)
  local changes, same = {}, 0
  for _, name in ipairs(plan.run.order) do
    local found = one(plan, name)
    if found then changes[#changes + 1] = found else same = same + 1 end
  end
  return { stack = plan.stack, id = plan.id, changes = changes, same = same,
    unseen = plan.unseen, notices = plan.notices }
end

--- The rows of the state whose attributes are others now, as they are now. Those that are gone or
--- somebody else's stay as they are: the next plan says so.
---@param plan table
---@return table[] rows
function drift.rows(plan)
  local ctx, result = plan.context, {}
  for _, name in ipairs(plan.run.order) do
    local row, live = plan.run.matched[name], plan.run.live[name]
    local known = row and live.have and not plan.run.unread[name]
    if known and not whose.other(ctx, row, live.owner) then
      local attributes = ctx:sealed(value.like(live.have, row.last))
      if not value.equal(attributes, row.attributes) then
        local now = rows.copy(row)
        now.attributes = attributes
        result[#result + 1] = now
      end
    end
  end
  return result
end

return drift
