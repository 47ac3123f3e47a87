-- What has to happen to one declared resource: the three-way difference, and the action it makes.
local diff = require "engine.diff"
local failure = require "engine.failure"
local inputs = require "engine.plan.inputs"
local owner = require "engine.owner"
local places = require "engine.plan.places"
local refresh = require "engine.refresh"
local rows = require "engine.rows"
local schema = require "engine.schema"
local taken = require "engine.plan.taken"
local value = require "engine.value"

local decide = {}

--- An attribute of another resource as the plan knows it: nil when it comes only during apply.
local function finder(run, resource)
  return function(name, attribute)
    local known = run.known[name]
    if not known then return nil end
    local found = run.ctx:attribute(known, known.have, attribute)
    if found == nil and not known.changes then
      failure.raise { what = ("%s.%s has no value"):format(name, attribute),
        where = run.ctx:about(resource).where,
        next = ("mrun show lists what %s has"):format(name) }
    end
    return found
  end
end

--- What is wanted, with all that is known put in.
---@param run table
---@param resource table
---@return table want
---@return boolean hides whether there is a secret in it
function decide.wanted(run, resource)
  if #resource.awaits == 0 then return resource.want, resource.hides end
  local find, awaited, result = finder(run, resource), {}, {}
  for _, property in ipairs(resource.awaits) do
    awaited[property] = value.resolve(resource.want[property], find,
      function(place, lookup) return run.ctx:call(place, lookup) end)
  end
  local resolved, _, hides = schema.canonical(run.ctx:record(resource), awaited)
  for property, v in next, resource.want do
    local now = resolved[property]
    if now == nil then now = v end
    result[property] = now
  end
  return result, hides or resource.hides
end

local function stands_on(depends, name)
  for _, other in ipairs(depends or {}) do
    if other == name then return true end
  end
  return false
end

--- Whether there may be a resource that adds to a list of this type's.
local function may_share(run, record)
  for _, share in next, record.shares do
    if run.by_type[share.type] or #run.left > 0 then return true end
  end
  return false
end

--- The resources of the stack whose own declarations are part of this one's properties: the rules
--- of a security group that stand in resources of their own, and those that are about to go.
local function siblings(run, resource, record, have)
  if not may_share(run, record) then return nil end
  local found, types, before = {}, {}, run.known[resource.name]
  for _, share in pairs(record.shares) do types[share.type] = true end
  -- They refer to this one, which is there: what they say of it can be compared.
  run.known[resource.name] = before or { name = resource.name, type = resource.type, have = have,
    provider = resource.provider, identifier = schema.identifier(record, have), changes = true }
  for other in pairs(types) do
    for _, sibling in ipairs(run.by_type[other] or {}) do
      if stands_on(run.graph.edges[sibling.name], resource.name) then
        local row = run.matched[sibling.name]
        local id = row and row.identifier
        found[#found + 1] = { type = other, identifier = id, want = decide.wanted(run, sibling) }
        -- What it was until now is its own to take away.
        if row and row.last then
          found[#found + 1] = { type = other, identifier = id, want = row.last }
        end
      end
    end
  end
  run.known[resource.name] = before
  for _, name in ipairs(run.left) do
    local row = run.ctx.rows[name]
    if types[row.type] and row.last and stands_on(row.depends, resource.name) then
      found[#found + 1] = { type = row.type, identifier = row.identifier, want = row.last }
    end
  end
  return found
end

--- The difference of a resource that is there: the changes, notices apart, and the target.
---@param run table
---@param resource table
---@param row table with last
---@param have table
---@param want table
---@return table[] changes, table target, table[] unmanaged
function decide.difference(run, resource, row, have, want)
  local record = run.ctx:record(resource)
  local found, target = diff.resource {
    schema = record, want = want, last = row.last, have = have, digest = run.ctx.ports.digest,
    key = run.ctx.key, siblings = siblings(run, resource, record, have),
    ignore = resource.options.ignore_changes,
  }
  local changes, unmanaged = {}, {}
  for _, one in ipairs(found) do
    local list = one.unmanaged and unmanaged or changes
    list[#list + 1] = one
  end
  return changes, target, unmanaged
end

local function base(run, resource, action)
  return { name = resource.name, key = resource.name, type = resource.type, action = action,
    provider = resource.provider, place = run.ctx.places[resource.place.key],
    source = resource.source, properties = {} }
end

--- Every declared property as a property that is new.
local function all_new(want)
  local properties = {}
  for i, name in ipairs(value.keys(want)) do
    properties[i] = { path = name, new = want[name], replaces = false }
  end
  return properties
end

local function create(run, resource, want, because)
  local change = base(run, resource, "create")
  change.want, change.properties, change.because = want, all_new(want), because
  return change
end

--- Which of the causes of a replacement is another resource, in words.
local function cause(run, property)
  local text = property.path
  for _, name in ipairs(value.names(property.new)) do
    local other = run.changes[name]
    if other then
      text = ("%s: %s is %s"):format(text, name, other.action == "replace" and "replaced" or "new")
      break
    end
  end
  return property.conditional and text .. " (AWS may replace for this)" or text
end

local function replacing(run, changes)
  local causes = {}
  for _, property in ipairs(changes) do
    if property.replaces then causes[#causes + 1] = cause(run, property) end
  end
  return #causes > 0 and table.concat(causes, ", ") or nil
end

local function moved_away(run, resource, row)
  if row.type ~= resource.type or row.provider ~= resource.provider then
    return ("its type was %s"):format(row.type)
  end
  local before = places.before(run.ctx, resource, row)
  return before and ("it moves from %s"):format(before)
end

local function shown(run, v)
  v = value.public(v)
  return type(v) == "table" and run.ctx.ports.json(v) or tostring(v)
end

local function note_unmanaged(run, resource, unmanaged)
  for _, one in ipairs(unmanaged) do
    run.notices[#run.notices + 1] = ("%s.%s: no longer managed (stays %s)")
      :format(resource.name, one.path, shown(run, one.old))
  end
end

local function renamed(run, resource, changes)
  local property = run.ctx:record(resource).name_property
  for _, one in ipairs(changes) do
    if one.path == property then return true end
  end
  return false
end

--- A change of something that is there, or nothing where it is as declared.
local function existing(run, resource, row, live, want)
  local changes, target, unmanaged = decide.difference(run, resource, row, live.have, want)
  note_unmanaged(run, resource, unmanaged)
  local asked = run.replace[resource.name] and "--replace asks for it" or nil
  local because = replacing(run, changes) or asked
  if live.state and live.state.failed then
    because = "it failed: " .. value.redact(live.state.failed)
  end
  local protection = run.ctx:record(resource).taggable and owner.protection(resource, row)
  local stays = not because and #changes == 0 and not protection
  if stays and row.name == resource.name and not (row.adopted or row.untagged) then return nil end
  local change = base(run, resource, because and "replace" or "update")
  change.identifier, change.because, change.properties = live.identifier, because, changes
  change.target, change.have, change.want, change.last = target, live.have, want, row.last
  change.pending = live.state and live.state.pending
  change.broken = live.state and live.state.failed
  change.asked = asked
  if row.adopted then
    change.action = "adopt"
    if because and not run.as_it_is then
      failure.raise { what = ("%s cannot be taken over as it is: %s differs")
        :format(live.identifier, because),
        where = run.ctx:about(resource).where,
        next = "declare it as it is, or leave out identifier" }
    end
  elseif because and renamed(run, resource, changes) then
    taken.check(run, resource, want)
  elseif row.name ~= resource.name then
    change.because = change.because or ("it was %s before"):format(row.name)
    change.moved = true
  elseif stays then
    run.untagged[resource.name] = change
    return nil
  end
  change.protection = protection
  if protection and change.action == "update" then table.insert(changes, protection) end
  return change
end

local function is_there(run, resource, row, live, want)
  local elsewhere = moved_away(run, resource, row)
  if elsewhere then
    local change = create(run, resource, want, elsewhere)
    change.action, change.identifier, change.have = "replace", live.identifier, live.have
    return change, want
  end
  local record = run.ctx:record(resource)
  local kept = inputs.keep(run, resource, row, want, function(property, old, new)
    return schema.replaces(record, property, old, new, { want = want, have = live.have })
  end)
  return existing(run, resource, row, live, kept), kept
end

local THING <const> = { "identifier", "type", "provider", "place", "last" }

-- The row with one of those that wait to be deleted in the place of its own, and that one waiting.
local function exchanged(row, at)
  local result = value.copy(row)
  for _, key in ipairs(THING) do result[key] = row.old[at][key] end
  result.attributes, result.made = {}, nil
  result.old[at] = rows.old_of(row)[1]
  return result
end

local function seen(run, resource, row)
  local ctx = run.ctx
  local ref = { name = resource.name, type = row.type, provider = row.provider,
    place = ctx.places[row.place.key], identifier = row.identifier, source = resource.source,
    wanted = ctx.wanted(ctx:record(resource), resource.want, nil,
      run.graph.attributes[resource.name]) }
  return refresh.run(ctx, { ref })[1]
end

--- Tags do not say which of several is the one that was to stay when a replacement was cut off: it
--- is the one that need not be replaced.
local function without_replacing(run, resource, row, want)
  for at, old in ipairs(row.old or {}) do
    local unsure = not row.last or old.found
    local other = unsure and old.type == resource.type and exchanged(row, at)
    local live = other and seen(run, resource, other) or {}
    if live.have then
      live.have = value.like(live.have, want)
      local change, kept = is_there(run, resource, other, live, want)
      if not change or change.action ~= "replace" then
        run.matched[resource.name], run.live[resource.name] = other, live
        run.ctx.rows[resource.name] = other
        return true, change, kept
      end
    end
  end
  return false
end

local function best(run, resource, row, live, want)
  local change, kept = is_there(run, resource, row, live, want)
  local replaces = change and change.action == "replace" and not change.asked
  if replaces and row.name == resource.name then
    local found, better, wanted = without_replacing(run, resource, row, want)
    if found then return better, wanted, run.live[resource.name] end
  end
  return change, kept, live
end

local function remember(run, resource, change, live)
  if change and (change.action == "create" or change.action == "replace") then return end
  run.known[resource.name] = { name = resource.name, type = resource.type, have = live.have,
    provider = resource.provider, identifier = live.identifier, changes = change ~= nil }
end

local function not_there(run, resource, row)
  failure.raise { what = ("%s is to take over %s, which is not there")
    :format(resource.name, row.identifier), where = run.ctx:about(resource).where,
    next = "correct its identifier, or leave it out to create a new one" }
end

--- Decides what happens to one resource; those that it depends on have been decided.
---@param run table
---@param resource table
---@return table|nil change
function decide.resource(run, resource)
  local want, hides = decide.wanted(run, resource)
  local row, live = run.matched[resource.name], run.live[resource.name]
  run.used[resource.name] = inputs.used(want, run.parameters)
  local change
  local declared = want
  if not row then
    local found = taken.check(run, resource, want)
    if found then
      run.matched[resource.name], run.live[resource.name] = found.row, found.live
      row, live = found.row, found.live
    end
  end
  local as_applied = row and value.equal(row.last, want)
  if live and live.have then
    if hides then live.have = value.like(live.have, want) end
    if not as_applied then live.have = value.like(live.have, row.last) end
  end
  if not row then
    change = create(run, resource, want)
  elseif not live.have then
    if row.adopted then not_there(run, resource, row) end
    change = create(run, resource, want, "it is gone: somebody else deleted it")
    change.gone = row.identifier
  else
    change, want, live = best(run, resource, row, live, want)
  end
  run.wants[resource.name] = want
  run.as_applied[resource.name] = as_applied and want == declared
    and run.matched[resource.name] == row or nil
  run.changes[resource.name] = change
  remember(run, resource, change, live)
  return change
end

return decide
