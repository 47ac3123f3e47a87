-- The rows of a stack made anew from its ownership tags.
--
-- What cannot carry a tag is not found by one: such a row stays as it was while it is there.
-- It yields, so it runs inside tasks.run; it reads only.
local context = require "engine.context"
local places = require "engine.plan.places"
local rows = require "engine.rows"
local strangers = require "engine.plan.strangers"
local tasks = require "engine.tasks"
local value = require "engine.value"

local rebuild = {}

-- What places.identify and strangers.rebuilt ask of a graph, where there is none.
local function graph_of(list)
  local graph = { order = {}, resources = {} }
  for i, place in ipairs(list) do
    graph.order[i], graph.resources[i] = i, { place = place }
  end
  return graph
end

local function ref_of(ctx, row)
  return { provider = row.provider, type = row.type, place = ctx.places[row.place.key],
    identifier = row.identifier }
end

-- All resources of a row: its own, and those that wait to be deleted.
local function all_of(row)
  local list = { row }
  table.move(row.old or {}, 1, #(row.old or {}), 2, list)
  return list
end

-- The row without what is gone; the properties of what is there. What cannot be read stays.
local function alive(ctx, row)
  local haves = {}
  for i, one in ipairs(all_of(row)) do
    local ok, have = tasks.try(function() return (ctx.reader:read(ref_of(ctx, one), {})) end)
    haves[i] = { identifier = one.identifier, gone = ok and have == false, have = ok and have }
  end
  local left, have = row, nil
  for _, one in ipairs(haves) do
    if one.gone then left = rows.without(left, one.identifier) end
  end
  for _, one in ipairs(haves) do
    if left and one.identifier == left.identifier then have = one.have end
  end
  return left, have or nil
end

local function mentions(v, identifiers, found)
  if type(v) == "string" and identifiers[v] then found[identifiers[v]] = true end
  if type(v) ~= "table" or value.is_opaque(v) then return end
  for _, member in pairs(v) do mentions(member, identifiers, found) end
end

-- Who stands on whom, by whose identifiers its properties hold.
local function depends_on(result, haves)
  local identifiers = {}
  for name, row in pairs(result) do identifiers[row.identifier] = name end
  for name, row in pairs(result) do
    local found = {}
    mentions(haves[name] or {}, identifiers, found)
    found[name] = nil
    if not next(row.depends or {}) then row.depends = value.list(value.keys(found)) end
  end
end

-- Rows of the tags, with what the state remembers of the very same; and those without tags.
local function candidates(ctx, graph)
  local found, before = strangers.rebuilt(ctx, graph), ctx.state.resources or {}
  local result, tagged = {}, {}
  for name, row in pairs(found) do
    local known = before[name]
    result[name] = known and known.identifier == row.identifier and known or row
    for _, one in ipairs(all_of(row)) do tagged[one.identifier] = true end
  end
  for name, row in pairs(before) do
    if not result[name] and not tagged[row.identifier] then result[name] = row end
  end
  return result
end

--- The rows of everything that is there and of this stack.
---@param ports table
---@param options { state: table, providers: table, stack: string, graph: table|nil,
---  places: table[]|nil }  places: where to look when no graph says so
---@return table<string, table> rows
function rebuild.rows(ports, options)
  local ctx = context.new(ports, options)
  local graph = options.graph or graph_of(options.places)
  ctx.row_names = value.keys(options.state.resources or {})
  ctx.rows = options.state.resources or {}
  places.identify(ctx, graph)
  if options.state.fresh then strangers.stop(ctx) end
  local list = candidates(ctx, graph)
  local names, functions = value.keys(list), {}
  for i, name in ipairs(names) do
    functions[i] = function() return { alive(ctx, list[name]) } end
  end
  local result, haves = {}, {}
  for i, one in ipairs(tasks.all(functions)) do
    local row, have, name = one[1], one[2], names[i]
    if row then
      result[name], haves[name] = value.copy(row), have
      if have then result[name].attributes = ctx:sealed(have) end
    end
  end
  depends_on(result, haves)
  return result
end

return rebuild
