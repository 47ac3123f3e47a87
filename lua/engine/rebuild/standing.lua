-- Who stands on whom, told by what is there and not by a recipe: the properties of one hold the
-- identifier of another, what else that one is known by (its Ref, its ARN), or its name where the
-- type refers to it there.
local order = require "engine.graph.order"
local references = require "engine.discover.references"
local schema = require "engine.schema"
local value = require "engine.value"

local standing = {}

local SHORTEST <const> = 6 -- what is shorter may stand somewhere by chance

-- Where two are said to stand on each other, what is surer counts.
local RECORDED <const>, REFERS <const>, CREATE_ONLY <const>, OTHER <const> = 4, 3, 2, 1

--- What one thing is known by besides its identifier: its Ref, its ARNs, and the parts of its
--- identifier that are its own.
local function other_names(record, one, have)
  local list = {}
  if schema.has_ref(record) then
    local ok, ref = pcall(schema.ref, record, one.identifier, have)
    if ok then list[#list + 1] = ref end
  end
  for _, part in ipairs(record.identifier) do
    if record.read_only[part] then list[#list + 1] = have[part] end
  end
  for attribute, v in pairs(have) do
    if record.read_only[attribute] and type(v) == "string" and v:find "^arn:" then
      list[#list + 1] = v
    end
  end
  return list
end

--- A text by which several are known says nothing.
local function enter(map, text, name)
  if type(text) ~= "string" then return end
  if map[text] == nil then map[text] = name elseif map[text] ~= name then map[text] = false end
end

local function all_known(ctx, list)
  local known = { typed = {}, text = {} }
  for _, one in ipairs(list) do
    enter(known.typed, one.type .. "\0" .. one.identifier, one.name)
    enter(known.text, one.identifier, one.name)
  end
  local more = {}
  for _, one in ipairs(list) do
    local record = ctx:record(one)
    for _, text in ipairs(one.have and other_names(record, one, one.have) or {}) do
      enter(known.typed, one.type .. "\0" .. tostring(text), one.name)
      enter(more, text, one.name)
    end
  end
  for text, name in pairs(more) do
    if known.text[text] == nil then known.text[text] = name end
  end
  return known
end

local function note(found, one, name, weight)
  if name and name ~= one.name then found[name] = math.max(found[name] or 0, weight) end
end

local function mentions(v, known, fn)
  if type(v) == "string" and #v >= SHORTEST and known[v] then fn(known[v]) end
  if type(v) ~= "table" or value.is_opaque(v) then return end
  for _, member in pairs(v) do mentions(member, known, fn) end
end

--- By name: how sure it is that this one stands on it.
local function upon(ctx, one, known)
  local record, found = ctx:record(one), {}
  for _, name in ipairs(one.depends or {}) do note(found, one, name, RECORDED) end
  for _, refers in ipairs(references.list(record, one.have or {})) do
    note(found, one, known.typed[refers.type .. "\0" .. refers.identifier], REFERS)
  end
  for property, v in pairs(one.have or {}) do
    if property ~= record.tags and not record.read_only[property] then
      local weight = record.create_only[property] and CREATE_ONLY or OTHER
      mentions(v, known.text, function(name) note(found, one, name, weight) end)
    end
  end
  return found
end

--- Takes the least sure edge out of a circle; several things of one name have their edges together.
local function open_circle(circle, edges)
  local weakest
  for i = 1, #circle - 1 do
    local from, to = circle[i], circle[i + 1]
    local weight = edges[from][to]
    if not weakest or weight < weakest.weight then
      weakest = { from = from, to = to, weight = weight }
    end
  end
  edges[weakest.from][weakest.to] = nil
end

local function without_circles(edges)
  local names, lists = value.keys(edges), {}
  while true do
    for _, name in ipairs(names) do lists[name] = value.keys(edges[name]) end
    local _, circle = order.sort(names, lists)
    if not circle then return end
    open_circle(circle, edges)
  end
end

--- What each stands on; without circles, so that there is an order in which all of it can go.
---@param ctx table
---@param list table[] of { name, provider, type, identifier, depends, have: table|nil }
---@return table<table, string[]> names by item of the list
function standing.of(ctx, list)
  local known, edges, own, result = all_known(ctx, list), {}, {}, {}
  for i, one in ipairs(list) do
    own[i] = upon(ctx, one, known)
    edges[one.name] = edges[one.name] or {}
    for name, weight in pairs(own[i]) do
      edges[one.name][name] = math.max(edges[one.name][name] or 0, weight)
    end
  end
  for _, ends in pairs(edges) do
    for name in pairs(ends) do edges[name] = edges[name] or {} end
  end
  without_circles(edges)
  for i, one in ipairs(list) do
    local names = {}
    for name in pairs(own[i]) do names[name] = edges[one.name][name] and true or nil end
    result[one] = value.list(value.keys(names))
  end
  return result
end

return standing
