--- The AWS provider: handlers, one file a type, on one machine.
local act = require "provider.aws.act"
local below = require "provider.aws.below"
local failure = require "engine.failure"
local find = require "provider.aws.find"
local handler = require "provider.aws.handler"
local holds_data = require "provider.aws.holds_data"
local host = require "native.host"
local listed = require "provider.aws.listed"
local lookup = require "provider.aws.lookup"
local machine = require "provider.aws.machine"
local owned = require "provider.aws.owned"
local pack = require "native.pack"
local physical = require "provider.aws.physical"
local places = require "provider.aws.place"
local read = require "provider.aws.read"
local schema = require "engine.schema"
local settle = require "provider.aws.settle"

local FOLDER = "provider/aws/type/"

--- "AWS::EC2::VPC" is provider/aws/type/EC2/VPC.lua.
local function module_of(type_name)
  local service, name = type_name:match("^AWS::(%w+)::(%w+)$")
  return service and ("provider.aws.type.%s.%s"):format(service, name)
end

local function list_types()
  local names = {}
  for _, file in ipairs(host.list(FOLDER)) do
    local service, name = file:sub(#FOLDER + 1):match("^(%w+)/(%w+)%.lua$")
    if service then names[#names + 1] = ("AWS::%s::%s"):format(service, name) end
  end
  table.sort(names)
  return names
end

local function handlers(known)
  return function(type_name)
    if known[type_name] then return require(module_of(type_name)) end
  end
end

local function telling(ports)
  return function(call)
    ports.emit { kind = "call", service = call.service, operation = call.operation }
  end
end

local function new_machine(ports, settings, known)
  local data = assert(pack.open())
  local all_places = places.new { data = data, now = ports.now, settings = settings or {},
    on_call = ports.emit and telling(ports) }
  local own = machine.new {
    now = ports.now, signal = ports.signal, data = data, handlers = handlers(known),
    emit = ports.emit,
    client = function(service, place) return all_places:client(service, place) end,
  }
  return own, all_places, data
end

--- Its schemas, each made when it is first asked for.
local function schemas(data, known)
  local records = {}
  return function(type_name)
    if records[type_name] == nil then
      local raw = known[type_name] and data:record("schema", type_name)
      local record = raw and schema.new(raw, require(module_of(type_name))) or false
      if record then record.holds_data = record.holds_data or holds_data[type_name] or false end
      records[type_name] = record
    end
    return records[type_name] or nil
  end
end

--- Finds the handler for one thing to do.
local function jobs(own)
  return function(type_name, place, identifier, want)
    local made = own:handler(type_name)
    if not made then
      failure.raise { what = ("mrun has no handler for %s"):format(type_name),
        next = "mrun types lists those that it has" }
    end
    return { machine = own, place = place, handler = handler.kind(made, identifier, want) }
  end
end

--- What it does with the things themselves.
local function add_actions(provider, own, types)
  local job = jobs(own)
  local function job_of(intent)
    return job(intent.type, intent.place, intent.identifier, intent.want)
  end

  function provider.read(type_name, place, identifiers, wanted, batched)
    local made, unread = own:handler(type_name), batched and {} or nil
    local have, states, owners
    if made and made.kinds then
      local function job_of_one(identifier) return job(type_name, place, identifier) end
      have, states, owners = read.kinds(job_of_one, identifiers, wanted, unread)
    else
      have, states, owners = read.all(job(type_name, place), identifiers, wanted, unread)
    end
    return have, states, unread, owners
  end

  function provider.find(type_name, place, query)
    return find.any(job(type_name, place, nil, query.want), query)
  end

  function provider.owner(type_name, place, identifier)
    return find.owner(job(type_name, place, identifier), identifier)
  end

  function provider.below(type_name, place, identifiers)
    return below.list(own, place, types, { type = type_name, identifiers = identifiers })
  end

  function provider.by_aws(type_name, place, identifiers)
    return below.made_by_aws(job(type_name, place, identifiers[1]), identifiers)
  end

  function provider.identify(type_name, place, given)
    return physical.identifier(job(type_name, place, nil, given.want), given)
  end

  function provider.owned(place, stack_name, id)
    local found = owned.list(own, place, stack_name, types)
    local more = id and listed.list(own, place, stack_name .. "/" .. id) or {}
    return table.move(more, 1, #more, #found + 1, found)
  end

  function provider.act(intent) return act.perform(job_of(intent), intent) end

  function provider.resume(intent) act.resume(job_of(intent), intent) end

  function provider.settle_rule(type_name, intent)
    return settle.rule(job(type_name, nil, nil, intent and intent.want))
  end
end

--- The functions of the provider (engine/provider.lua says what each does).
---@param ports table now, emit; signal, where tasks can wait for one another
---@param settings { region: string|nil, profile: string|nil, aws: table|nil } what the user chose
---@return Provider
return function(ports, settings)
  local types, known = list_types(), {}
  for _, name in ipairs(types) do known[name] = true end
  local own, all_places, data = new_machine(ports, settings, known)
  local provider = { schema = schemas(data, known) }

  function provider.types() return types end

  function provider.place(options) return all_places:of(options) end

  function provider.identity(place)
    return lookup.identity({ machine = own, place = place }).Account
  end

  function provider.call(place, wanted)
    return lookup.answer({ machine = own, place = place }, wanted)
  end

  add_actions(provider, own, types)
  return provider
end
