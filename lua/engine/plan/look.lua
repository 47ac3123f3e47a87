-- What is there: of all rows that the plan is about, and of what is to be taken over; each read
-- once. How much of it is really read is the plan's `refresh`: "full"; "batched" leaves out what
-- would be a call for each resource; "none" takes the state's word. What is left out is said.
local adopt = require "engine.plan.adopt"
local choose = require "engine.plan.choose"
local refresh = require "engine.refresh"
local value = require "engine.value"

local look = {}

--- What the state remembers of a property; of a secret it has a digest only, which is nothing to
--- compare with.
local function remembered(row, property)
  local v = row.attributes and row.attributes[property]
  if v == nil then v = row.last and row.last[property] end
  if value.hides(v) then return nil end
  return v
end

--- Whether the state remembers enough of a row to do without reading it.
local function known(row)
  return not row.adopted and row.identifier ~= nil and next(row.attributes or {}) ~= nil
end

local function as_remembered(row)
  local have = {}
  for property in pairs(row.attributes) do have[property] = remembered(row, property) end
  for property in pairs(row.last or {}) do
    if have[property] == nil then have[property] = remembered(row, property) end
  end
  return { have = have, identifier = row.identifier }
end

--- Puts in what was not read from what the state remembers. `unread` is true (nothing was read) or
--- a set of properties.
local function fill(row, result)
  local unread = result.unread
  if not unread then return nil end
  if unread == true then
    result.have = as_remembered(row).have
    return { "all of it" }
  end
  local have, names = {}, value.keys(unread)
  for property, v in pairs(result.have or {}) do have[property] = v end
  for _, property in ipairs(names) do have[property] = remembered(row, property) end
  result.have = result.have and have
  return result.have and names
end

local function batch(run)
  local ctx = run.ctx
  local self = { refs = {} }
  function self.add(target, name, row, wanted, source)
    if target[name] then return end
    if run.refresh == "none" and known(row) then
      target[name] = as_remembered(row)
      run.unread[name] = {}
      return
    end
    self.refs[#self.refs + 1] = { name = name, provider = row.provider, type = row.type,
      place = ctx.places[row.place.key], identifier = row.identifier, wanted = wanted,
      made = row.made, source = source, batched = run.refresh == "batched" and known(row) or nil,
      into = target, row = row }
  end
  return self
end

local function wanted_of(run, resource, row)
  if row.type ~= resource.type or row.provider ~= resource.provider then return {} end
  local ctx = run.ctx
  return ctx.wanted(ctx:record(resource), resource.want, row.last,
    run.graph.attributes[resource.name])
end

--- Reads what the run has not read yet into run.live and run.gone.
---@param run table
function look.all(run)
  local ctx, reading = run.ctx, batch(run)
  for _, name in ipairs(run.order) do
    local resource = run.graph.resources[name]
    local row = run.matched[name] or adopt.row(run, resource)
    run.matched[name] = row
    if row then
      reading.add(run.live, name, row, wanted_of(run, resource, row), resource.source)
    end
  end
  for _, name in ipairs(run.forget and {} or run.leaving) do
    reading.add(run.gone, name, ctx.rows[name], {}, ctx.rows[name].source)
  end
  for i, result in ipairs(refresh.run(ctx, reading.refs)) do
    local ref = reading.refs[i]
    ref.into[ref.name] = result
    run.unread[ref.name] = fill(ref.row, result)
  end
end

--- Says what was not read.
---@param run table
function look.tell(run)
  local names = value.keys(run.unread)
  if #names == 0 then return end
  if run.refresh == "none" then
    run.notices[#run.notices + 1] = ("--refresh=none: %d resources are taken as the state has "
      .. "them; what others have changed is not seen"):format(#names)
    return
  end
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = ("%s (%s)"):format(name, table.concat(run.unread[name], ", "))
  end
  run.notices[#run.notices + 1] =
    "--refresh=batched: not read, and taken as the state has it: " .. choose.listed(parts)
end

return look
