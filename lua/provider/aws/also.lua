--- What a Describe call leaves out: read besides, and only where it is wanted.
local fetch = require "provider.aws.fetch"
local handler = require "provider.aws.handler"
local machine = require "provider.aws.machine"
local path = require "provider.aws.path"

local also = {}

local function lower_first(name)
  return name:sub(1, 1):lower() .. name:sub(2)
end

--- `have` of an entry: a path into the answer, or a function of the answer and the item.
local function pick(entry, answer, item)
  if type(entry.have) == "function" then return entry.have(answer, item) end
  return path.get(answer, entry.have)
end

local function attribute(job, property, entry, params)
  params.Attribute = entry.attribute or lower_first(property)
  local answer, err = job.machine:try(job.place, job.handler.service, entry[1], params)
  if not answer then return nil, err end
  return path.get(answer, entry.have or property .. ".Value")
end

local function listed(job, entry, params, item)
  local into = {}
  local err = fetch.pages(job, entry[1], params, entry.top, into)
  if err then return nil, err end
  return pick(entry, { [entry.top] = into }, item)
end

local function single(job, property, entry, identifier, item)
  local made = job.handler
  local facts, params = job.machine:operation(made.service, entry[1]), {}
  for field, v in pairs(handler.fields(made, identifier)) do
    local member, many = facts:takes(field)
    if member then params[member] = many and { v } or v end
  end
  for name, v in pairs(entry.with or {}) do params[name] = v end
  if entry.id then params[entry.id] = identifier end
  if facts.input.Attribute then return attribute(job, property, entry, params) end
  return listed(job, entry, params, item)
end

local function one(job, property, entry, identifier, item)
  if entry.run then return entry.run(job, identifier, item) end
  local v, err = single(job, property, entry, identifier, item)
  if err and not machine.matches(err, job.handler.common.gone) then error(err, 0) end
  return v
end

local function group_by(items, entry)
  local groups = {}
  for _, item in ipairs(items) do
    local keys = path.get(item, entry.by)
    for _, key in ipairs(type(keys) == "table" and keys or { keys }) do
      groups[key] = groups[key] or {}
      table.insert(groups[key], item)
    end
  end
  return groups
end

local function batch(job, entry, identifiers)
  local facts = job.machine:operation(job.handler.service, entry[1])
  local read = {
    entry[1], top = entry.top, filters = facts:filters(),
    filter = entry.filter or entry.ids, ids = entry.ids,
  }
  local function keys(items) return group_by(items, entry) end
  return group_by(fetch.list(job, {
    read = read, identifiers = identifiers, values = identifiers, keys = keys,
  }), entry)
end

local function wants(wanted, identifier, property)
  local set = wanted[identifier]
  return set == nil or set[property] or false
end

local function task_of(reading, property, entry, identifiers)
  return function()
    local groups = batch(reading.job, entry, identifiers)
    for _, identifier in ipairs(identifiers) do
      local answer = { [entry.top] = groups[identifier] or {} }
      reading.found[identifier][property] = pick(entry, answer, reading.items[identifier])
    end
  end
end

local function add_tasks(reading, property, entry, identifiers)
  local tasks, found = reading.tasks, reading.found
  if entry.by then
    tasks[#tasks + 1] = task_of(reading, property, entry, identifiers)
    return
  end
  for _, identifier in ipairs(identifiers) do
    local item = reading.items[identifier]
    if entry.inside and item[path.root(entry.inside)] then
      found[identifier][property] = path.get(item, entry.inside)
    elseif reading.unread then
      reading.unread[identifier] = reading.unread[identifier] or {}
      reading.unread[identifier][property] = true
    else
      tasks[#tasks + 1] = function()
        found[identifier][property] = one(reading.job, property, entry, identifier, item)
      end
    end
  end
end

--- Whom to ask about a property: those who want it, but for what we made and still wait for.
local function askers(job, identifiers, states, wanted, property)
  local list = {}
  for _, identifier in ipairs(identifiers) do
    local is = states[identifier]
    local waiting = is and is.pending and job.machine.made[identifier]
    if not waiting and wants(wanted, identifier, property) then list[#list + 1] = identifier end
  end
  return list
end

--- What was read besides: by identifier, then by property.
---@param job table
---@param identifiers string[]
---@param items table<string, table> what is known of each already
---@param states table<string, table>
---@param asked { wanted: table<string, table<string, boolean>>, unread: table|nil } unread: takes
---  what would be a call for each, by identifier and property; it is left out then
---@return table<string, table<string, any>>
function also.read(job, identifiers, items, states, asked)
  local wanted = asked.wanted
  local reading = { job = job, items = items, found = {}, tasks = {}, unread = asked.unread }
  for _, identifier in ipairs(identifiers) do reading.found[identifier] = {} end
  for property, entry in pairs(job.handler.also_read) do
    local of = askers(job, identifiers, states, wanted, property)
    if #of > 0 then add_tasks(reading, property, entry, of) end
  end
  if #reading.tasks > 0 then coroutine.yield { all = reading.tasks } end
  return reading.found
end

return also
