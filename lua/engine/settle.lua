-- Open intents: changes that were begun and whose end the journal does not know. Each is settled
-- before anything else is decided: done, half done, or not done.
--
-- For a plan by reading only. For an apply or a destroy (under the lock) the answer is written
-- to the journal, and what may have been made out of sight is waited for, or sent again with the
-- same op id and the same parameters.
local failure = require "engine.failure"
local owners = require "engine.owner"
local provider = require "engine.provider"
local rows = require "engine.rows"
local tasks = require "engine.tasks"
local told = require "engine.settle.told"
local value = require "engine.value"
local waiting = require "engine.waiting"

local settle = {}

--- What an intent has made. What is found by a natural name and can carry tags is ours only with
--- our tags on it: somebody else may have taken the name since.
local function find(ctx, intent)
  local query = { op = intent.op, name = intent.name, want = intent.want, stack = ctx.stack }
  local identifier, owner = ctx.providers[intent.provider].find(intent.type, intent.place, query)
  local mine = owners.stack_tag(ctx)
  if owner and owner.stack ~= mine then return nil end
  local by_name = provider.settle_rule(ctx.providers[intent.provider], intent) == "name"
  if not owner and by_name and ctx:record(intent).taggable then return nil end
  return identifier
end

--- Looks for what an intent may have made until it would have to be visible.
local function find_in_time(ctx, intent, visible_ms)
  while true do
    local identifier = find(ctx, intent)
    if identifier then return identifier end
    local at = waiting.next_sight(intent.time or 0, ctx.ports.now(), visible_ms)
    if not at then return nil end
    tasks.sleep_until(at)
  end
end

--- The wanted properties as they were sent: a secret is in the journal as a digest only, and comes
--- from the recipe when that still says the same. Nil when it does not.
local function parameters(ctx, intent, resource)
  local missing = false
  local function opened(sealed, declared)
    if value.is_secret(declared) and value.digest_of(sealed) then
      local same = value.equal(ctx:sealed(declared), sealed)
      if same then return declared end
    end
    if value.digest_of(sealed) then
      missing = true
      return nil
    end
    if type(sealed) ~= "table" then return sealed end
    local result = value.is_list(sealed) and value.list() or {}
    for key, member in pairs(sealed) do
      result[key] = opened(member, type(declared) == "table" and not value.is_opaque(declared)
        and declared[key] or nil)
    end
    return result
  end
  local want = opened(intent.want, resource and resource.want)
  return not missing and want or nil
end

local function resend(ctx, intent, resource)
  local want = parameters(ctx, intent, resource)
  if not want then return nil end
  local again = { op = intent.op, stack = ctx.stack, name = intent.name, type = intent.type,
    place = intent.place, action = "create", want = want, have = {},
    tags = ctx:ownership(intent.name, intent.op, intent.options and intent.options.protect) }
  local ok, answer = tasks.shield(function()
    return ctx.providers[intent.provider].act(again)
  end)
  if ok then return answer.identifier end
  if answer.identifier then return answer.identifier end
  if provider.refused(answer) then return nil, answer end
  error(answer, 0)
end

local function not_done(intent, err)
  return { op = intent.op, ok = false, name = intent.name,
    failure = err and { code = err.code, operation = err.operation } or nil }
end

local settlers = {}

function settlers.create(ctx, intent, options)
  local rule, visible_ms = provider.settle_rule(ctx.providers[intent.provider], intent)
  local identifier, err = find(ctx, intent), nil
  local how = "found"
  if not identifier and options.rolling then
    identifier = find_in_time(ctx, intent, visible_ms) -- it is to go: nothing is sent again for it
  elseif not identifier and options.write then
    if rule == "poll" then identifier = find_in_time(ctx, intent, visible_ms) end
    if not identifier then
      identifier, err = resend(ctx, intent, options.wants[intent.name])
      how = "sent again"
      -- Refused because it exists, it may be; so it is looked for as long as it may be invisible.
      identifier = identifier or find_in_time(ctx, intent, visible_ms)
    end
  end
  if identifier then
    local row = rows.done(intent, identifier)
    if how == "sent again" then row.made = ctx.ports.now() end
    local result = { op = intent.op, ok = true, name = intent.name, identifier = identifier }
    result.row = row
    return result, how
  end
  return not_done(intent, err), "not done"
end

--- A half-done update shows in the next difference, but for what the provider knows; what was
--- applied has to be remembered.
function settlers.update(ctx, intent, options)
  local row, resume = ctx.rows[intent.name], ctx.providers[intent.provider].resume
  if resume and options.write and options.wants[intent.name] then resume(intent) end
  local result = not_done(intent)
  if row then result.row = rows.attempted(row, intent) end
  return result, "looked at again"
end

function settlers.delete(ctx, intent)
  local row = ctx.rows[intent.name]
  local have = ctx.reader:read({ provider = intent.provider, type = intent.type,
    place = intent.place, identifier = intent.identifier }, {})
  if have or not row then return not_done(intent), "not done" end
  return { op = intent.op, ok = true, name = intent.name, identifier = intent.identifier,
    row = rows.without(row, intent.identifier) }, "done"
end

local function settle_one(ctx, intent, options)
  intent = setmetatable({ place = ctx.places[intent.place.key] }, { __index = intent })
  local ok, result, how = tasks.try(function()
    return settlers[intent.action](ctx, intent, options)
  end)
  if not ok then error(failure.add(result, ctx:about(intent)), 0) end
  return { result = result, how = how, intent = intent }
end

--- Says what was found; what was made is remembered, for plan to say whether it is whole.
local function tell(ctx, one, notices)
  local intent = one.intent
  one.identifier = one.result.identifier
  notices[#notices + 1] = told.line(one)
  if intent.action == "create" and one.identifier then
    ctx.settled[intent.name] = { identifier = one.identifier, notice = #notices }
  end
  ctx:emit { kind = "settled", name = intent.name, type = intent.type, action = intent.action,
    identifier = one.identifier, state = one.how }
end

--- Settles every open intent; ctx.settled says what was made of them.
---@param ctx table with rows and places
---@param options { write: boolean|nil, rolling: boolean|nil, notices: string[],
---  wants: table<string, table> } rolling: what was not done is not to be done any more
---@return table<string, table> rows as they are now
---@return table[] open intents that are open still (when only read)
function settle.run(ctx, options)
  local open, functions = ctx.state.open or {}, {}
  for i, intent in ipairs(open) do
    functions[i] = function() return settle_one(ctx, intent, options) end
  end
  local settled, results = {}, {}
  ctx.settled = {}
  for name, row in pairs(ctx.rows) do settled[name] = row end
  for i, one in ipairs(tasks.all(functions)) do
    local result = one.result
    results[i] = result
    if result.row then settled[result.name] = result.row end
    if result.row == false then settled[result.name] = nil end
    tell(ctx, one, options.notices)
  end
  if not options.write then return settled, open end
  if #results > 0 then ctx.ports.journal.finish(results) end
  return settled, {}
end

return settle
