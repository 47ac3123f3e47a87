-- What carries the ownership tags of a stack of this name although the state knows nothing of it:
-- our own when the stack's id is known (the state was lost), somebody's when it is not.
local failure = require "engine.failure"
local keys_of = require "engine.value".keys
local owner = require "engine.owner"
local rows = require "engine.rows"
local tasks = require "engine.tasks"

local strangers = {}

--- Everything tagged NAME/* in all places, each with its place; of the stack with this id also
--- what is dear to find. ctx.untold: the providers whose things carry no tags.
local function owned(ctx, id)
  local keys, functions = keys_of(ctx.places), {}
  for i, key in ipairs(keys) do
    local place = ctx.places[key]
    functions[i] = function()
      return ctx.providers[place.provider].owned(place, ctx.stack.name, id)
    end
  end
  local result, answers = {}, tasks.all(functions)
  ctx.untold = {}
  for i = 1, #keys do
    local list = answers[i]
    if not list then ctx.untold[ctx.places[keys[i]].provider] = true end
    for _, one in ipairs(list or {}) do
      result[#result + 1] = { stack = one.stack, name = one.name, type = one.type,
        types = one.types, identifier = one.identifier, protect = one.protect,
        place = ctx.places[keys[i]] }
    end
  end
  return result
end

local function described(found)
  local groups, list = {}, {}
  for _, one in ipairs(found) do
    local key = one.stack .. "\0" .. one.place.key
    if not groups[key] then
      groups[key] = { stack = one.stack, place = one.place, count = 0 }
      list[#list + 1] = groups[key]
    end
    groups[key].count = groups[key].count + 1
  end
  for i, group in ipairs(list) do
    list[i] = ("%s in %s (%d tagged)"):format(group.stack,
      group.place.display or group.place.region or group.place.key, group.count)
  end
  table.sort(list)
  return table.concat(list, ", ")
end

--- Those that are there: tags outlive what they were on (a terminated instance's by an hour). What
--- cannot be read counts as there.
local function alive(ctx, found)
  local functions, result = {}, {}
  for i, one in ipairs(found) do
    functions[i] = function()
      local ref = { provider = one.place.provider, type = one.type, place = one.place,
        identifier = one.identifier }
      local ok, have = tasks.try(function() return (ctx.reader:read(ref, {})) end)
      return not ok or have ~= false
    end
  end
  for i, is_there in ipairs(tasks.all(functions)) do
    if is_there then result[#result + 1] = found[i] end
  end
  return result
end

--- That there are tagged stacks of this name that the state does not know, and the ways on.
---@param ctx table
---@return Failure|nil
function strangers.found(ctx)
  local found = alive(ctx, owned(ctx))
  if #found == 0 then return nil end
  local id = found[1].stack:match "/(.*)$" or found[1].stack
  return failure.new {
    what = ("there is no state here, and a stack of this name exists: %s"):format(described(found)),
    where = "stack " .. ctx.stack.name,
    next = ("when it is yours: mrun state rebuild --stack %s --stack-id %s; --new for a second one")
      :format(ctx.stack.name, id),
  }
end

--- Stops at them.
---@param ctx table
function strangers.stop(ctx)
  local found = strangers.found(ctx)
  if found then error(found, 0) end
end

--- Where the tags leave open of which type it is, it is of the declared one.
local function type_of(one, graph)
  local declared = graph.resources[one.name]
  for _, possible in ipairs(declared and one.types or {}) do
    if possible == declared.type then return possible end
  end
  return one.type
end

local function row_of(one, graph)
  return { name = one.name, type = type_of(one, graph), provider = one.place.provider,
    place = one.place, identifier = one.identifier, attributes = {},
    depends = graph.edges and graph.edges[one.name] or {}, options = { protect = one.protect } }
end

--- A row for each thing that carries the tags of this very stack, is there, and is not known.
---@param ctx table
---@param graph table
---@param is_known fun(one: table): boolean
---@return table[] rows
function strangers.unknown(ctx, graph, is_known)
  local mine, found = owner.stack_tag(ctx), {}
  for _, one in ipairs(owned(ctx, ctx.stack.id)) do
    if one.stack == mine and not is_known(one) then found[#found + 1] = row_of(one, graph) end
  end
  return alive(ctx, found)
end

--- Of this very stack; where a name has several, only those that are there: what has been replaced
--- keeps its tags for a while.
local function ours(ctx)
  local mine, counts, sure, unsure = owner.stack_tag(ctx), {}, {}, {}
  local found = owned(ctx, ctx.stack.id)
  for _, one in ipairs(found) do
    if one.stack == mine then counts[one.name] = (counts[one.name] or 0) + 1 end
  end
  for _, one in ipairs(found) do
    local list = one.stack == mine and (counts[one.name] > 1 and unsure or sure)
    if list then list[#list + 1] = one end
  end
  unsure = alive(ctx, unsure)
  return table.move(unsure, 1, #unsure, #sure + 1, sure)
end

--- Rows of everything that carries the tags of this very stack.
---@param ctx table
---@param graph table
---@return table<string, table> rows by name
function strangers.rebuilt(ctx, graph)
  local found = {}
  for _, one in ipairs(ours(ctx)) do
    local row = row_of(one, graph)
    local other = found[one.name]
    if other and other.identifier ~= row.identifier then
      found[one.name] = rows.with_old(other, row)
    else
      found[one.name] = row
    end
  end
  return found
end

return strangers
