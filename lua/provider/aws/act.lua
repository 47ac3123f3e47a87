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

local VISIBLE_S <const>, TRIES <const> = 20, 3

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

--- What a create has made whose answer was lost: looked for until it would have to be visible.
local function unanswered(job, intent, err)
  local _, visible_s = settle.rule(job)
  local until_ms = job.machine:now() + (visible_s or VISIBLE_S) * 1000
  local pause_ms
  while true do
    local ok, found = pcall(find.ours, job, intent)
    if not ok then error(failure.from(found).kind == "interrupted" and found or err, 0) end
    if found or job.machine:now() >= until_ms then return found end
    pause_ms = job.machine:pause(pause_ms)
  end
end

--- What is there already, where it is ours. An attempt before the one that was refused may have
--- made it, and it need not be visible yet.
local function existing(job, intent, err)
  if not machine.matches(err, job.handler.common.exists) then return nil end
  local found = find.ours(job, intent)
  if found or (err.attempts or 1) == 1 then return found end
  return unanswered(job, intent, err)
end

--- Sends the create. What a second one could not be told from is sent again only where the first
--- has certainly made nothing.
local function send(job, intent, params)
  local create, once = job.handler.create, settle.rule(job) == "poll"
  local answer, err, found
  for _ = 1, TRIES do
    answer, err = job.machine:insist(job.place, job.handler, create[1], params,
      { later = create.later, deadline_ms = create.deadline_ms, once = once })
    if answer then return answer end
    found = once and err.ambiguous and unanswered(job, intent, err) or nil
    if found or not (once and err.ambiguous) then return nil, err, found end
  end
  return nil, err
end

local function create(job, intent)
  local made = job.handler
  local params, rest = create_params(job, intent)
  local answer, err, found = send(job, intent, params)
  local identifier, have
  if answer then
    identifier, have = identifier_in(job, answer, intent), made.fresh
  else
    identifier = found or existing(job, intent, err)
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
