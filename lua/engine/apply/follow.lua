-- What follows from a change: a resource that nothing had to be done to may stand on an
-- attribute that is another one now. It is updated in place at once, so that the next plan has
-- nothing to do.
local decide = require "engine.plan.decide"
local value = require "engine.value"

local follow = {}

--- Whether anything that a resource stands on has been changed by this apply.
---@param run table
---@param resource table
---@return string|nil name
function follow.touched(run, resource)
  for _, name in ipairs(run.plan.graph.edges[resource.name]) do
    if run.touched[name] then return name end
  end
end

--- Whether that has to be looked at.
---@param run table
---@param name string
---@return boolean
function follow.concerns(run, name)
  local resource = run.plan.graph.resources[name]
  if resource == nil or not run.plan.run.live[name] then return false end
  return #resource.awaits > 0 and follow.touched(run, resource) ~= nil
end

--- The update that follows for a resource that was as declared; nil where it still is, and where it
--- would have to be replaced: that is for the next plan to show.
---@param run table
---@param resource table
---@return table|nil change
function follow.change(run, resource)
  local plan_run = run.plan.run
  local now, planned = decide.wanted(plan_run, resource), plan_run.wants[resource.name]
  local want, moved = {}, false
  for property, v in pairs(planned) do want[property] = v end
  for _, property in ipairs(resource.awaits) do
    moved = moved or not value.equal(now[property], planned[property])
    want[property] = now[property]
  end
  if not moved or value.contains_deferred(want) then return nil end
  local live, row = plan_run.live[resource.name], plan_run.matched[resource.name]
  local changes = decide.difference(plan_run, resource, row, live.have, want)
  for _, one in ipairs(changes) do
    if one.replaces then return nil end
  end
  if #changes == 0 then return nil end
  return { name = resource.name, key = resource.name, type = resource.type, action = "update",
    provider = resource.provider, place = run.ctx.places[resource.place.key],
    source = resource.source, properties = changes, identifier = live.identifier,
    have = live.have, want = want, last = row.last,
    because = ("%s has changed"):format(follow.touched(run, resource)) }
end

return follow
