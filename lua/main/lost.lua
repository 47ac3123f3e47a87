-- lost.lua: a stack whose state is gone. Where its id is known, the ownership tags tell what it
-- owns; where it is not, tagged stacks of its name are listed, and nothing is taken for granted.
local context = require "engine.context"
local failure = require "engine.failure"
local graph = require "engine.graph"
local places = require "engine.plan.places"
local rebuild = require "engine.rebuild"
local settle = require "engine.settle"
local strangers = require "engine.plan.strangers"
local value = require "engine.value"

local lost = {}

local function default_place(mrun) return mrun.providers.get("aws").place {} end

---Where a stack was whose state is gone: as stands beside its id, or else where AWS is reached by
---itself.
---@param mrun table
---@param known table the state
---@return table[] places
function lost.lost_places(mrun, known)
  if known.places and #known.places > 0 then return known.places end
  return { default_place(mrun) }
end

-- Nobody may be reached there; then all that is known is that there is nothing here.
local function stranger(mrun, stack)
  local ok, found = pcall(mrun.task, function()
    local ctx = context.new(mrun.ports, { state = stack.state, stack = stack.name,
      providers = mrun.providers.by_name })
    ctx.rows, ctx.row_names = {}, {}
    places.identify(ctx, graph.nothing(stack.name), { default_place(mrun) })
    return strangers.found(ctx)
  end)
  if ok or not failure.is(found) or found.kind == "interrupted" then
    if not ok then error(found, 0) end
    return found
  end
end

local function is_unknown(stack) return stack.state.fresh and stack.state.serial == 0 end

---The stack as existing() finds it, for commands that go by what it owns. Nothing at all here of a
---stack that is named: its tags may say that there is one.
---@param mrun table
---@param path string|nil
---@return mrun.stack
function lost.owning(mrun, path)
  local stack = mrun.existing(path, true)
  if not is_unknown(stack) then return stack end
  local found = stranger(mrun, stack)
  if found then
    stack = mrun.existing(path, true) -- somebody may have begun it while the tags were asked for
    if is_unknown(stack) then error(found, 0) end
  elseif mrun.options.stack then
    mrun.existing(path) -- says that it is not here
  end
  return stack
end

local function with_rows(stack, rows)
  stack.state = setmetatable({ resources = rows }, { __index = stack.state })
  return stack
end

-- What a run that was cut off may have made is looked for; where nobody can be asked, that is said.
local function settled(mrun, stack)
  local known, notices = stack.state, {}
  local ok, rows = pcall(mrun.task, function()
    local ctx = context.new(mrun.ports, { state = known, stack = stack.name,
      providers = mrun.providers.by_name })
    ctx.rows, ctx.row_names = known.resources, value.keys(known.resources)
    places.identify(ctx, graph.nothing(stack.name))
    return (settle.run(ctx, { notices = notices, wants = {} }))
  end)
  if not ok and (not failure.is(rows) or rows.kind == "interrupted") then error(rows, 0) end
  if not ok then
    notices = { ("a run that was cut off left %d open, which cannot be looked at: %s")
      :format(#known.open, rows.what) }
  end
  for _, notice in ipairs(notices) do mrun.note(notice .. "\n") end
  return ok and with_rows(stack, rows) or stack
end

---The same, to be looked at only: what is lost is known from the tags, and stays lost; what is open
---stays open.
---@param mrun table
---@param path string|nil
---@return mrun.stack
function lost.looked_at(mrun, path)
  local stack = mrun.owning(path)
  local known = stack.state
  if not known.lost then return #(known.open or {}) > 0 and settled(mrun, stack) or stack end
  local rows = mrun.task(function()
    return rebuild.rows(mrun.ports, { state = known, providers = mrun.providers.by_name,
      stack = stack.name, places = lost.lost_places(mrun, known) })
  end)
  mrun.note(rebuild.told(rows) .. "\n")
  return with_rows(stack, rows)
end

return lost
