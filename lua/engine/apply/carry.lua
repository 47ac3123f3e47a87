-- Carrying out one intent: into the journal, to the provider, and what came of it into the journal.
local owners = require "engine.owner"
local provider = require "engine.provider"
local rows = require "engine.rows"
local tasks = require "engine.tasks"
local together = require "engine.apply.together"
local value = require "engine.value"

local carry = {}

--- What is taken over as it was before that: it was there, and nobody's.
local function as_found(run, intent, row)
  local last = {}
  for property in pairs(row.last or {}) do last[property] = intent.have[property] end
  return { name = intent.name, type = intent.type, provider = row.provider, place = intent.place,
    identifier = intent.identifier, attributes = {}, depends = row.depends, options = {},
    source = row.source, last = run.ctx:sealed(last), taken_over = true }
end

--- The row as it was before an intent; false where there was none. Nil where that cannot take it
--- back: what was moved or let go.
local function row_before(run, intent, row)
  if intent.lets_go then return nil end
  local now = run.rows[intent.name]
  if now or intent.action == "create" then return now or false end
  return intent.takes_over and as_found(run, intent, row) or nil
end

--- What the journal keeps of an intent: everything that settling it and taking it back need, and no
--- secret.
local function written(run, intent, row)
  local ctx = run.ctx
  return { op = intent.op, name = intent.name, type = intent.type, provider = row.provider,
    place = intent.place, action = intent.action, identifier = intent.identifier,
    want = intent.want and ctx:sealed(intent.want), have = intent.have and ctx:sealed(intent.have),
    changed = intent.changed, time = ctx.ports.now(), last = row.last, depends = row.depends,
    options = row.options, source = row.source, made = row.made, old = row.old,
    inputs = row.inputs, before = row_before(run, intent, row), forgets = intent.forgets,
    back = run.plan.run.back and true or nil }
end

--- Remembers how it was before the first intent of each name. What is forgotten does not come back.
local function remember(run, kept)
  if kept.forgets then
    run.unrecorded[kept.name], run.before[kept.name] = true, nil
  end
  if run.before[kept.name] ~= nil or run.unrecorded[kept.name] then return end
  if kept.before == nil then
    run.unrecorded[kept.name] = true
  else
    run.before[kept.name] = kept.before
  end
end

local function short(err)
  return { code = err.code, operation = err.operation, request_id = err.request_id }
end

--- A create that failed may have made something all the same.
local function left_behind(run, intent, kept, err)
  if err.identifier then return err.identifier end
  if not provider.refused(err) then return nil end
  local ok, found, owner = tasks.shield(function()
    return run.ctx.providers[kept.provider].find(intent.type, intent.place,
      { op = intent.op, name = intent.name, want = intent.want, stack = run.ctx.stack })
  end)
  local mine = owners.stack_tag(run.ctx)
  return ok and found and (owner and owner.stack == mine) and found or nil
end

local after_failure = {}

--- Known to have made something: a row. Known to have made nothing: the intent is closed. Else it
--- stays open, and the next run settles it.
function after_failure.create(run, intent, kept, err)
  local identifier = left_behind(run, intent, kept, err)
  if identifier then
    return { op = intent.op, ok = false, name = intent.name, identifier = identifier,
      row = rows.done(kept, identifier), failure = short(err) }
  end
  if not provider.refused(err) then return nil end
  return { op = intent.op, ok = false, name = intent.name, failure = short(err) }
end

function after_failure.update(run, intent, kept, err)
  if not provider.refused(err) then return nil end
  local row = run.rows[intent.name]
  if not row then
    row = rows.done(kept, intent.identifier)
    row.untagged = true -- what was taken over need not have got its tags
  end
  return { op = intent.op, ok = false, name = intent.name, failure = short(err),
    row = rows.attempted(row, kept) }
end

function after_failure.delete(_, intent, _, err)
  return { op = intent.op, ok = false, name = intent.name, failure = short(err) }
end

--- Writes a result, and remembers its row.
function carry.finish(run, result)
  if result.row ~= nil then run.rows[result.name] = result.row or nil end
  run.journal:finish(result)
end

--- Journal, act. Raises the provider's failure after it has been written down. Who has made
--- something this way owes a together.wait.
---@param run table
---@param intent table
---@param row table what the row will have: provider, last, depends, options, source, made, old
---@return table answer, table kept the intent as it was written
function carry.out(run, intent, row)
  local ctx = run.ctx
  local kept = written(run, intent, row)
  intent.have = value.reveal_all(intent.have)
  run.journal:begin(kept)
  remember(run, kept)
  ctx:emit { kind = "start", name = intent.name, type = intent.type, action = intent.action }
  if intent.action ~= "delete" then together.enter(run, intent) end
  local ok, answer = tasks.shield(function() return ctx.providers[row.provider].act(intent) end)
  if ok then return answer or {}, kept end
  if intent.action ~= "delete" then together.leave(run, intent) end
  local result = after_failure[intent.action](run, intent, kept, answer)
  if result then carry.finish(run, result) end
  error(answer, 0)
end

return carry
