-- The plan: what has to change so that what is declared is there, as a value.
--
--   local plan = plan.make(ports, { graph = graph, state = state, providers = providers,
--     stack = "name", destroy = bool, update_inputs = bool, new = bool, settle = bool,
--     only = { globs }, except = { globs }, replace = { names }, forget = { globs },
--     refresh = "full" | "batched" | "none", drift = bool, back = rows by name (engine.back),
--     adopt = { [name] = identifier },  what is to be taken over, beside what the recipe says
--     as_it_is = bool,  even what would have to be replaced for it
--     alone = "name",   of one resource, and of no other
--     places = places }) where a stack was of which nothing else says that
--   plan.public(plan)    plain data, to show and keep: { stack, id, changes, totals, notices }
--   plan.adopted(plan)   rows of what it would take over, for a state that has it at once
--   plan.rests_on(plan)  digests of all that the changes rest on; a saved plan carries them
--   plan.moved(saved, plan)  nil, or the failure that says what has moved since
--
-- It yields, so it runs inside tasks.run. It reads only; with `settle` (under the lock, before an
-- apply or a destroy) it also writes to the journal what became of open intents. `plan.changes` is
-- in order; each is { key, name, type, action, identifier, place, source, properties, because,
-- order }. `plan.state` is the state with all that was found out (settled, rebuilt).
local adopt = require "engine.plan.adopt"
local alone = require "engine.plan.alone"
local back = require "engine.back"
local checks = require "engine.plan.checks"
local choose = require "engine.plan.choose"
local claim = require "engine.plan.claim"
local context = require "engine.context"
local decide = require "engine.plan.decide"
local failure = require "engine.failure"
local graph_of_rows = require "engine.graph.rows"
local graphs = require "engine.graph"
local inputs = require "engine.plan.inputs"
local leaving = require "engine.plan.leaving"
local look = require "engine.plan.look"
local match = require "engine.plan.match"
local moving = require "engine.plan.moving"
local places = require "engine.plan.places"
local rebuild = require "engine.rebuild"
local records = require "engine.plan.records"
local replace = require "engine.plan.replace"
local rests = require "engine.plan.rests"
local settle = require "engine.settle"
local strangers = require "engine.plan.strangers"
local taken = require "engine.plan.taken"
local told = require "engine.settle.told"
local unknown = require "engine.plan.unknown"
local untagged = require "engine.rebuild.untagged"
local value = require "engine.value"
local whose = require "engine.plan.whose"

local plan = { rests_on = rests.on, moved = rests.moved, adopted = adopt.rows,
  public = require "engine.plan.public" }

--- Without a recipe, to find nothing where nobody knows to look would be to lose it all.
local function refuse_lost(ctx, what)
  failure.raise { what = "the state was lost, and " .. what, where = "stack " .. ctx.stack.name,
    next = "put back a copy of it, or run mrun apply RECIPE, which finds what that declares" }
end

local function rebuild_rows(ctx, options, notices)
  local no_recipe = #options.graph.order == 0
  if not next(ctx.places) then
    refuse_lost(ctx, "nothing here says where its resources are")
  end
  ctx.rows = rebuild.found(ctx, options.graph)
  ctx.rebuilt = true
  local untold = value.keys(ctx.untold)
  if no_recipe and untold[1] then
    refuse_lost(ctx, ("what is of the provider %s carries no tags to find it by"):format(untold[1]))
  elseif no_recipe and not next(ctx.rows) and not next(ctx.state.places or {}) then
    refuse_lost(ctx, ("nothing in %s carries the tags of %s/%s"):format(places.named(ctx),
      ctx.stack.name, ctx.stack.id))
  end
  notices[#notices + 1] = rebuild.told(ctx.rows)
end

--- Whether a state that knows nothing may be a lost one.
local function may_be_lost(ctx, options)
  if options.new or not ctx.state.fresh then return false end
  return not options.destroy or not ctx.state.retired
end

--- Rows as they are after settling, or as the ownership tags tell when the state was lost.
local function load_rows(ctx, options, notices)
  local state = ctx.state
  ctx.rows = state.resources or {}
  ctx.row_names = value.keys(ctx.rows)
  places.identify(ctx, options.graph, options.places)
  if state.lost then
    rebuild_rows(ctx, options, notices)
  elseif may_be_lost(ctx, options) then
    strangers.stop(ctx)
  elseif (state.records or 0) > 0 then
    unknown.add(ctx, options.graph, notices)
  end
  ctx.rows, ctx.open = settle.run(ctx, { write = options.settle, rolling = options.rolling,
    notices = notices, wants = options.graph.resources })
  claim.add(ctx, options.graph)
  if not (options.forget or options.drift or options.back or options.alone) then
    ctx.rows = untagged.add(ctx, ctx.rows, options.graph)
  end
  ctx.row_names = value.keys(ctx.rows)
end

local function by_type(graph)
  local result = {}
  for _, name in ipairs(graph.order) do
    local resource = graph.resources[name]
    local list = result[resource.type] or {}
    list[#list + 1] = resource
    result[resource.type] = list
  end
  return result
end

local function refuse_protected(run, resource, change)
  if change.action ~= "replace" or run.drift then return end
  local row = run.matched[resource.name]
  local protected = row and row.options and row.options.protect
  if protected or resource.options.protect then
    leaving.refuse_protected(run.ctx, resource, "replace")
  end
end

--- What is not looked at is known as the state has it, for who refers to it all the same.
local function remember_unseen(run)
  for _, name in ipairs(choose.unseen(run)) do
    local row = run.graph.resources[name] and run.matched[name]
    if row then
      run.known[name] = { name = name, type = row.type, provider = row.provider, changes = true,
        identifier = row.identifier, have = row.attributes or {} }
    end
  end
end

local function decide_all(run)
  remember_unseen(run)
  adopt.check(run)
  whose.seen(run)
  taken.ask_all(run)
  for _, name in ipairs(run.order) do
    local resource = run.graph.resources[name]
    local change = decide.resource(run, resource)
    if change then
      refuse_protected(run, resource, change)
    elseif run.live[name] and run.live[name].state then
      run.pending[#run.pending + 1] = name
    end
  end
  for _, name in ipairs(run.leaving) do
    run.leaves[name] = leaving.row(run, run.ctx.rows[name], run.gone[name])
  end
  whose.sure(run)
end

--- All changes in order: what is made after what it needs, what goes before what it needs.
local function collect(run)
  local changes, unchanged = {}, 0
  for _, name in ipairs(run.order) do
    local change = run.changes[name]
    if change then changes[#changes + 1] = change else unchanged = unchanged + 1 end
  end
  for i = #run.order, 1, -1 do
    local row = run.matched[run.order[i]]
    local old = row and leaving.leftovers(row) or {}
    table.move(old, 1, #old, #changes + 1, changes)
  end
  for _, name in ipairs(run.leaving_order) do
    changes[#changes + 1] = run.leaves[name]
    local old = run.forget and {} or leaving.leftovers(run.ctx.rows[name])
    table.move(old, 1, #old, #changes + 1, changes)
  end
  table.move(run.let_go or {}, 1, #(run.let_go or {}), #changes + 1, changes)
  return changes, unchanged
end

local ACTIONS = { "create", "update", "replace", "delete", "adopt", "forget" }

local function totals(changes, unchanged)
  local result = { unchanged = unchanged }
  for _, action in ipairs(ACTIONS) do result[action] = 0 end
  for _, change in ipairs(changes) do result[change.action] = result[change.action] + 1 end
  return result
end

local function replaced_by_name(graph, names)
  local set = {}
  for _, name in ipairs(names or {}) do
    if not graph.resources[name] then
      failure.raise { kind = "usage", what = ("--replace %s: nothing of that name is declared")
        :format(name), next = "mrun show lists the names" }
    end
    set[name] = true
  end
  return set
end

local function new_run(ctx, options)
  local graph = options.graph
  if options.alone then graph = alone.graph(graph, ctx.rows, options.alone) end
  local run = { ctx = ctx, graph = graph, update_inputs = options.update_inputs,
    live = {}, gone = {}, unread = {}, asked = {}, refresh = options.refresh,
    forget = options.forget, drift = options.drift, back = options.back,
    rolling = options.rolling, adopt = options.adopt or {}, as_it_is = options.as_it_is,
    replace = replaced_by_name(graph, options.replace), alone = options.alone,
    parameters = inputs.parameters(graph.inputs), by_type = by_type(graph) }
  run.matched, run.left, run.stale = match.rows(ctx, graph)
  if options.alone then run.left = {} end
  run.choice = choose.new(run, options)
  for _, name in ipairs(options.replace or {}) do
    if run.choice.set and not run.choice.set[name] then
      failure.raise { kind = "usage",
        what = ("--replace %s: it is not among what is chosen"):format(name),
        next = ("add --only %s, or take --only and --except out"):format(name) }
    end
  end
  return run
end

local function begin(run, notices)
  run.notices = table.move(notices, 1, #notices, 1, {})
  run.known, run.changes, run.leaves, run.wants, run.used, run.pending = {}, {}, {}, {}, {}, {}
  run.as_applied = {} -- by name: whether what is wanted is, word for word, what was applied last
  run.untagged = {}
  run.order, run.leaving = choose.of(run, run.graph.order), choose.of(run, run.left)
end

--- Decides about everything chosen; what turns out to be needed besides is looked at too.
local function decided(ctx, options, notices)
  local run = new_run(ctx, options)
  repeat
    begin(run, notices)
    look.all(run)
    decide_all(run)
    run.conflicts = leaving.conflicts(run)
  until not choose.extend(run, run.conflicts)
  leaving.mark_data(run)
  choose.tell(run)
  look.tell(run)
  return run
end

--- What is wanted where no recipe says it: nothing, or what was before; what a drift is about, the
--- rows say when they are there.
local function graph_for(options)
  local stack = options.state.stack
  if options.destroy or options.forget or options.drift then return graphs.nothing(stack) end
  if options.back then return graph_of_rows(stack, back.present(options.back)) end
  return options.graph
end

--- Every row as it was applied last; of what was found by its tags alone nobody knows that.
local function drift_graph(ctx, notices)
  local bare = {}
  for _, name in ipairs(ctx.row_names) do
    if ctx.rows[name].last == nil then bare[#bare + 1] = name end
  end
  if #bare > 0 then
    notices[#notices + 1] = "what was applied last is not known any more, so that only what is "
      .. "gone can be seen: " .. choose.listed(bare)
  end
  return graph_of_rows(ctx.stack.name, ctx.rows)
end

--- What has been replaced and is there still comes back; everything else is wanted as it was.
local function turn_back(ctx, options)
  local graph = back.graph(ctx, ctx.rows, options.back)
  local rows, swapped = back.rows(ctx.rows, options.back)
  ctx.rows, ctx.row_names = rows, value.keys(rows)
  return setmetatable({ graph = graph, names = value.keys(options.back) }, { __index = options }),
    swapped
end

local function records_of(run, swapped)
  local list = records.changed(run)
  return table.move(list, 1, #list, #swapped + 1, swapped)
end

--- Makes the plan; see the top of this file.
---@param ports table
---@param options table
---@return table plan
function plan.make(ports, options)
  options = setmetatable({ graph = graph_for(options) }, { __index = options })
  local notices, swapped = {}, {}
  local ctx = context.new(ports, { state = options.state, providers = options.providers,
    stack = options.stack or options.graph.stack or options.state.stack })
  load_rows(ctx, options, notices)
  if options.back then options, swapped = turn_back(ctx, options) end
  if options.drift then
    options = setmetatable({ graph = drift_graph(ctx, notices) }, { __index = options })
  end
  local graph = options.graph
  table.move(graph.notices, 1, #graph.notices, #notices + 1, notices)
  local run = decided(ctx, options, notices)
  graph = run.graph
  told.half(run)
  if options.back then
    run.let_go = back.let_go(run, options.back)
    back.leave_out(run, options.back)
    back.tell(run, options.back)
  end
  adopt.tell(run)
  local moved = moving.rows(run)
  table.move(moved, 1, #moved, #swapped + 1, swapped)
  run.leaving_order = records.deletion_order(run)
  replace.orders(run, run.conflicts)
  local changes, unchanged = collect(run)
  local failed_checks, pending_checks = checks.now(run)
  local made = {
    stack = ctx.stack.name, id = ctx.stack.id, changes = changes, unchanged = unchanged,
    totals = totals(changes, unchanged), notices = run.notices, outputs = graph.outputs,
    unseen = choose.unseen(run), failed_checks = failed_checks, checks = pending_checks,
    records = records_of(run, swapped), pending = run.pending, run = run, context = ctx,
    graph = graph, destroy = options.destroy or false,
  }
  return options.alone and alone.plan(made, options.alone) or made
end

return plan
