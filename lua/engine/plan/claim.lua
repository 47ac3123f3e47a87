-- After a lost state: what carries no tag (an association, a route, an attachment) is known by what
-- it is declared to stand on. It is looked for on each of these, those too that have been replaced
-- and wait to be deleted: there it is in the way until it goes.
local provider = require "engine.provider"
local rows = require "engine.rows"
local tasks = require "engine.tasks"
local value = require "engine.value"

local claim = {}

--- A row that was made from tags does not know what was applied last.
local function is_rebuilt(row) return row ~= nil and not row.last and not row.adopted end

local function any_rebuilt(ctx)
  for _, row in pairs(ctx.rows) do
    if is_rebuilt(row) then return true end
  end
  return false
end

--- By property: the name of the one resource that it refers to.
local function references(resource)
  local result = {}
  for _, property in ipairs(resource.awaits) do
    local names = value.names(resource.want[property])
    if value.is_deferred(resource.want[property]) and #names == 1 then
      result[property] = names[1]
    end
  end
  return result
end

--- Each way of choosing one resource of each name, those that are to stay first.
local function choices(ctx, names)
  local list = { {} }
  for _, name in ipairs(names) do
    local more = {}
    for _, one in ipairs(rows.all(ctx.rows[name])) do
      for _, chosen in ipairs(list) do
        local with = value.copy(chosen)
        with[name] = one
        more[#more + 1] = with
      end
    end
    list = more
  end
  return list
end

--- What is wanted of it if it stands on these; what is not known of them is left out.
local function wanted(ctx, resource, chosen)
  local function find(name, attribute)
    local row = chosen[name]
    if not row then return nil end
    local keys = ctx:record(row).identifier
    local have = #keys == 1 and { [keys[1]] = row.identifier } or {}
    return ctx:attribute(row, have, attribute)
  end
  local want = {}
  for property, v in pairs(resource.want) do
    v = value.resolve(v, find)
    if not value.contains_deferred(v) then want[property] = v end
  end
  return want
end

--- The names that it refers to, where one of them was found by tags; nil where it is none of these.
local function parents(ctx, resource)
  local found, any = {}, false
  local rule = provider.settle_rule(ctx.providers[resource.provider], resource)
  if rule ~= "parent" or ctx:record(resource).taggable then return nil end
  for _, name in pairs(references(resource)) do
    if ctx.rows[name] then found[name] = true end
    any = any or is_rebuilt(ctx.rows[name])
  end
  return any and value.keys(found) or nil
end

local function ask(ctx, resource, chosen)
  local identifier, owner = ctx.providers[resource.provider].find(resource.type,
    ctx.places[resource.place.key], { name = resource.name, stack = ctx.stack,
      want = wanted(ctx, resource, chosen) })
  return not owner and identifier or nil
end

local function row_of(ctx, graph, resource, identifier)
  return { name = resource.name, type = resource.type, provider = resource.provider,
    place = ctx.places[resource.place.key], identifier = identifier, attributes = {},
    depends = graph.edges[resource.name], options = {} }
end

--- The row with one more of the kind; nil where it knows of it.
local function with(row, more)
  if not row then return more end
  for _, one in ipairs(rows.all(row)) do
    if one.identifier == more.identifier then return nil end
  end
  return rows.with_old(row, more)
end

--- Adds rows for what is found so.
---@param ctx table with rows
---@param graph table
function claim.add(ctx, graph)
  if not any_rebuilt(ctx) then return end
  local asked, functions, known = {}, {}, {}
  for _, name in ipairs(graph.order) do
    local resource = graph.resources[name]
    local names = parents(ctx, resource)
    for _, chosen in ipairs(names and choices(ctx, names) or {}) do
      asked[#asked + 1] = resource
      functions[#functions + 1] = function() return ask(ctx, resource, chosen) or false end
    end
  end
  if #functions == 0 then return end
  for name, row in pairs(ctx.rows) do known[name] = row end
  for i, identifier in ipairs(tasks.all(functions)) do
    local resource = asked[i]
    local row = identifier
      and with(known[resource.name], row_of(ctx, graph, resource, identifier))
    if row then known[resource.name], ctx.rebuilt = row, true end
  end
  ctx.rows = known
end

return claim
