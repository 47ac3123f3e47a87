-- Reading back: after a change the resource has to be there, ready, and as declared. The answer
-- of a change proves nothing: AWS says yes before the object can be described.
local failure = require "engine.failure"
local provider = require "engine.provider"
local tasks = require "engine.tasks"
local waiting = require "engine.waiting"

local confirm = {}

local DEFAULT_TIMEOUT_S = 1800

local function ref_of(ctx, resource, identifier)
  return { provider = resource.provider, type = resource.type, identifier = identifier,
    place = ctx.places[resource.place.key], name = resource.name, source = resource.source }
end

local function tell(run, resource, state, since)
  run.ctx:emit { kind = "waiting", name = resource.name, type = resource.type, state = state,
    elapsed_ms = run.ctx.ports.now() - since }
end

local function timed_out(run, resource, state, timeout_ms)
  failure.raise { what = ("%s is still %s after %d s")
    :format(resource.name, state, timeout_ms // 1000),
    where = run.ctx:about(resource).where,
    next = "run it again to go on waiting, or give it a longer timeout" }
end

local function shown(differences)
  local paths = {}
  for i, one in ipairs(differences) do paths[i] = one.path end
  return table.concat(paths, ", ")
end

local function not_as_declared(run, resource, differences)
  failure.raise { what = ("%s reads back otherwise than declared: %s")
    :format(resource.name, shown(differences)), where = run.ctx:about(resource).where,
    next = "declare what mrun diff shows as live, or mend it and run it again",
    differences = differences }
end

local function invisible(run, resource, identifier)
  failure.raise { what = ("%s was made as %s, and cannot be read")
    :format(resource.name, identifier),
    where = run.ctx:about(resource).where, next = "run it again: what was made is known" }
end

--- What one look has shown: nil when it is as it should be, else what it is waited for, and the
--- time of the next look (nil: no use in waiting longer).
local function judge(run, wait, have, state)
  local now = run.ctx.ports.now()
  if state and state.failed then
    failure.raise { what = ("%s failed: %s"):format(wait.resource.name, state.failed),
      where = run.ctx:about(wait.resource).where, next = "mend the cause and run it again" }
  end
  if have and state and state.pending then
    if now - wait.start >= wait.timeout_ms then
      timed_out(run, wait.resource, state.pending, wait.timeout_ms)
    end
    wait.settled = nil
    return state.pending, waiting.next_look(wait.start, now)
  end
  wait.settled = wait.settled or now
  local next_sight = waiting.next_sight(wait.settled, now, wait.visible_ms)
  if not have then return "not visible yet", next_sight end
  wait.differences = wait.differs(have)
  if #wait.differences == 0 then return nil end
  return "not as declared yet", next_sight
end

--- Waits until a resource is there, ready and without a difference.
---@param run table
---@param resource table
---@param identifier string
---@param options { wanted: table, differs: fun(have: table): table[] }
---@return table have canonical
function confirm.ready(run, resource, identifier, options)
  local ctx = run.ctx
  local ref = ref_of(ctx, resource, identifier)
  local _, visible_ms = provider.settle_rule(ctx.providers[resource.provider], ref)
  local wait = { resource = resource, start = ctx.ports.now(), visible_ms = visible_ms,
    timeout_ms = (tonumber(resource.options.timeout) or DEFAULT_TIMEOUT_S) * 1000,
    differs = options.differs }
  while true do
    local have, state = ctx.reader:read(ref, options.wanted)
    have = ctx:canonical(resource, have)
    local awaited, at = judge(run, wait, have, state)
    if not awaited then return have end
    if not at then
      if not have then invisible(run, resource, identifier) end
      not_as_declared(run, resource, wait.differences)
    end
    tell(run, resource, awaited, wait.start)
    tasks.sleep_until(at)
  end
end

--- Waits until something that is being deleted is gone.
---@param run table
---@param change table with timeout, in seconds, where it has one of its own
function confirm.gone(run, change)
  local ctx = run.ctx
  local ref = ref_of(ctx, change, change.identifier)
  local start = ctx.ports.now()
  local timeout_ms = (tonumber(change.timeout) or DEFAULT_TIMEOUT_S) * 1000
  while true do
    local have, state = ctx.reader:read(ref, {})
    if not have then return end
    local now, shown_state = ctx.ports.now(), state and state.pending or "there"
    if state and state.failed then
      failure.raise { what = ("%s could not be deleted: %s"):format(change.name, state.failed),
        where = ctx:about(change).where, next = "mend the cause and run it again" }
    end
    if now - start >= timeout_ms then timed_out(run, change, shown_state, timeout_ms) end
    tell(run, change, shown_state, start)
    tasks.sleep_until(waiting.next_look(start, now))
  end
end

return confirm
