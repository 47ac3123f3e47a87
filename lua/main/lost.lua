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

-- Runs fn, as a task, with what is known of a stack and its places identified, and one more where
-- `more` names it: what it gives, or nil and the failure where nobody can be reached.
local function looking(mrun, stack, rows, more, fn)
  local ok, found = pcall(mrun.task, function()
    local ctx = context.new(mrun.ports, { state = stack.state, stack = stack.name,
      providers = mrun.providers.by_name })
    ctx.rows, ctx.row_names = rows, value.keys(rows)
    places.identify(ctx, graph.nothing(stack.name), more and { more(mrun) })
    return (fn(ctx))
  end)
  if ok then return found end
  if not failure.is(found) or found.kind == "interrupted" then error(found, 0) end
  return nil, found
end

-- Where nobody can be reached all that is known is that there is nothing here.
local function stranger(mrun, stack)
  return (looking(mrun, stack, {}, default_place, strangers.found))
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
  local rows, why = looking(mrun, stack, known.resources, nil, function(ctx)
    return settle.run(ctx, { notices = notices, wants = {} })
  end)
  if not rows then
    notices = { ("a run that was cut off left %d open, which cannot be looked at: %s")
      :format(#known.open, why.what) }
  end
  for _, notice in ipairs(notices) do mrun.note(notice .. "\n") end
  return rows and with_rows(stack, rows) or stack
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
