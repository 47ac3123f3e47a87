-- Whose a thing is now, by the ownership tags that it carries: what has become somebody else's is
-- neither changed nor deleted. Most reads tell that by the way; where one does not, it is asked
-- before something is taken over, tagged, deleted or written over.
local failure = require "engine.failure"
local owner = require "engine.owner"
local provider = require "engine.provider"
local tasks = require "engine.tasks"
local waiting = require "engine.waiting"

local whose = {}

--- Asks whom the tags of something that is there say it belongs to.
---@param ctx table
---@param row table
---@return { stack: string, name: string|nil }|false|nil owner false: nobody; nil: it has no tags
function whose.ask(ctx, row)
  local own = ctx.providers[row.provider].owner
  return own and own(row.type, ctx.places[row.place.key], row.identifier)
end

--- Whether another one that was made since has the very same identifier.
local function goes_by_name(ctx, row)
  local record = ctx:record(row)
  local named = #record.identifier == 1 and record.identifier[1] == record.name_property
  return named or provider.settle_rule(ctx.providers[row.provider],
    { type = row.type, want = row.last }) == "name"
end

--- Who has it, where it is not this stack's: `stack` is nil where it is nobody's. Tags that are
--- missing say that only of what goes by its name and had them: an id that AWS gave is not given
--- again, and somebody has but removed the tags.
---@param ctx table
---@param row table
---@param found table|false|nil its owner, as read or asked
---@return { stack: string|nil, name: string|nil }|nil
function whose.other(ctx, row, found)
  if found then return found.stack ~= owner.stack_tag(ctx) and found or nil end
  if found == nil or row.untagged or row.adopted then return nil end
  return goes_by_name(ctx, row) and {} or nil
end

local function not_to_take(run, one, other)
  local row = one.row
  failure.raise { what = ("%s is to take over %s, which belongs to the stack %s"):format(
    one.about.name, row.identifier, other.stack), where = run.ctx:about(one.about).where,
    next = ("let go of it there first: mrun forget %s"):format(other.name or "NAME")
      .. (row.untagged and ("; or here: mrun forget %s"):format(row.name) or "") }
end

local function refuse(run, one, other)
  local row, ctx = one.row, run.ctx
  if other.stack and (row.adopted or row.untagged) then not_to_take(run, one, other) end
  failure.raise { what = ("%s: %s%s %s"):format(one.about.name, row.identifier,
    one.is_old and ", which was replaced and is to be deleted," or "", whose.told(other)),
    where = ctx:about(one.about).where,
    next = ("mrun forget %s lets go of it here; if it is this stack's all the same, give it back "
      .. "its tags: mrun:stack = %s, mrun:resource = %s"):format(row.name, owner.stack_tag(ctx),
      row.name) }
end

--- What is said of something that is not this stack's.
---@param other { stack: string|nil }
---@return string
function whose.told(other)
  if other.stack then return "belongs to the stack " .. other.stack .. " now" end
  return "does not carry this stack's tags any more: somebody else may have made it anew"
end

--- Asks at once about all of a list that no read has told of.
local function ask_all(ctx, list)
  local asked, functions = {}, {}
  for _, one in ipairs(list) do
    if one.ask and one.live.owner == nil then
      asked[#asked + 1] = one
      functions[#functions + 1] = function() return { whose.ask(ctx, one.row) } end
    end
  end
  if #functions == 0 then return end
  for i, answer in ipairs(tasks.all(functions)) do
    local live = asked[i].live
    live.owner = answer[1]
  end
end

--- Who else has it. The tags of what was made a moment ago need not be seen yet.
local function other_in_time(ctx, row, live)
  local _, visible_ms = provider.settle_rule(ctx.providers[row.provider], row)
  while true do
    local other = whose.other(ctx, row, live.owner)
    local at = other and not other.stack and row.made
      and waiting.next_sight(row.made, ctx.ports.now(), visible_ms)
    if not at then return other end
    tasks.sleep_until(at)
    live.owner = whose.ask(ctx, row)
  end
end

local function check(run, list)
  ask_all(run.ctx, list)
  for _, one in ipairs(list) do
    local other = one.live.owner ~= nil and other_in_time(run.ctx, one.row, one.live)
    if other then refuse(run, one, other) end
  end
end

--- Stops at what the reads show to be somebody else's, and at what is to be taken over and is.
---@param run table with matched, live and gone
function whose.seen(run)
  if run.drift then return end
  local list = {}
  for _, name in ipairs(run.order) do
    local row, live = run.matched[name], run.live[name]
    local is_there = row and live and live.have and (not run.alone or run.alone == name)
    local ask = is_there and row.adopted and not row.ours
    if is_there and (ask or live.owner ~= nil) then
      list[#list + 1] = { row = row, live = live, about = run.graph.resources[name], ask = ask }
    end
  end
  for _, name in ipairs(run.forget and {} or run.leaving) do
    local row, live = run.ctx.rows[name], run.gone[name]
    local retained = row.options and row.options.retain and not run.rolling
    if live.have and not retained then
      list[#list + 1] = { row = row, live = live, about = row, ask = true }
    end
  end
  check(run, list)
end

--- Whether a change of something is a loss where that is another's.
local function is_risky(run, row, change)
  if change.action == "replace" or change.moved or change.protection or row.untagged then
    return true
  end
  return change.action == "update" and goes_by_name(run.ctx, row)
end

local function add_changed(run, list, name, change)
  local row, live = run.matched[name], run.live[name]
  if not (row and live and live.have) or row.adopted or not change then return end
  list[#list + 1] = { row = row, live = live, about = run.graph.resources[name],
    ask = is_risky(run, row, change) }
end

local function add_old(run, list, row)
  for _, old in ipairs(row and row.old or {}) do
    run.old_live[old] = run.old_live[old] or {}
    list[#list + 1] = { row = old, live = run.old_live[old], about = row, ask = true,
      is_old = true }
  end
end

--- Stops at what is to be changed, or waits to be deleted, and is somebody else's; everything has
--- been decided.
---@param run table with changes, untagged and leaves
function whose.sure(run)
  if run.drift or run.forget then return end
  local list = {}
  run.old_live = run.old_live or {}
  for _, name in ipairs(run.order) do
    if not run.alone or run.alone == name then
      add_changed(run, list, name, run.changes[name] or run.untagged[name])
      add_old(run, list, run.matched[name])
    end
  end
  for _, name in ipairs(run.leaving) do add_old(run, list, run.ctx.rows[name]) end
  check(run, list)
end

--- The same of one update that nobody planned.
---@param run table
---@param change table
function whose.follows(run, change)
  local list = {}
  add_changed(run, list, change.name, change)
  check(run, list)
end

--- The first of those that wait to be deleted which may well be this stack's.
---@param ctx table
---@param row table
---@return table|nil old
function whose.own_old(ctx, row)
  for _, old in ipairs(row.old or {}) do
    if not whose.other(ctx, old, whose.ask(ctx, old)) then return old end
  end
end

return whose
