-- The rows of a stack made anew from its ownership tags.
--
-- What cannot carry a tag is not found by one: such a row stays as it was while it is there.
-- It yields, so it runs inside tasks.run; it reads only.
local context = require "engine.context"
local graphs = require "engine.graph"
local places = require "engine.plan.places"
local references = require "engine.discover.references"
local rows = require "engine.rows"
local standing = require "engine.rebuild.standing"
local strangers = require "engine.plan.strangers"
local tasks = require "engine.tasks"
local value = require "engine.value"

local rebuild = {}

local function ref_of(ctx, row)
  return { provider = row.provider, type = row.type, place = ctx.places[row.place.key],
    identifier = row.identifier }
end

-- What a read has to bring to show on whom something stands; everything where all is asked for.
local function wanted_of(ctx, one, all)
  return not all and references.properties(ctx:record(one)) or nil
end

-- The row without what is gone, and the properties of what is there, by identifier. What cannot be
-- read stays.
local function alive(ctx, row, all)
  local left, haves = row, {}
  for _, one in ipairs(rows.all(row)) do
    local ok, have = tasks.try(function()
      return (ctx.reader:read(ref_of(ctx, one), wanted_of(ctx, one, all)))
    end)
    haves[one.identifier] = ok and have or nil
    if ok and have == false then left = rows.without(left, one.identifier) end
  end
  return left, haves
end

-- On whom all of it stands, where that is not recorded.
local function depend(ctx, result, haves)
  local list = {}
  for _, name in ipairs(value.keys(result)) do
    for _, one in ipairs(rows.all(result[name])) do
      list[#list + 1] = { name = name, provider = one.provider, type = one.type, row = one,
        identifier = one.identifier, depends = one.depends, have = haves[name][one.identifier] }
    end
  end
  for one, names in pairs(standing.of(ctx, list)) do
    if not next(one.depends or {}) then one.row.depends = names end
  end
end

-- A row of the tags with what is remembered of it. Of several of its name the one that is known is
-- the one; the others wait to be deleted.
local function remembered(row, known)
  local among, rest = false, {}
  for _, one in ipairs(rows.all(row)) do
    local same = known and one.identifier == known.identifier
    among = among or same
    if not same then rest[one.identifier] = one end
  end
  if not among then return row end
  for _, one in ipairs(known.old or {}) do rest[one.identifier] = nil end
  for _, identifier in ipairs(value.keys(rest)) do
    known = rows.with_old(known, rest[identifier])
  end
  return known
end

-- Rows of the tags, with what the state remembers of the very same; and those without tags.
local function candidates(ctx, graph)
  local found, before = strangers.rebuilt(ctx, graph), ctx.state.resources or {}
  local result, tagged = {}, {}
  for name, row in pairs(found) do
    result[name] = remembered(row, before[name])
    for _, one in ipairs(rows.all(row)) do tagged[one.identifier] = true end
  end
  for name, row in pairs(before) do
    if not result[name] and not tagged[row.identifier] then result[name] = row end
  end
  return result
end

--- The rows of everything that is there and of this stack; its places are identified.
---@param ctx table
---@param graph table
---@param all boolean|nil  whether the rows are to have every attribute, as they are now
---@return table<string, table> rows
function rebuild.found(ctx, graph, all)
  local list = candidates(ctx, graph)
  local names, functions = value.keys(list), {}
  for i, name in ipairs(names) do
    functions[i] = function() return { alive(ctx, list[name], all) } end
  end
  local result, haves = {}, {}
  for i, one in ipairs(tasks.all(functions)) do
    local row, name = one[1], names[i]
    if row then
      result[name], haves[name] = value.copy(row), one[2]
      local have = all and one[2][row.identifier]
      if have then result[name].attributes = ctx:sealed(have) end
    end
  end
  depend(ctx, result, haves)
  return result
end

--- What is said of it.
---@param found table<string, table> rows
---@return string
function rebuild.told(found)
  local count = #value.keys(found)
  return ("the state was lost: rebuilt from the ownership tags, %d resource%s"):format(count,
    count == 1 and "" or "s")
end

--- The same, of a stack that nothing else is done with.
---@param ports table
---@param options { state: table, providers: table, stack: string, graph: table|nil,
---  places: table[]|nil }  places: where to look when no graph says so
---@return table<string, table> rows
function rebuild.rows(ports, options)
  local ctx = context.new(ports, options)
  local graph = options.graph or graphs.nothing(options.stack)
  ctx.row_names = value.keys(options.state.resources or {})
  ctx.rows = options.state.resources or {}
  places.identify(ctx, graph, options.places)
  if options.state.fresh then strangers.stop(ctx) end
  return rebuild.found(ctx, graph, true)
end

return rebuild
