-- Discovery: what something that exists refers to, what stands in it, and how a recipe would
-- declare all of that.
--
--   local found = discover.run(ports, providers, { provider, place, type, identifier },
--     { with_dependencies = bool })
--     -> list of { name, type, identifier, record, have, want, unsaid, referred }, what is needed
--        first; `unsaid`: the properties that somebody has to give
--
-- It yields, so it runs inside tasks.run; it reads only. From the start it goes down, into all that
-- stands in it; from everything found it goes up, to what that refers to, and from there no further
-- down. What AWS made by itself is left out.
local context = require "engine.context"
local failure = require "engine.failure"
local link = require "engine.discover.link"
local properties = require "engine.discover.properties"
local references = require "engine.discover.references"
local refresh = require "engine.refresh"
local tasks = require "engine.tasks"
local value = require "engine.value"

local discover = {}

local function read(run, items)
  local refs = {}
  for i, item in ipairs(items) do
    refs[i] = { name = item.identifier, provider = run.provider, type = item.type,
      place = run.place, identifier = item.identifier, wanted = properties.wanted(item.record) }
  end
  local there = {}
  for i, result in ipairs(refresh.run(run.ctx, refs)) do
    items[i].have = result.have
    if result.have then
      items[i].want = properties.declared(items[i].record, result.have, run.ctx.ports.match)
      items[i].unsaid = properties.unsaid(items[i].record, items[i].want)
      run.found[#run.found + 1], there[#there + 1] = items[i], items[i]
    end
  end
  return there
end

local function by_type(items)
  local groups = {}
  for _, item in ipairs(items) do
    groups[item.type] = groups[item.type] or {}
    table.insert(groups[item.type], item.identifier)
  end
  return groups
end

--- Calls `fn(type, identifiers)` for the items of each type at once; the results in one list.
local function for_each_type(items, fn)
  local groups, functions, result = by_type(items), {}, {}
  for i, type_name in ipairs(value.keys(groups)) do
    functions[i] = function() return fn(type_name, groups[type_name]) end
  end
  for _, list in ipairs(tasks.all(functions)) do table.move(list, 1, #list, #result + 1, result) end
  return result
end

local function provider_of(run) return run.ctx.providers[run.provider] end

local function standing_in(run, items)
  local function below(type_name, identifiers)
    return provider_of(run).below(type_name, run.place, identifiers)
  end
  return for_each_type(items, below)
end

--- What is referred to, is of a type that can be declared, is new, and is not AWS's own.
local function referred_to(run, items)
  local named = {}
  for _, item in ipairs(items) do
    for _, one in ipairs(references.list(item.record, item.have)) do
      if not run.seen[one.type .. "\0" .. one.identifier] then named[#named + 1] = one end
    end
  end
  return for_each_type(named, function(type_name, identifiers)
    local theirs = provider_of(run).by_aws(type_name, run.place, identifiers)
    local list = {}
    for _, identifier in ipairs(identifiers) do
      if not theirs[identifier] then
        list[#list + 1] = { type = type_name, identifier = identifier }
      end
    end
    return list
  end)
end

--- Enters what has not been seen; what was only referred to before may now be one to go down from.
local function enter(run, list, down)
  local new, lower = {}, {}
  for _, one in ipairs(list) do
    local key = one.type .. "\0" .. one.identifier
    local item = run.seen[key]
    if not item then
      item = { type = one.type, identifier = one.identifier, down = down,
        record = run.ctx:record { provider = run.provider, type = one.type } }
      run.seen[key] = item
      new[#new + 1] = item
      if down then lower[#lower + 1] = item end
    elseif down and not item.down then
      item.down = true
      if item.have then lower[#lower + 1] = item end
    end
  end
  return new, lower
end

local function there_of(items)
  local list = {}
  for _, item in ipairs(items) do
    if item.have then list[#list + 1] = item end
  end
  return list
end

local function spread(run, items, lower)
  while #items > 0 or #lower > 0 do
    local ups = enter(run, referred_to(run, items), false)
    local downs, next_lower = enter(run, standing_in(run, there_of(lower)), true)
    for _, item in ipairs(downs) do ups[#ups + 1] = item end
    items, lower = read(run, ups), next_lower
  end
end

---@param ports table
---@param providers table<string, table>
---@param start { provider: string, place: table, type: string, identifier: string }
---@param options { with_dependencies: boolean|nil }
---@return table[] found
function discover.run(ports, providers, start, options)
  local ctx = context.new(ports, { state = {}, providers = providers, stack = "import" })
  local run = { ctx = ctx, provider = start.provider, place = start.place, seen = {}, found = {} }
  local first, lower = enter(run, { start }, true)
  local there = read(run, first)
  if #there == 0 then
    failure.raise { what = ("there is no %s %s"):format(start.type, start.identifier),
      where = start.place.display or start.place.region,
      next = "look at the identifier, the region and the account" }
  end
  if options.with_dependencies then spread(run, there, lower) end
  return link.all(run.found)
end

return discover
