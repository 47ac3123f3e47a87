--- Making an intent so: create, update, delete. Every step can be repeated.
local change = require "provider.aws.change"
local failure = require "engine.failure"
local find = require "provider.aws.find"
local handler = require "provider.aws.handler"
local machine = require "provider.aws.machine"
local members = require "provider.aws.members"
local path = require "provider.aws.path"
local read = require "provider.aws.read"
local remove = require "provider.aws.remove"
local settle = require "provider.aws.settle"
local tags = require "provider.aws.tags"
local update = require "provider.aws.update"
local value = require "engine.value"

local act = {}

local function call_of(part, params, intent)
  local with = part.with
  if type(with) == "function" then with = with(intent.want, intent) end
  for name, v in pairs(with or {}) do params[name] = v end
  return params
end

--- `only` of a create: these properties go by their names, `with` sees to the others.
local function by_name(create, want)
  if not create.only then return want end
  local some = {}
  for _, name in ipairs(create.only) do some[name] = want[name] end
  return some
end

local function create_params(job, intent)
  local made, create = job.handler, job.handler.create
  local facts = job.machine:operation(made.service, create[1])
  local params, rest = members.send(made, facts, by_name(create, intent.want))
  call_of(create, params, intent)
  local kinds = create.tags
  if type(kinds) == "function" then kinds = kinds(intent.want) end
  if type(kinds) == "string" then kinds = { kinds } end
  local own = made.tags_property and intent.want[made.tags_property]
  tags.put(params, facts, kinds or {}, tags.merged(own, intent.tags))
  if facts.token then params[facts.token] = intent.op end
  return params, rest
end

--- The identifier in a create's answer: at the top, or in the one thing that was made.
local function identifier_in(job, answer, intent)
  local made = job.handler
  local id = made.create.id
  if type(id) == "function" then return id(answer, intent.want, job) end
  if id then
    local found = path.get(answer, id)
    return type(found) == "table" and found[1] or found
  end
  if answer[made.member] then return answer[made.member] end
  for _, member in pairs(answer) do
    if type(member) == "table" and member[made.member] then return member[made.member] end
  end
  return handler.join(made, intent.want)
end

local function existing(job, intent, err)
  if not machine.matches(err, job.handler.common.exists) then return nil end
  return (find.ours(job, intent))
end

--- What a half-made resource has already: read, because this may be the second try.
local function have_of(job, identifier, rest)
  local wanted = { [identifier] = {} }
  for _, name in ipairs(rest) do wanted[identifier][name] = true end
  return read.all(job, { identifier }, wanted)[identifier] or {}
end

local function finish(job, intent, identifier, rest, have)
  local new = change.new(job, {
    identifier = identifier, want = intent.want, have = have, op = intent.op,
    tags = intent.tags, new = true,
  })
  local ok, other = pcall(update.apply, job, new, rest)
  if not ok then error(failure.add(other, { identifier = identifier }), 0) end
  return other or identifier
end

local function create(job, intent)
  local made = job.handler
  local params, rest = create_params(job, intent)
  local answer, err = job.machine:insist(job.place, made, made.create[1], params, {
    later = made.create.later, deadline_ms = made.create.deadline_ms,
    once = settle.rule(job) == "poll", -- a second one would be nobody's
  })
  local identifier, have
  if answer then
    identifier, have = identifier_in(job, answer, intent), made.fresh
  else
    identifier = existing(job, intent, err)
    if not identifier then error(err, 0) end
    have = have_of(job, identifier, rest)
  end
  job.machine:remember(identifier)
  return { identifier = finish(job, intent, identifier, rest, have) }
end

--- What is wanted of everything: the properties that do not change are as they are.
local function whole(intent)
  local want = {}
  for name, v in pairs(intent.have or {}) do want[name] = v end
  for _, name in ipairs(intent.changed or {}) do want[name] = intent.want[name] end
  return want
end

local function change_of(job, intent)
  return change.new(job, {
    identifier = intent.identifier, want = whole(intent), have = intent.have,
    previous = intent.previous, op = intent.op, tags = intent.tags, name = intent.name,
    timeout = intent.timeout,
  })
end

local actions = { create = create }

function actions.update(job, intent)
  local identifier = update.apply(job, change_of(job, intent), intent.changed)
  if intent.own then
    local of = { identifier = identifier or intent.identifier, op = intent.op }
    update.own(job, change.new(job, of), intent.own)
  end
  return { identifier = identifier or intent.identifier }
end

function actions.delete(job, intent)
  remove.apply(job, change_of(job, intent))
  return { identifier = intent.identifier, pending = job.handler.delete.pending }
end

--- After an update that was cut off: what it left undone and no difference shows.
function act.resume(job, intent)
  if job.handler.resume then job.handler.resume(change_of(job, intent)) end
end

--- Carries out an intent.
---@param job table machine, place, handler
---@param intent table
---@return { identifier: string }
function act.perform(job, intent)
  local open = {}
  for key, v in pairs(intent) do open[key] = v end
  open.want = value.reveal_all(intent.want or {})
  return actions[intent.action](job, open)
end

return act
