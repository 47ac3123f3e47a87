-- Natural names: one that exists already is ours only by its ownership tags; otherwise the plan
-- stops.
local failure = require "engine.failure"
local owners = require "engine.owner"
local refresh = require "engine.refresh"
local tasks = require "engine.tasks"
local value = require "engine.value"

local taken = {}

--- The natural name that a resource asks for; nil where its type has none, where it comes during
--- apply, and where it is to be in something new (a group of a new VPC): it cannot be taken there.
local function natural_name(run, resource, want)
  local record = run.ctx:record(resource)
  for _, property in ipairs(resource.awaits) do
    if record.create_only[property] then return nil end
  end
  local name = record.name_property and want[record.name_property]
  return type(name) == "string" and name or nil
end

local function stop(run, resource, name, owner, identifier)
  local whose = owner and owner.stack and (" and belongs to the stack " .. owner.stack)
    or " and is not this stack's"
  local take = ('write identifier = "%s" to take it over'):format(identifier)
  if owner and owner.stack then
    take = ("let go of it there (mrun forget %s) and %s"):format(owner.name or "NAME", take)
  end
  failure.raise { what = ("%s: a %s named %s exists already%s")
    :format(resource.name, resource.type, name, whose),
    where = run.ctx:about(resource).where, next = "choose another name, or " .. take }
end

local function leaving_holds(run, identifier)
  for _, name in ipairs(run.left) do
    if run.ctx.rows[name].identifier == identifier then return true end
  end
  return false
end

local function ask(run, resource, want)
  local ctx = run.ctx
  local identifier, owner = ctx.providers[resource.provider].find(resource.type,
    ctx.places[resource.place.key], { name = resource.name, want = want, stack = ctx.stack })
  return { identifier = identifier, owner = owner }
end

--- Asks at once for all names that are known before anything is decided.
function taken.ask_all(run)
  local functions, names = {}, {}
  for _, name in ipairs(run.order) do
    local resource = run.graph.resources[name]
    local known = run.matched[name] or run.asked[name]
    if not known and natural_name(run, resource, resource.want) then
      names[#names + 1] = name
      functions[#functions + 1] = function() return ask(run, resource, resource.want) end
    end
  end
  for i, answer in ipairs(tasks.all(functions)) do run.asked[names[i]] = answer end
end

--- Looks whether the natural name of something to be created is taken.
---@return { row: table, live: table }|nil what is ours already, by its tags
function taken.check(run, resource, want)
  local ctx = run.ctx
  local name = natural_name(run, resource, want)
  if not name then return nil end
  local place = ctx.places[resource.place.key]
  local answer = run.asked[resource.name] or ask(run, resource, want)
  local identifier, owner = answer.identifier, answer.owner
  if not identifier or leaving_holds(run, identifier) then return nil end
  local ours = owner and owner.stack == owners.stack_tag(ctx)
    and owner.name == resource.name
  if not ours then stop(run, resource, name, owner, identifier) end
  local ref = { name = resource.name, type = resource.type, provider = resource.provider,
    place = place, identifier = identifier, source = resource.source,
    wanted = ctx.wanted(ctx:record(resource), value.copy(want), nil,
      run.graph.attributes[resource.name]) }
  local live = refresh.run(ctx, { ref })[1]
  if not live.have then return nil end
  local row = { name = resource.name, type = resource.type, provider = resource.provider,
    place = place, identifier = identifier, attributes = {}, depends = {},
    options = { protect = owner.protect }, adopted = true, ours = true }
  return { row = row, live = live }
end

return taken
