-- What stands in things that were found by their tags and can carry none itself: associations,
-- attachments, routes. It has to go before what it stands in can. Ours is what refers to ours
-- alone.
local references = require "engine.discover.references"
local tasks = require "engine.tasks"
local value = require "engine.value"

local untagged = {}

local function key_of(one) return one.type .. "\0" .. one.identifier end

--- The names that stay: those that are declared, also where they had another name before.
local function staying(graph)
  local names = {}
  for name, resource in pairs(graph.resources) do
    names[name] = true
    if resource.options.moved_from then names[resource.options.moved_from] = true end
  end
  return names
end

--- The leaving rows of which only the tags have told.
local function told_by_tags(ctx, rows, graph)
  local found, stays = {}, nil
  for name, row in pairs(rows) do
    if row.last == nil and ctx.providers[row.provider].below then
      stays = stays or staying(graph)
      if not stays[name] then found[name] = row end
    end
  end
  return found
end

local function by_place_and_type(rows)
  local groups, order = {}, {}
  for _, name in ipairs(value.keys(rows)) do
    local row = rows[name]
    local key = row.place.key .. "\0" .. row.type
    local group = groups[key]
    if not group then
      group = { provider = row.provider, type = row.type, place = row.place, identifiers = {} }
      groups[key], order[#order + 1] = group, group
    end
    table.insert(group.identifiers, row.identifier)
  end
  return order
end

--- The names of all that it refers to, when all of that is ours.
local function parents_of(record, have, ours)
  local names = {}
  for _, one in ipairs(references.list(record, have)) do
    local name = ours[key_of(one)]
    if not name then return nil end
    names[name] = true
  end
  return next(names) and value.keys(names)
end

local function look(ctx, group, one, ours)
  local record = ctx:record { provider = group.provider, type = one.type }
  if record.taggable or ours[key_of(one)] then return nil end
  local place = ctx.places[group.place.key]
  local have = ctx.reader:read({ provider = group.provider, type = one.type, place = place,
    identifier = one.identifier }, references.properties(record))
  local parents = have and parents_of(record, have, ours)
  return parents and { type = one.type, identifier = one.identifier, provider = group.provider,
    place = group.place, depends = value.list(parents), attributes = {}, options = {} }
end

local function look_below(ctx, group, ours)
  local functions = {}
  local found = ctx.providers[group.provider].below(group.type, ctx.places[group.place.key],
    group.identifiers)
  for i, one in ipairs(found) do
    functions[i] = function() return look(ctx, group, one, ours) or false end
  end
  return tasks.all(functions)
end

local function name_of(row, rows)
  local short, count = row.type:match "%w+$", 1
  while rows[("%s/%s%d"):format(row.depends[1], short, count)] do count = count + 1 end
  return ("%s/%s%d"):format(row.depends[1], short, count)
end

--- The rows, and those of what stands in the ones that are to go.
---@param ctx table with places
---@param rows table<string, table>
---@param graph table of what is wanted
---@return table<string, table>
function untagged.add(ctx, rows, graph)
  local groups = by_place_and_type(told_by_tags(ctx, rows, graph))
  if #groups == 0 then return rows end
  local result, ours, functions = {}, {}, {}
  for name, row in pairs(rows) do result[name], ours[key_of(row)] = row, name end
  for i, group in ipairs(groups) do
    functions[i] = function() return look_below(ctx, group, ours) end
  end
  for _, list in ipairs(tasks.all(functions)) do
    for _, row in ipairs(list) do
      if row and not ours[key_of(row)] then
        row.name = name_of(row, result)
        result[row.name], ours[key_of(row)] = row, row.name
      end
    end
  end
  return result
end

return untagged
