-- A provider in memory, for the engine's specs: composite identifiers, late visibility, write-only
-- values, natural names, tokens, pending states.
local failure = require "engine.failure"
local schema = require "engine.schema"
local types = require "spec.support.memory.types"
local value = require "engine.value"

local memory = {}

local function call(request)
  local response = coroutine.yield { http = { memory = request } }
  if response.failure then
    error(failure.add(response.failure, { ambiguous = true }), 0)
  end
  if response.status == 200 then return response.body end
  failure.raise { what = response.body.message, code = response.body.code, status = response.status,
    service = "memory", operation = request.call }
end

--- The result, or nil and the failure when it has one of these codes.
local function allowing(codes, request)
  local ok, result = pcall(call, request)
  if ok then return result end
  if failure.is(result) and codes[result.code] then return nil, result end
  error(result, 0)
end

function memory.types()
  return value.keys(types)
end

local records = {}

function memory.schema(type)
  if not types[type] then return nil end
  records[type] = records[type] or schema.new(types[type].schema, types[type].handler)
  return records[type]
end

function memory.place(options)
  local region = options and options.Region or "here"
  local profile = options and options.Profile
  return { provider = "memory", region = region, display = region,
    key = "memory/" .. region .. (profile and "/" .. profile or "") }
end

function memory.identity()
  return call { call = "Identity" }
end

local function owner_of(properties)
  local tags = properties.Tags or {}
  local stack = tags["mrun:stack"]
  return stack and { stack = stack, name = tags["mrun:resource"] } or false
end

--- The tags of some types are a call more, made only where they are wanted.
local function owners_in(type, have, wanted)
  local kind, owners = types[type], {}
  if not kind.schema.properties.Tags then return owners end
  for id, properties in pairs(have) do
    local seen = not kind.apart or wanted[id] and wanted[id].Tags
    if properties and seen then owners[id] = owner_of(properties) end
  end
  return owners
end

--- In batches nobody sees a Policy, and nothing of a Pair.
function memory.read(type, place, identifiers, wanted, batched)
  local unread = {}
  if batched and type == "Memory::Pair" then
    for _, id in ipairs(identifiers) do unread[id] = true end
    return {}, {}, unread
  end
  local found = call { call = "Read", type = type, ids = identifiers, place = place.key }
  for _, id in ipairs(batched and identifiers or {}) do
    if found.have[id] and found.have[id].Policy then
      found.have[id].Policy = nil
      unread[id] = { Policy = true }
    end
  end
  return found.have, found.states, unread, owners_in(type, found.have, wanted)
end

local function key_of(type, want)
  local parts = {}
  for i, name in ipairs(memory.schema(type).identifier) do parts[i] = tostring(want[name]) end
  return table.concat(parts, "|")
end

function memory.find(type, place, query)
  local kind = types[type]
  local request = { call = "Find", type = type, place = place.key }
  if kind.rule == "name" or kind.rule == "parent" then
    request.id = key_of(type, query.want)
  elseif query.op then
    request.op = query.op
  else
    return nil
  end
  local found = call(request)
  if not found.id then return nil end
  local stack = found.tags["mrun:stack"]
  return found.id, stack and { stack = stack, name = found.tags["mrun:resource"],
    protect = found.tags["mrun:protect"] == "true" or nil }
end

function memory.owner(type, place, id)
  if not types[type].schema.properties.Tags then return nil end
  local have = call { call = "Read", type = type, ids = { id }, place = place.key }.have[id]
  if not have then return nil end
  return owner_of(have)
end

function memory.owned(_, stack_name)
  return call { call = "Owned", stack = stack_name }
end

function memory.call(_, lookup)
  return call { call = "Parameter", name = lookup[2] }
end

function memory.settle_rule(type)
  return types[type].rule, types[type].visible_s
end

local act = {}

local function tagged(intent, kind)
  local properties = value.copy(value.reveal_all(intent.want))
  if kind.schema.properties.Tags then
    local tags = properties.Tags or {}
    for key, text in pairs(intent.tags) do tags[key] = text end
    properties.Tags = tags
  end
  return properties
end

local function set_later(intent, kind, id)
  for _, name in ipairs(kind.later or {}) do
    local v = intent.want[name]
    while v ~= nil do
      local ok, why = allowing({ NotFound = true }, { call = "Set", type = intent.type, id = id,
        property = name, value = value.reveal_all(v), name = intent.name })
      if ok then break end
      if not why then error("no answer", 0) end
      coroutine.yield { until_ms = memory.now() + 200 }
    end
  end
end

function act.create(intent)
  local kind = types[intent.type]
  local properties = tagged(intent, kind)
  for _, name in ipairs(kind.later or {}) do properties[name] = nil end
  local id, taken = allowing({ AlreadyExists = true }, { call = "Create", type = intent.type,
    properties = properties, token = intent.op, name = intent.name })
  if not id then
    local found, owner = memory.find(intent.type, intent.place, intent)
    local mine = intent.stack.name .. "/" .. intent.stack.id
    local ours = found and (owner and owner.stack == mine or not owner and kind.rule == "parent")
    if not ours then error(taken, 0) end
    id = found
  end
  local ok, err = pcall(set_later, intent, kind, id)
  if not ok then error(failure.add(err, { identifier = id }), 0) end
  return { identifier = id }
end

function act.update(intent)
  for _, name in ipairs(intent.changed) do
    call { call = "Set", type = intent.type, id = intent.identifier, property = name,
      value = value.reveal_all(intent.want[name]), name = intent.name }
  end
  if intent.own and types[intent.type].schema.properties.Tags then
    call { call = "Tag", type = intent.type, id = intent.identifier, name = intent.name,
      add = intent.own.add, remove = intent.own.remove }
  end
  return { identifier = intent.identifier }
end

function act.delete(intent)
  local ok = allowing({ NotFound = true }, { call = "Delete", type = intent.type,
    id = intent.identifier, name = intent.name })
  return { identifier = intent.identifier, pending = ok ~= nil }
end

function memory.act(intent)
  return act[intent.action](intent)
end

return memory
